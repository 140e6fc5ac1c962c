//! Alerts with whatever others call things: the document that is sent is what the Function takes.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| device_monitoring::fuzzing::sent_alerts(input));
