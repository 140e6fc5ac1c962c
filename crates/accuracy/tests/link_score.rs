//! Which bad seconds over a measured link nothing shows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use accuracy::link_score::LinkScore;
use accuracy::sdk_and_engine::Observation;
use accuracy::truth::Truth;
use support::Lab;

/// Bad seconds, and those of them that nothing shows, of a call over a link whose packets come so late, one way, from 20 s to
/// 23 s. `told`: what the browser says at 22 s.
fn scored(direction: &str, late_ms: u32, told: &str) -> (usize, usize) {
    let link = |delay| format!(r#"{{"link":"somewhere","delay":{delay}}}"#);
    let lab = Lab::new(40)
        .network(0, direction, &link(20))
        .network(20, direction, &link(late_ms))
        .network(23, direction, &link(20))
        .line(21, r#""type":"stats","stats":{"inbound":{"concealedSamples":100}}"#)
        .line(22, told);
    let truth = Truth::from_recording(&lab.file().calls[0]);
    let score = LinkScore::new(&Observation::default(), &truth).unwrap();
    (score.bad, score.hidden)
}

#[test]
fn late_packets_are_hidden_unless_the_browser_is_told_something_of_it() {
    let sample = |fields: &str| format!(r#""type":"sample","sample":{{{fields}}}"#);
    let nothing = sample(r#""packetsReceived":49,"packetsLost":0,"jitter":20"#);
    for direction in ["down", "up"] {
        assert_eq!(scored(direction, 150, &nothing), (0, 0));
        assert_eq!(scored(direction, 300, &nothing), (3, 3));
        for told in [
            sample(r#""packetsReceived":39,"packetsLost":0,"jitter":20"#),
            sample(r#""packetsReceived":49,"packetsLost":0,"jitter":31"#),
            r#""type":"stats","stats":{"candidatePair":{"currentRoundTripTime":0.3,"responsesReceived":1}}"#.to_owned(),
            r#""type":"stats","stats":{"inbound":{"concealedSamples":500}}"#.to_owned(),
        ] {
            // At 22 s: within the first two seconds, or two after them, of all three.
            assert_eq!(scored(direction, 300, &told), (3, 0), "{told}");
        }
    }
}
