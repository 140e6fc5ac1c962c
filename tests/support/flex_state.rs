//! What Flex says of a call, at random: whose it is, who is there, who is on hold.

use proptest::prelude::*;
use serde_json::{Value, json};

fn participant() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(&["customer", "worker", "external", "transfer", "supervisor"][..]);
    let status = prop::sample::select(&["joined", "joined", "joined", "connecting", "left", "recently_left"][..]);
    (kind, status, any::<bool>())
        .prop_map(|(kind, status, on_hold)| json!({"type": kind, "status": status, "onHold": on_hold}))
}

/// A line of a recording without its time.
pub(crate) fn fact() -> impl Strategy<Value = Value> {
    let task = (prop::option::of(prop::sample::select(&["inbound", "outbound"][..])), any::<bool>());
    let own = |own: bool| own.then_some("WT00000000000000000000000000000001");
    prop_oneof![
        5 => (any::<bool>(), prop::collection::vec(participant(), 0..4))
            .prop_map(|(on_hold, others)| json!({"type": "conference", "onHold": on_hold, "others": others})),
        2 => any::<bool>().prop_map(|speaking| json!({"type": "monitoring", "speaking": speaking})),
        1 => task.prop_map(move |(direction, is_own)| json!({"type": "task", "direction": direction, "taskSid": own(is_own)})),
    ]
}
