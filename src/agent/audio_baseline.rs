//! What an agent's last good calls were like, and a look at their equipment before the shift held against that.
//!
//! It outlives the page: its owner keeps [`AudioBaseline::to_text`] in the browser and gives it back to [`AudioBaseline::parse`].

use crate::alert::CallReport;
use crate::input::units::Milliseconds;
use crate::localized_text::Text;
use crate::versioned_json::{self, whole};
use serde::{Deserialize, Serialize};

/// Weight of each good call in the baseline, but for the first few, which count alike.
const MAX_CALLS: u32 = 5;
/// In a shorter call the agent may have said little.
const MIN_CALL: Milliseconds = Milliseconds(30_000.0);
/// The SDK's levels are linear in decibels: 0 is −127 dB, 32767 is 0 dB.
pub(crate) const LEVELS_PER_DECIBEL: f64 = 32_767.0 / 127.0;
/// Under half as loud to the ear (10 dB), with something for how near the mouth was.
pub(crate) const QUIETER_BY: f64 = 12.0 * LEVELS_PER_DECIBEL;
/// Less is nothing but zeros: a switched-off microphone. Any that works has a noise floor above.
const SILENCE_BELOW: f64 = 2.0 * LEVELS_PER_DECIBEL;
/// A longer name is cut.
const LONGEST_NAME: usize = 80;
/// The version of the stored format.
const VERSION: u32 = 2;
/// The first line of the format before, which is read and not written any more.
const FORM_1_FIRST_LINE: &str = "usual1\n";

/// Remembers how the agent's recent good calls sounded, and through which devices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AudioBaseline {
    /// Ok calls with this microphone, as far as they are counted; 0: nothing is known.
    calls: u32,
    /// The level that the agent's voice seldom exceeded in them, 0 to 32767.
    #[serde(with = "whole")]
    level: f64,
    microphone: String,
    /// Empty: not known.
    speaker: String,
}

/// What a look at the agent's equipment found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Equipment {
    /// Name of the microphone; `None`: it could not be opened.
    pub microphone: Option<String>,
    /// Name of what the customer is heard through, where the browser tells.
    pub speaker: Option<String>,
    /// The Voice SDK's Device is registered: calls reach this page.
    pub registered: bool,
    /// Mean level of each second in which the agent was asked to speak, 0 to 32767.
    pub levels: Vec<f64>,
}

/// How well a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckGrade {
    /// In order.
    Ok,
    /// Worth a look.
    Warning,
    /// A call would fail.
    Critical,
}

/// One sentence about the equipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// How well it is.
    pub grade: CheckGrade,
    /// Stable name of what was found.
    pub code: &'static str,
    /// The sentence. What to do, if anything, is the text of the same key with `Advice` behind it.
    pub text: Text,
}

impl AudioBaseline {
    /// Learns from a call that is over, if it was a good one. Whether anything has changed.
    pub fn learn(&mut self, report: &CallReport) -> bool {
        let is_good = report.verdict.duration >= MIN_CALL
            // A supervisor who listens in does not speak.
            && !report.monitoring
            && !report.verdict.is_alert()
            && report.conditions.iter().all(|condition| !condition.name.degrades_call());
        let (Some(level), Some(microphone)) = (report.metrics.audio_input_level, &report.context.microphone) else {
            return false;
        };
        if !is_good || level.p95.0 < SILENCE_BELOW {
            return false;
        }
        let microphone = name(microphone);
        let before = if microphone == self.microphone { self.calls.min(MAX_CALLS) } else { 0 };
        self.calls = (before + 1).min(MAX_CALLS);
        self.level = if before > 0 { self.level } else { level.p95.0 };
        self.level = (self.level + (level.p95.0 - self.level) / f64::from(self.calls)).floor();
        self.microphone = microphone;
        self.speaker = report.context.speaker.as_deref().map(name).unwrap_or_default();
        true
    }

