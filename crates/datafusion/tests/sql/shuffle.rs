//! Rows in any order, the same for a seed.

/// Fisher and Yates, with numbers of xorshift64.
pub(crate) fn shuffle(order: &mut [u32], seed: u64) {
    let mut state = seed | 1;
    for last in (1..order.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(last, (state % (last as u64 + 1)) as usize);
    }
}
