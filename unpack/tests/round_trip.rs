//! What was packed comes back, and nothing that was not brings it down.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use lzma_rust2::{LzmaOptions, LzmaWriter};
use proptest::prelude::*;
use std::io::Write;
use unpack::{MODELS, unpack};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let options = LzmaOptions { pb: 0, nice_len: LzmaOptions::NICE_LEN_MAX, ..LzmaOptions::with_preset(9) };
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn unpacked(packed: &[u8], size: usize) -> Vec<u8> {
    let mut out = vec![0; size];
    unpack(packed, &mut vec![0xffff; MODELS], &mut out);
    out
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert_eq!(unpacked(&packed(&bytes), bytes.len()), bytes);
    }

    #[test]
    fn bytes_that_repeat_in_every_way_come_back(
        parts in prop::collection::vec((0..40_usize, 1..400_usize, any::<u8>()), 1..200)
    ) {
        let mut bytes = b"a beginning".to_vec();
        for (back, length, new) in parts {
            for _ in 0..length {
                let again = bytes.len().checked_sub(back * back + 1).and_then(|at| bytes.get(at)).copied();
                bytes.push(again.unwrap_or(new));
            }
            bytes.push(new);
        }
        prop_assert_eq!(unpacked(&packed(&bytes), bytes.len()), bytes);
    }

    #[test]
    fn what_nobody_packed_ends_all_the_same(bytes in prop::collection::vec(any::<u8>(), 0..500), size in 0..5000_usize) {
        prop_assert_eq!(unpacked(&bytes, size).len(), size);
    }
}
