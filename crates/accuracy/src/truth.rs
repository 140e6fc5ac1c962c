//! What the test network and the lab did to a call, stretch by stretch: a recording's `truth` and `truth-second` lines.

use crate::first_observable::Told;
use crate::recording::{Line, Recording};
use crate::span::Span;
use serde_json::Value;

/// What passed the relay in one direction in one second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passed {
    /// Audio packets that came to the relay.
    pub came: f64,
    /// Audio packets that left it.
    pub left: f64,
    /// Audio packets that it dropped.
    pub dropped: f64,
    /// How long it held them on average, ms; `None` when none left.
    pub delay: Option<f64>,
    /// Their jitter by RFC 3550 when they left, ms.
    pub jitter: Option<f64>,
}

impl Passed {
    fn read(value: Option<&Value>) -> Self {
        let number = |name: &str| value?.get(name)?.as_f64();
        Self {
            came: number("rtpIn").unwrap_or_default(),
            left: number("rtpOut").unwrap_or_default(),
            dropped: number("rtpDrop").unwrap_or_default(),
            delay: number("delayMs"),
            jitter: number("jitterMs"),
        }
    }
}

/// One second of the relay.
#[derive(Clone, Copy, Debug)]
pub struct Second {
    /// When.
    pub span: Span,
    /// Twilio → agent.
    pub down: Passed,
    /// Agent → Twilio.
    pub up: Passed,
}

/// What one direction's network was told to do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Setting {
    /// Anything at all.
    pub spoiled: bool,
    /// Packets may overtake each other.
    pub reorders: bool,
    /// No RTCP passes.
    pub drops_rtcp: bool,
    /// A link that somebody measured, of which each second is another.
    pub is_measured_link: bool,
}

impl Setting {
    fn read(value: &Value) -> Self {
        let is = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or_default();
        let blackout = is("blackout") && value.get("only").is_none();
        Self {
            spoiled: value.as_object().is_some_and(|settings| !settings.is_empty()),
            reorders: is("reorder"),
            drops_rtcp: is("dropRtcp") || blackout,
            is_measured_link: value.get("link").is_some(),
        }
    }
}

/// What was done to the call beside its network.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LabActions {
    /// The microphone gave digital silence.
    pub microphone_silent: bool,
    /// It was unplugged.
    pub microphone_gone: bool,
    /// The connection for signalling was cut.
    pub signalling_cut: bool,
    /// The far side had hung up.
    pub hung_up: bool,
    /// The agent had muted.
    pub muted: bool,
    /// The customer was on hold.
    pub held: bool,
}

/// A stretch in which nobody changed the network.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// When.
    pub span: Span,
    /// Twilio → agent.
    pub down: Setting,
    /// Agent → Twilio.
    pub up: Setting,
}

/// Everything that is known about what happened to a call. Both lists are without a gap from the call's acceptance to
/// its end.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// What the network was told to do.
    pub networks: Vec<Network>,
    /// What else was done.
    pub lab_actions: Vec<(Span, LabActions)>,
    /// The relay's seconds.
    pub seconds: Vec<Second>,
    /// When the last report about the agent's packets was read.
    pub reported: f64,
    /// What the browser was told of the network meanwhile.
    pub told: Told,
    /// What was done that this report does not know: it would be taken for a healthy call.
    pub unknown: Vec<String>,
}

