//! What an admin may set: only possible values are in force, and the findings account for the rest.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| device_monitoring::fuzzing::configuration(input));
