//! What `replay configure` says when Twilio does not do as asked, and whether anything was written then.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::flex::{Flex, Ran, SID, Step, TOKEN, run};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

const ATTRIBUTES: &str = r#"{"other":1.0}"#;
const SET: [&str; 3] = ["set", "enabled=false", "--yes"];
const HTML: &str = "<html>Sign in to the network</html>";

/// The last lines that are expected.
#[track_caller]
fn assert_says(ran: &Ran, status: i32, expected: &str) {
    assert!(ran.status == status && ran.error.ends_with(&format!("{expected}\n")), "{ran:#?}");
}

#[test]
fn what_goes_wrong_before_the_writing_is_said_and_nothing_is_written() {
    let echo = r#"{"message": "Nobody is {authorization}, says\n\u001b[31mTwilio"}"#;
    let source = "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN";
    let cases = [
        (Step::Instead(401, &[], echo), format!("127.0.0.1 does not accept the credentials (401): {source}.")),
        (
            Step::Instead(403, &[], echo),
            format!(
                "127.0.0.1 accepts the credentials, but not for the Flex configuration (403): {source}. The Account SID \
                 with the Auth Token is allowed everything. It says: Nobody is Basic …, says[31mTwilio"
            ),
        ),
        (
            Step::Instead(404, &[], HTML),
            format!(
                "127.0.0.1 has no Flex configuration for these credentials (404): are they the account's that Flex \
                 belongs to? They are from {source}."
            ),
        ),
        (
            Step::Instead(400, &[], echo),
            "127.0.0.1 refuses (400). It says: Nobody is Basic …, says[31mTwilio".to_owned(),
        ),
        (Step::Instead(307, &[("Location", "http://example.com/")], ""), "127.0.0.1 refuses (307).".to_owned()),
        (Step::Instead(503, &[], HTML), "127.0.0.1 has failed (503): try again later.".to_owned()),
        (
            Step::Instead(200, &[], HTML),
            "127.0.0.1 has answered, but not with a configuration: is something between here and there?".to_owned(),
        ),
        (
            Step::Instead(200, &[], r#"{"attributes": {}}"#),
            "127.0.0.1 has answered, but not with a configuration: is something between here and there?".to_owned(),
        ),
        (
            Step::Instead(200, &[], r#"{"account_sid": "AC00000000000000000000000000000002", "attributes": {}}"#),
            format!("{source} are for another account than the configuration that 127.0.0.1 has answered with."),
        ),
        (Step::Stall, "127.0.0.1 has not answered within 1 s (--timeout).".to_owned()),
        (
            Step::Instead(429, &[("Retry-After", "300")], ""),
            "127.0.0.1 asks to wait 300 s (429): try again then.".to_owned(),
        ),
    ];
    for (step, expected) in cases {
        let flex = Flex::with("before", ATTRIBUTES);
        flex.plan([step]);
        let ran = flex.configure(&[&SET[..], &["--timeout", "1"]].concat());
        assert_says(&ran, 2, &format!("replay: {expected} Nothing was written."));
        assert_eq!(flex.requests().len(), 1, "{expected}");
        assert_eq!(flex.attributes(), ATTRIBUTES);
    }
}

#[test]
fn what_goes_wrong_in_the_writing_is_said_with_whether_it_was_written() {
    let unknown = "It is not known whether it was written: `replay configure get` shows what is there.";
    let cases = [
        (Step::Instead(401, &[], ""), "does not accept the credentials (401)", "Nothing was written."),
        (
            Step::Instead(400, &[], r#"{"code": 20001, "message": "Too large"}"#),
            "refuses (400). It says: Too large",
            "Nothing was written.",
        ),
        (Step::Instead(403, &[], r#"{"code": 403, "message": "Forbidden"}"#), "(403)", unknown),
        (Step::Instead(403, &[], r#"{"message": "Forbidden"}"#), "(403)", unknown),
        (Step::Instead(404, &[], HTML), "(404)", unknown),
        (Step::Instead(500, &[], ""), "has failed (500)", unknown),
        (Step::Done(502), "has failed (502)", unknown),
        (Step::Stall, "has not answered within 1 s", unknown),
        (Step::Garbled, "the connection to 127.0.0.1 failed", unknown),
    ];
    for (step, expected, written) in cases {
        let flex = Flex::with("writing", ATTRIBUTES);
        flex.plan([Step::Normal, Step::Normal, step]);
        let ran = flex.configure(&[&SET[..], &["--timeout", "1"]].concat());
        assert_says(&ran, 2, written);
        assert!(ran.error.contains(expected), "{ran:?}");
    }
}

#[test]
fn what_cannot_be_read_back_is_said_to_be_written() {
    let flex = Flex::with("unread", ATTRIBUTES);
    flex.plan([Step::Normal, Step::Normal, Step::Normal, Step::Instead(503, &[], "")]);
    let ran = flex.configure(&SET);
    assert_says(&ran, 2, "It was written, but not read back: `replay configure get` shows what is there.");
    assert_eq!(flex.attributes(), r#"{"other":1.0,"DeviceMonitoringPlugin": {"enabled":false}}"#);
}

/// Asks to come again at once.
fn busy() -> Step {
    Step::Instead(429, &[("Retry-After", "0")], "")
}

#[test]
fn a_request_is_repeated_when_twilio_asks_to_wait_but_not_for_ever() {
    let flex = Flex::with("busy", ATTRIBUTES);
    flex.plan([busy(), busy(), busy()]);
    let ran = flex.configure(&["get"]);
    assert_eq!(ran.status, 0);
    assert_eq!(ran.error.matches("127.0.0.1 asks to wait 0 s.").count(), 3, "{ran:?}");
    flex.plan([busy(), busy(), busy(), busy()]);
    let expected = "replay: 127.0.0.1 is asked too often (429), still after 4 tries: try again later.";
    assert_says(&flex.configure(&["get"]), 2, expected);
}

#[test]
fn after_waiting_to_write_it_is_looked_again_whether_anybody_else_has() {
    let flex = Flex::with("waited", ATTRIBUTES);
    flex.plan([Step::Normal, Step::Normal, busy()]);
    assert_eq!(flex.configure(&SET).status, 0);
    let methods: Vec<_> = flex.requests().into_iter().map(|(method, _)| method).collect();
    assert_eq!(methods, ["GET", "GET", "POST", "GET", "POST", "GET"]);

    flex.plan([Step::Normal, Step::Normal, busy(), Step::Change("attributes", r#"{"other":2}"#.to_owned())]);
    let ran = flex.configure(&["unset", "DeviceMonitoringPlugin", "--yes"]);
    assert!(ran.status == 1 && ran.error.contains("meanwhile: other, DeviceMonitoringPlugin."), "{ran:?}");
    assert_eq!(flex.attributes(), r#"{"other":2}"#);
}

#[test]
fn a_server_that_is_not_there_is_said_not_to_be() {
    let flex = Flex::with("away", ATTRIBUTES);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cases = [
        (format!("http://127.0.0.1:{port}"), "replay: 127.0.0.1 refuses the connection, or the proxy does."),
        ("https://flex.invalid".to_owned(), "replay: flex.invalid is not found: is this machine online?"),
        (
            "http://example.com".to_owned(),
            "replay: TWILIO_FLEX_API must be https, or on this machine: credentials are sent there.",
        ),
        ("no address".to_owned(), "replay: TWILIO_FLEX_API is no address."),
    ];
    for (url, expected) in cases {
        let mut command = flex.command(&["get"]);
        command.env("TWILIO_ACCOUNT_SID", SID).env("TWILIO_AUTH_TOKEN", TOKEN).env("TWILIO_FLEX_API", url);
        assert_says(&run(&mut command), 2, expected);
    }
}

#[test]
fn a_proxy_in_the_environment_is_asked_for_the_connection() {
    let flex = Flex::with("proxy", ATTRIBUTES);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let head: Vec<_> =
            BufReader::new(&stream).lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").unwrap();
        head
    });
    let mut command = flex.command(&["get"]);
    command.env("TWILIO_ACCOUNT_SID", SID).env("TWILIO_AUTH_TOKEN", TOKEN).env_remove("TWILIO_FLEX_API");
    let ran = run(command.env("HTTPS_PROXY", format!("http://{address}")));
    assert_eq!(ran.status, 2);
    assert!(ran.error.contains("Twilio"), "{ran:?}");
    let head = asked.join().unwrap();
    assert_eq!(head[0], "CONNECT flex-api.twilio.com:443 HTTP/1.1");
    assert!(!head.iter().any(|line| line.to_lowercase().starts_with("authorization")), "{head:?}");
}

#[test]
fn credentials_are_from_a_profile_of_the_twilio_cli_or_from_the_environment() {
    let flex = Flex::with("profile", ATTRIBUTES);
    let none = run(&mut flex.command(&["get"]));
    assert!(
        none.status == 2 && none.error.contains("replay: there are no credentials: set TWILIO_ACCOUNT_SID"),
        "{none:?}"
    );
    std::fs::create_dir(flex.folder.0.join(".twilio-cli")).unwrap();
    // The stand-in takes no key but the account's SID.
    let cli = format!(
        r#"{{"projects":[{{"id":"old","accountSid":"{SID}"}}],"activeProject":"flex",
            "profiles":{{"flex":{{"accountSid":"{SID}","apiKey":"{SID}","apiSecret":"{TOKEN}"}}}}}}"#
    );
    flex.folder.write(".twilio-cli/config.json", cli);
    assert_eq!(run(&mut flex.command(&["get"])).status, 0);
    assert_eq!(run(flex.command(&["get", "--profile", "flex"]).env("TWILIO_ACCOUNT_SID", "AC1")).status, 0);
    let old = run(&mut flex.command(&["get", "--profile", "old"]));
    assert!(old.status == 2 && old.error.contains("in the system's keychain, which is not read"), "{old:?}");
    let wrong = run(flex.command(&["get"]).env("TWILIO_API_KEY", "SK1").env("TWILIO_API_SECRET", "no"));
    assert_says(
        &wrong,
        2,
        "replay: 127.0.0.1 does not accept the credentials (401): TWILIO_API_KEY and TWILIO_API_SECRET.",
    );
}

#[test]
fn whoever_does_not_see_what_would_be_written_has_not_agreed_to_it() {
    let flex = Flex::with("closed", ATTRIBUTES);
    let mut command = flex.command(&SET);
    command.env("TWILIO_ACCOUNT_SID", SID).env("TWILIO_AUTH_TOKEN", TOKEN);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command.stdout(writer).stderr(std::process::Stdio::null()).status().unwrap();
    assert_eq!((status.code(), flex.attributes().as_str()), (Some(2), ATTRIBUTES));
}
