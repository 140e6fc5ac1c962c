//! A recording of a call in a lab that does exactly what it is told.

use accuracy::recording::File;
use std::fmt::Write;

/// Lines by their second.
#[derive(Clone)]
pub(crate) struct Lab {
    seconds: i32,
    packets: f64,
    lines: Vec<(i32, String)>,
    networks: Vec<(i32, String, String)>,
}

#[allow(dead_code, reason = "not every test file needs everything")]
impl Lab {
    /// A call of so many seconds.
    pub(crate) fn new(seconds: i32) -> Self {
        Self { seconds, packets: 50.0, lines: Vec::new(), networks: Vec::new() }
    }

    /// So many packets a second come to the relay, each way.
    pub(crate) fn packets(mut self, packets: f64) -> Self {
        self.packets = packets;
        self
    }

    pub(crate) fn line(mut self, at: i32, fields: &str) -> Self {
        self.lines.push((at, fields.to_owned()));
        self
    }

    pub(crate) fn action(self, at: i32, action: &str) -> Self {
        self.line(at, &format!(r#""type":"truth","on":true,"label":"","network":null,"action":"{action}""#))
    }

    pub(crate) fn network(mut self, at: i32, direction: &str, setting: &str) -> Self {
        self.networks.push((at, direction.to_owned(), setting.to_owned()));
        let network = format!(r#""network":{{"{direction}":{setting}}}"#);
        self.line(at, &format!(r#""type":"truth","on":true,"label":"",{network},"action":null"#))
    }

    /// What passes in a second that begins at this moment.
    fn passed(&self, from: i32, direction: &str) -> String {
        let set = self.networks.iter().rev().find(|(at, set, _)| *at <= from && (set == "both" || set == direction));
        let setting: serde_json::Value = set.map_or(serde_json::Value::Null, |(_, _, text)| text.parse().unwrap());
        let number = |name: &str| setting.get(name).and_then(serde_json::Value::as_f64).unwrap_or_default();
        let blackout = setting.get("blackout").is_some();
        let dropped = if blackout { self.packets } else { self.packets * number("loss") };
        let delay = if blackout { "null".to_owned() } else { number("delay").to_string() };
        let (came, left) = (self.packets, self.packets - dropped);
        let counts = format!(r#""rtpIn":{came},"rtpOut":{left},"rtpDrop":{dropped}"#);
        format!(r#""{direction}":{{{counts},"delayMs":{delay},"jitterMs":2}}"#)
    }

    pub(crate) fn file(mut self) -> File {
        for from in 0..self.seconds {
            let (down, up) = (self.passed(from, "down"), self.passed(from, "up"));
            self.lines.push((from + 1, format!(r#""type":"truth-second",{down},{up}"#)));
        }
        // At the same moment what was counted comes before what is changed.
        self.lines.sort_by_key(|(at, text)| (*at, !text.contains("truth-second")));
        let mut text = r#"{"ms":0,"type":"accept"}"#.to_owned();
        for (at, fields) in &self.lines {
            write!(text, "\n{{\"ms\":{}000,{fields}}}", at).unwrap();
        }
        write!(text, "\n{{\"ms\":{}000,\"type\":\"disconnect\"}}\n", self.seconds).unwrap();
        File::parse("lab".to_owned(), text)
    }
}