    /// Checks this equipment against the baseline, the microphone first.
    #[must_use]
    pub fn judge(&self, equipment: &Equipment) -> Vec<CheckResult> {
        let mut results = Vec::new();
        let mut say = |grade, code, key, params| {
            results.push(CheckResult { grade, code, text: Text::with(key, params) });
        };
        let [microphone, speaker] = [&equipment.microphone, &equipment.speaker].map(|known| known.as_deref().map(name));
        let loudest = equipment.levels.iter().fold(0.0, |loudest, level| f64::max(loudest, *level));
        let level_check = |device: &String| match loudest {
            _ if loudest < SILENCE_BELOW => {
                (CheckGrade::Critical, "microphone-silent", "DeviceMonitoringYourMicrophone")
            }
            // Without anything to compare with, nobody knows whether it is a voice.
            _ if *device != self.microphone => (CheckGrade::Ok, "microphone-heard", "DeviceMonitoringCheckSound"),
            _ if loudest < self.level - QUIETER_BY => {
                (CheckGrade::Warning, "microphone-quiet", "DeviceMonitoringCheckQuiet")
            }
            _ => (CheckGrade::Ok, "microphone-as-usual", "DeviceMonitoringCheckAsUsual"),
        };
        let missing = (CheckGrade::Critical, "microphone-missing", "DeviceMonitoringCheckNoMicrophone");
        let (grade, code, key) = microphone.as_ref().map_or(missing, level_check);
        say(grade, code, key, microphone.iter().map(|device| ("device", device.clone())).collect());
        for (now, baseline) in [(microphone, &self.microphone), (speaker, &self.speaker)] {
            if let Some(now) = now.filter(|now| !baseline.is_empty() && now != baseline) {
                let params = vec![("device", now), ("usual", baseline.clone())];
                say(CheckGrade::Warning, "device-changed", "DeviceMonitoringCheckOther", params);
            }
        }
        let (grade, code, key) = match equipment.registered {
            true => (CheckGrade::Ok, "registered", "DeviceMonitoringCheckRegistered"),
            false => (CheckGrade::Critical, "not-registered", "DeviceMonitoringCheckNotRegistered"),
        };
        say(grade, code, key, Vec::new());
        results
    }

    /// The baseline as it is stored.
    #[must_use]
    pub fn to_text(&self) -> String {
        versioned_json::to_text(VERSION, self)
    }

    /// What [`AudioBaseline::to_text`] wrote; anything else knows of no call.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let read = match text.strip_prefix(FORM_1_FIRST_LINE) {
            Some(lines) => first_form(lines),
            None => versioned_json::parse(VERSION, text).ok(),
        };
        read.unwrap_or_default()
    }
}

/// Lines: how many calls, the level, the microphone, the speaker.
fn first_form(lines: &str) -> Option<AudioBaseline> {
    let lines: Vec<&str> = lines.split('\n').collect();
    let &[calls, level, microphone, speaker] = lines.as_slice() else { return None };
    let level = level.parse::<u32>().ok()?.into();
    Some(AudioBaseline {
        calls: calls.parse().ok()?,
        level,
        microphone: microphone.to_owned(),
        speaker: speaker.to_owned(),
    })
}

