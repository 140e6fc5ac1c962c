//! What is in the browser's storage, and what the server answers: nothing is lost, and nothing waits for ever.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| device_monitoring::fuzzing::outbox(input));
