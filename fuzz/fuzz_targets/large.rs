//! Long recordings and exports: reading them takes little memory.
#![no_main]

use peak_alloc::PeakAlloc;
use replay::fuzzing::{max_memory, read_large};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let document = replay::fuzzing::large(input);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    read_large(&document);
    let peak = MEMORY.peak_usage().saturating_sub(before);
    assert!(peak <= max_memory(&document), "{peak} bytes of memory for {} bytes", document.len());
});