/// A device's name on one line.
fn name(label: &str) -> String {
    label.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::ClientInfo;
    use crate::call::CallParties;
    use crate::config::Configuration;
    use crate::engine::{Effect, Engine};
    use crate::input::event::{CallContext, Event};
    use crate::input::sample::{RawSample, Sample};
    use crate::input::units::{Timestamp, WallTime};

    /// What is known of a call with so many seconds, this voice and this round trip.
    fn call(seconds: i64, microphone: &str, level: f64, rtt: f64) -> CallReport {
        call_of(seconds, microphone, level, rtt, false)
    }

    fn call_of(seconds: i64, microphone: &str, level: f64, rtt: f64, monitoring: bool) -> CallReport {
        let mut engine = Engine::new(Configuration::default(), ClientInfo::default());
        let call = engine.open(CallParties::default());
        let [microphone, speaker] = [microphone, "Headset"].map(|name| Some(name.to_owned()));
        let context = CallContext { microphone, speaker, ..CallContext::default() };
        engine.handle(Timestamp(0), call, &Event::Described(context));
        if monitoring {
            engine.handle(Timestamp(0), call, &Event::Monitoring { speaking: false });
        }
        engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
        for second in 1..=seconds {
            // The voice does not stand still.
            let audio_input_level = level + f64::from(second as i32 % 2);
            let raw = RawSample { rtt, audio_input_level, bytes_sent: 8000.0, ..RawSample::default() };
            engine.handle(Timestamp(second * 1000), call, &Event::Sample(Sample::from(raw)));
        }
        engine.handle(Timestamp(seconds * 1000), call, &Event::Disconnected);
        let mut report = None;
        while let Some(effect) = engine.poll_effect() {
            if let Effect::Ended { report: ended, .. } = effect {
                report = ended;
            }
        }
        *report.unwrap()
    }

    fn sentences(baseline: &AudioBaseline, equipment: &Equipment) -> Vec<(CheckGrade, String)> {
        baseline.judge(equipment).iter().map(|result| (result.grade, result.text.in_english())).collect()
    }

    fn ready(microphone: &str, level: f64) -> Equipment {
        let [microphone, speaker] = [microphone, "Headset"].map(|name| Some(name.to_owned()));
        Equipment { microphone, speaker, registered: true, levels: vec![200.0, level, 400.0] }
    }

    fn severities(baseline: &AudioBaseline, equipment: &Equipment) -> Vec<CheckGrade> {
        baseline.judge(equipment).iter().map(|result| result.grade).collect()
    }

    #[test]
    fn the_baseline_is_learnt_from_good_calls_only() {
        let mut baseline = AudioBaseline::default();
        assert!(!baseline.learn(&call(20, "Headset", 12_000.0, 50.0)), "too short");
        assert!(!baseline.learn(&call(60, "Headset", 12_000.0, 900.0)), "in trouble");
        assert!(!baseline.learn(&call_of(60, "Headset", 12_000.0, 50.0, true)), "a supervisor who listens");
        assert_eq!(baseline, AudioBaseline::default());
        assert!(baseline.learn(&call(60, "Headset", 12_000.0, 50.0)));
        assert_eq!((baseline.calls, baseline.level > 11_500.0), (1, true));
    }

    #[test]
    fn a_voice_is_compared_with_the_last_good_calls_and_without_any_only_said_to_be_sound() {
        use CheckGrade::{Ok, Warning};
        let mut baseline = AudioBaseline::default();
        assert_eq!(severities(&baseline, &ready("Headset", 2000.0)), [Ok, Ok]);
        assert_eq!(baseline.judge(&ready("Headset", 2000.0))[0].text.key, "DeviceMonitoringCheckSound");
        assert!(baseline.learn(&call(60, "Headset", 12_000.0, 50.0)));
        assert_eq!(severities(&baseline, &ready("Headset", 9500.0)), [Ok, Ok]);
        assert_eq!(baseline.judge(&ready("Headset", 9500.0))[0].text.key, "DeviceMonitoringCheckAsUsual");
        assert_eq!(severities(&baseline, &ready("Headset", 8500.0)), [Warning, Ok]);
    }

    #[test]
    fn a_microphone_without_sound_or_without_permission_is_bad_and_so_is_a_phone_that_is_not_registered() {
        use CheckGrade::Critical;
        let baseline = AudioBaseline::default();
        let silent = Equipment { registered: false, levels: vec![0.0, 100.0], ..ready("Headset", 0.0) };
        assert_eq!(severities(&baseline, &silent), [Critical, Critical]);
        let none = Equipment { microphone: None, levels: Vec::new(), ..silent };
        assert_eq!(severities(&baseline, &none), [Critical, Critical]);
        assert_ne!(sentences(&baseline, &none)[0], sentences(&baseline, &silent_with_name())[0]);
    }

    fn silent_with_name() -> Equipment {
        Equipment { levels: Vec::new(), ..ready("Headset", 0.0) }
    }

    #[test]
    fn another_device_than_in_the_last_good_call_is_named() {
        let mut baseline = AudioBaseline::default();
        assert!(baseline.learn(&call(60, "Headset", 12_000.0, 50.0)));
        let results = sentences(&baseline, &ready("Built-in\nmicrophone", 4000.0));
        assert_eq!(
            results.iter().map(|(grade, _)| *grade).collect::<Vec<_>>(),
            [CheckGrade::Ok, CheckGrade::Warning, CheckGrade::Ok]
        );
        let (_, other) = &results[1];
        assert!(other.contains("Built-inmicrophone") && other.contains("Headset"), "{other}");
    }

    #[test]
    fn what_is_kept_is_read_back_and_forgets_slowly() {
        let mut baseline = AudioBaseline::default();
        for n in 0..8 {
            assert!(baseline.learn(&call(30, "A\tmicrophone", 10_000.0 + f64::from(n), 50.0)));
        }
        assert_eq!(baseline.calls, MAX_CALLS);
        assert_eq!(AudioBaseline::parse(&baseline.to_text()), baseline);
        let level = baseline.level;
        assert!(baseline.learn(&call(30, "A\tmicrophone", 20_000.0, 50.0)));
        assert!((0.1..0.3).contains(&((baseline.level - level) / 10_000.0)), "{level} {}", baseline.level);
        assert!(baseline.learn(&call(30, "Another", 20_000.0, 50.0)));
        assert_eq!((baseline.calls, baseline.microphone.as_str()), (1, "Another"));
        for text in [
            "",
            "usual1",
            "usual2\n1\n1\na\nb",
            "usual1\n1\n1\na",
            r#"{"version":3,"calls":1,"level":1,"microphone":"","speaker":""}"#,
        ] {
            assert_eq!(AudioBaseline::parse(text), AudioBaseline::default(), "{text:?}");
        }
    }
}
