//! What the page calls (js-shim/src/engine.js).
#![allow(unsafe_code, reason = "the page and this share a memory and nothing else")]

use core::slice::{from_raw_parts, from_raw_parts_mut};

/// Behind the stack (xtask/src/wasm.rs gives it as much).
const ROOM: usize = 0x4000;
/// The second page of the memory: room for the models lies before it.
const PACKED: usize = 0x10000;

/// The page has put so many packed bytes at 65536 and made the memory large enough; behind them comes what they unpack to,
/// `size` bytes.
#[unsafe(no_mangle)]
extern "C" fn unpack(packed: usize, size: usize) {
    // SAFETY: the three do not overlap, nothing else is there, and the page has made the memory that large.
    let (packed, models, out) = unsafe {
        (
            from_raw_parts(PACKED as *const u8, packed),
            from_raw_parts_mut(ROOM as *mut u16, crate::MODELS),
            from_raw_parts_mut((PACKED + packed) as *mut u8, size),
        )
    };
    crate::unpack(packed, models, out);
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
