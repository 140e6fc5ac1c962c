//! The stand-in of Twilio's API with a command that talks to it, and is watched for credentials in what it says.
#![allow(dead_code, reason = "each test needs some of it")]

#[path = "../../examples/flex-configuration-api/stand_in.rs"]
mod stand_in;

pub(crate) use crate::command::{Folder, Ran, replay};
use serde_json::value::RawValue;
use stand_in::StandIn;
pub(crate) use stand_in::Step;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

pub(crate) const SID: &str = "AC00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Both, as they go over the wire.
const ENCODED: &str = "QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
pub(crate) const OURS: &str = "DeviceMonitoringPlugin";
const NOT_TWILIO: &str = "This is not Twilio: TWILIO_FLEX_API is set.\n";

pub(crate) struct Flex {
    pub(crate) folder: Folder,
    stand_in: StandIn,
}

impl Flex {
    pub(crate) fn with(name: &str, attributes: &str) -> Self {
        let folder = Folder::new(name);
        let configuration = format!(
            r#"{{"account_sid":"{SID}","attributes":{attributes},"status":"ok","ui_attributes":{{"theme":"dark"}}}}"#
        );
        folder.write("flex.json", configuration);
        let stand_in = StandIn::start(folder.0.join("flex.json"), 0, TOKEN).unwrap();
        Self { folder, stand_in }
    }

    pub(crate) fn url(&self) -> String {
        self.stand_in.url()
    }

    pub(crate) fn plan(&self, steps: impl IntoIterator<Item = Step>) {
        self.stand_in.plan(steps);
    }

    pub(crate) fn requests(&self) -> Vec<(String, String)> {
        self.stand_in.requests()
    }

    fn properties(&self) -> BTreeMap<String, Box<RawValue>> {
        serde_json::from_str(&fs::read_to_string(self.folder.0.join("flex.json")).unwrap()).unwrap()
    }

    /// A property as it is there, to the byte.
    pub(crate) fn property(&self, name: &str) -> String {
        self.properties().get(name).unwrap().get().to_owned()
    }

    pub(crate) fn attributes(&self) -> String {
        self.property("attributes")
    }

    pub(crate) fn set_attributes(&self, attributes: &str) {
        let mut properties = self.properties();
        properties.insert("attributes".to_owned(), RawValue::from_string(attributes.to_owned()).unwrap());
        self.folder.write("flex.json", serde_json::to_string(&properties).unwrap());
    }

    /// `replay configure`, with the address of the stand-in and without credentials.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = replay(&self.folder);
        command.env("TWILIO_FLEX_API", self.url()).arg("configure").args(arguments);
        command
    }

    /// The same, with credentials.
    pub(crate) fn configure(&self, arguments: &[&str]) -> Ran {
        run(self.command(arguments).env("TWILIO_ACCOUNT_SID", SID).env("TWILIO_AUTH_TOKEN", TOKEN))
    }
}

/// Runs the command; whatever it says, there are no credentials in it.
pub(crate) fn run(command: &mut Command) -> Ran {
    let ran = Ran::run(command);
    for secret in [SID, TOKEN, ENCODED] {
        assert!(!ran.out.contains(secret) && !ran.error.contains(secret), "{ran:?}");
    }
    ran
}

/// What is on standard error when something is refused.
pub(crate) fn of_ours(reason: &str) -> String {
    let reason = if reason.is_empty() { String::new() } else { format!("replay: {reason}\n") };
    format!("{NOT_TWILIO}{reason}Nothing was written.\n")
}
