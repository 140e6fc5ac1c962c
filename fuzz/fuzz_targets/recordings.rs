//! The lines of a recording: each is played or reported.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| device_monitoring::fuzzing::recordings(input));