impl Truth {
    /// The truth about a recording.
    #[must_use]
    pub fn from_recording(recording: &Recording) -> Self {
        let call = recording.call();
        let mut truth = Self {
            seconds: seconds(recording),
            reported: reported(recording),
            told: Told::from_recording(recording),
            ..Self::default()
        };
        let mut network = Network { span: call, down: Setting::default(), up: Setting::default() };
        let mut lab_actions = (call, LabActions::default());
        for line in &recording.lines {
            // What was set before the call is in force from its beginning.
            let at = line.at.clamp(call.from, call.to);
            // Each line about the network begins a stretch: the blackouts of a series are told apart by it.
            if let Some(next) = network.after(line) {
                truth.networks.push(Network { span: Span { to: at, ..network.span }, ..network });
                network = Network { span: Span { from: at, ..call }, ..next };
            }
            let next = lab_actions.1.after(line, &mut truth.unknown);
            if next != lab_actions.1 {
                truth.lab_actions.push((Span { to: at, ..lab_actions.0 }, lab_actions.1));
                lab_actions = (Span { from: at, ..call }, next);
            }
        }
        truth.networks.push(network);
        truth.lab_actions.push(lab_actions);
        truth.networks.retain(|network| network.span.length() > 0.0);
        truth.lab_actions.retain(|(span, _)| span.length() > 0.0);
        truth
    }
}

impl Network {
    /// Whether somebody measured it.
    #[must_use]
    pub fn is_measured_link(&self) -> bool {
        self.down.is_measured_link || self.up.is_measured_link
    }

    /// What a line makes of it; `None` where it says nothing about the network.
    fn after(self, line: &Line) -> Option<Self> {
        let directions = line.fields.get("network").and_then(Value::as_object).filter(|_| line.kind == "truth")?;
        let mut network = self;
        for (direction, value) in directions {
            let setting = Setting::read(value);
            if ["down", "both"].contains(&direction.as_str()) {
                network.down = setting;
            }
            if ["up", "both"].contains(&direction.as_str()) {
                network.up = setting;
            }
        }
        Some(network)
    }
}

impl LabActions {
    fn after(self, line: &Line, unknown: &mut Vec<String>) -> Self {
        let mut lab_actions = self;
        match (line.kind.as_str(), line.str("action")) {
            ("mute", _) => lab_actions.muted = line.bool("muted").unwrap_or_default(),
            ("hold", _) => lab_actions.held = line.bool("held").unwrap_or_default(),
            ("truth", Some(action)) => match action {
                "microphone(unplugged)" => lab_actions.microphone_gone = true,
                "mic(0,0)" | "microphone(silent)" => lab_actions.microphone_silent = true,
                // Noise suppression that leaves nothing of somebody who listens is no trouble.
                mic if mic.starts_with("mic(") || mic.starts_with("microphone(") => {
                    (lab_actions.microphone_silent, lab_actions.microphone_gone) = (false, false);
                }
                "wsDrop(true)" => lab_actions.signalling_cut = true,
                "wsDrop(false)" => lab_actions.signalling_cut = false,
                "farHangup()" => lab_actions.hung_up = true,
                // Nor is what the customer's side sounds like, whatever it is.
                customer if customer.starts_with("customer(") => {}
                // A page that is busy is no trouble of the call.
                busy if busy.starts_with("busy(") => {}
                // The line about it that the engine gets too says when.
                mute if mute.starts_with("mute(") || mute.starts_with("hold(") => {}
                other => unknown.push(other.to_owned()),
            },
            _ => {}
        }
        lab_actions
    }
}

/// When the number of reports about the agent's packets last grew.
fn reported(recording: &Recording) -> f64 {
    let mut known = f64::NEG_INFINITY;
    let mut at = 0.0;
    for line in recording.of_kind("stats") {
        let reports = line.fields.pointer("/stats/remoteInbound/roundTripTimeMeasurements").and_then(Value::as_f64);
        if let Some(reports) = reports.filter(|reports| *reports > known) {
            known = reports;
            at = line.at;
        }
    }
    at
}

fn seconds(recording: &Recording) -> Vec<Second> {
    let mut until = None;
    let mut seconds = Vec::new();
    for line in recording.of_kind("truth-second") {
        // A busy machine is late: what is counted then is more than a second's.
        let from = until.unwrap_or(line.at - 1.0);
        until = Some(line.at);
        seconds.push(Second {
            span: Span { from, to: line.at },
            down: Passed::read(line.fields.get("down")),
            up: Passed::read(line.fields.get("up")),
        });
    }
    seconds
}
