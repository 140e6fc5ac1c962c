//! The Flex configuration as Twilio has it, with our block in it.

use super::edit::Block;
use crate::config_file::ConfigFile;
use crate::verbatim_json::{Members, same};
use device_monitoring::{NAMESPACE, Source};
use serde_json::value::RawValue;
use std::io;

/// An answer of the Flex Configuration API.
pub(super) struct RemoteConfig {
    members: Members,
    account_sid: Box<RawValue>,
}

impl RemoteConfig {
    /// Reads an answer; none if it is no configuration.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let members = Members::parse(text).ok()?;
        let account_sid = members.get("account_sid").filter(|sid| sid.get().starts_with('"'))?.to_owned();
        Some(Self { members, account_sid })
    }

    pub(super) fn account_sid(&self) -> &str {
        self.account_sid.get().trim_matches('"')
    }

    /// Enough of the account's SID to know it by.
    pub(super) fn account(&self) -> String {
        let last: Vec<char> = self.account_sid().chars().rev().take(4).collect();
        format!("AC…{}", last.iter().rev().collect::<String>())
    }

    /// `attributes` or `ui_attributes`: none if it is null or not there, which is the same to Twilio.
    fn place(&self, place: Source) -> io::Result<Option<Members>> {
        let attributes = self.members.get(place.as_str()).map(RawValue::get).filter(|attributes| *attributes != "null");
        attributes.map(Members::parse).transpose().map_err(|_| {
            io::Error::other(format!("{} is not an object: nothing can be put into it", place.described()))
        })
    }

    /// Our block in a place; null, like an empty text, is none.
    pub(super) fn block(&self, place: Source) -> io::Result<Option<Block>> {
        let members = self.place(place)?;
        Ok(members.and_then(|members| members.get(NAMESPACE).and_then(Block::from_raw)))
    }

    /// Our block in both places.
    pub(super) fn as_file(&self) -> ConfigFile {
        ConfigFile::from_places(&self.members).unwrap_or(ConfigFile { has_places: true, ..ConfigFile::default() })
    }

    /// The other keys in a place, all of which stay.
    pub(super) fn others(&self, place: Source) -> io::Result<Vec<String>> {
        let mut names = self.place(place)?.unwrap_or_default().names();
        names.retain(|name| name != NAMESPACE);
        Ok(names)
    }

    /// The whole of a place with our block replaced, or taken away; all else as it was written.
    pub(super) fn with_block(&self, place: Source, block: Option<&Members>) -> io::Result<Box<RawValue>> {
        let mut members = self.place(place)?.unwrap_or_default();
        match block {
            Some(block) => members.set(NAMESPACE, &block.to_compact()?)?,
            None => {
                members.remove(NAMESPACE)?;
            }
        }
        Ok(members.to_raw()?)
    }

    /// What is posted to put `attributes` into a place.
    pub(super) fn body(&self, place: Source, attributes: &RawValue) -> String {
        format!(r#"{{"account_sid":{},"{}":{}}}"#, self.account_sid.get(), place.as_str(), attributes.get())
    }

    /// The keys in a place that are not as another configuration has them.
    pub(super) fn differing(&self, place: Source, other: &Members) -> io::Result<Vec<String>> {
        let own = self.place(place)?.unwrap_or_default();
        let mut names = own.names();
        names.extend(other.names().into_iter().filter(|name| own.get(name).is_none()));
        names.retain(|name| !matches!((own.get(name), other.get(name)), (Some(one), Some(other)) if same(one, other)));
        Ok(names)
    }

    /// The keys in a place that are not as they were.
    pub(super) fn changed_since(&self, place: Source, before: &Self) -> io::Result<Vec<String>> {
        self.differing(place, &before.place(place)?.unwrap_or_default())
    }
}
