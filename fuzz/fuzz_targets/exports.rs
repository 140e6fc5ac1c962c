//! A file of what Twilio exports: each line is used or reported.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| replay::fuzzing::exports(input));
