//! A stand-in of Twilio's Flex Configuration API on this machine, to try `replay configure` without an account.

#[allow(dead_code, reason = "what a test makes it do, nobody does by hand")]
mod stand_in;

use clap::Parser;
use stand_in::StandIn;
use std::io;
use std::path::PathBuf;

/// Serves the Flex configuration that is in a JSON file, and writes what is posted into it, as Twilio does: a property
/// that is sent replaces the one that was there as a whole.
#[derive(Parser)]
struct Arguments {
    /// Made with an example in it, if there is none.
    file: PathBuf,

    /// 0 takes any that is free.
    #[arg(long, default_value_t = 4100)]
    port: u16,
}

/// Other plugins' settings, and none of ours.
const EXAMPLE: &str = r#"{
  "account_sid": "AC00000000000000000000000000000001",
  "attributes": {"AnotherPlugin": {"url": "https://example.com/", "threshold": 1.0}, "warmTransfers": {"enabled": true}},
  "status": "ok",
  "ui_attributes": {"theme": {"isLight": true}}
}
"#;

/// No secret: it opens nothing but this.
const TOKEN: &str = "stand-in";

fn main() -> io::Result<()> {
    let Arguments { file, port } = Arguments::parse();
    if !file.exists() {
        std::fs::write(&file, EXAMPLE)?;
    }
    let stand_in = StandIn::start(file.clone(), port, TOKEN)?;
    println!("Serving {} until it is stopped with Ctrl+C. In another terminal:\n", file.display());
    println!(
        "  export TWILIO_FLEX_API={} TWILIO_ACCOUNT_SID={} TWILIO_AUTH_TOKEN={TOKEN}\n",
        stand_in.url(),
        stand_in.account_sid()?
    );
    stand_in.wait();
    Ok(())
}
