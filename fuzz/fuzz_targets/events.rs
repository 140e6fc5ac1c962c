//! Events of a page in any order: calls, notices and alerts hold together.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| device_monitoring::fuzzing::events(input));
