//! Cards of calls, as the Function keeps them: the floor adds up, and the incidents of the past hold together.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| replay::fuzzing::cards(input));
