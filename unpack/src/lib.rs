//! Reads LZMA without a header, as `xtask/src/embed.rs` writes it (I. Pavlov, LZMA specification, 2015).
//!
//! WebAssembly packs 9 % better by it than by deflating, which is all that browsers can unpack by themselves, and with the
//! texts that travel with it 2.7 KB of the download. In JavaScript it took 30 ms of every start, since nothing is compiled
//! well when it first runs.
//!
//! Broken input gives broken output, and ends.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod page;

/// `lc`: so many bits of the byte before tell what kind of byte comes. `lp` and `pb` are 0: positions tell nothing.
const LITERAL_CONTEXT: u32 = 3;
const SHORTEST_MATCH: usize = 2;
const HALF: u16 = 1024;

// Places of the models in one table.
const MATCH: usize = 0;
const REPEAT: usize = 12;
const REPEAT_0: usize = 24;
const REPEAT_1: usize = 36;
const REPEAT_2: usize = 48;
const REPEAT_0_LONG: usize = 60;
const SLOTS: usize = 72;
const DISTANCES: usize = SLOTS + 4 * 64;
const ALIGNED: usize = DISTANCES + 128;
const MATCH_LENGTH: usize = ALIGNED + 16;
const REPEAT_LENGTH: usize = MATCH_LENGTH + LENGTH_MODELS;
const LITERALS: usize = REPEAT_LENGTH + LENGTH_MODELS;
/// Two choices, two trees of three bits, one of eight.
const LENGTH_MODELS: usize = 2 + 8 + 8 + 256;
/// How many models there are: one for each bit that is told in a context of its own.
pub const MODELS: usize = LITERALS + (0x300 << LITERAL_CONTEXT);

struct Reader<'a> {
    packed: &'a [u8],
    models: &'a mut [u16],
    at: usize,
    range: u32,
    code: u32,
}

impl Reader<'_> {
    fn narrow(&mut self) {
        if self.range < 1 << 24 {
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(self.packed.get(self.at).copied().unwrap_or_default());
            self.at += 1;
        }
    }

    #[inline(never)]
    fn bit(&mut self, model: usize) -> usize {
        let Some(model) = self.models.get_mut(model) else { return 0 };
        let bound = (self.range >> 11) * u32::from(*model);
        let is_one = self.code >= bound;
        if is_one {
            self.range -= bound;
            self.code -= bound;
            *model -= *model >> 5;
        } else {
            self.range = bound;
            *model += (2048 - *model) >> 5;
        }
        self.narrow();
        usize::from(is_one)
    }

    #[inline(never)]
    fn tree(&mut self, models: usize, bits: u32) -> usize {
        let mut node = 1;
        for _ in 0..bits {
            node = node << 1 | self.bit(models + node);
        }
        node - (1 << bits)
    }

    /// The lowest bit first.
    #[inline(never)]
    fn reversed(&mut self, models: usize, bits: u32) -> usize {
        let (mut node, mut value) = (1, 0);
        for place in 0..bits {
            let bit = self.bit(models + node);
            node = node << 1 | bit;
            value |= bit << place;
        }
        value
    }

    /// Bits of which nothing is expected.
    fn even(&mut self, bits: u32) -> usize {
        let mut value = 0;
        for _ in 0..bits {
            self.range >>= 1;
            let is_one = self.code >= self.range;
            if is_one {
                self.code -= self.range;
            }
            value = value << 1 | usize::from(is_one);
            self.narrow();
        }
        value
    }

    #[inline(never)]
    fn length(&mut self, models: usize) -> usize {
        if self.bit(models) == 0 {
            return SHORTEST_MATCH + self.tree(models + 2, 3);
        }
        if self.bit(models + 1) == 0 {
            return SHORTEST_MATCH + 8 + self.tree(models + 10, 3);
        }
        SHORTEST_MATCH + 16 + self.tree(models + 18, 8)
    }

    fn distance(&mut self, length: usize) -> usize {
        let slot = self.tree(SLOTS + (length - SHORTEST_MATCH).min(3) * 64, 6);
        if slot < 4 {
            return slot;
        }
        let bits = (slot as u32 >> 1) - 1;
        let base = (2 | slot & 1) << bits;
        if slot < 14 {
            return base + self.reversed(DISTANCES + base - slot, bits);
        }
        let high = self.even(bits - 4) << 4;
        base.wrapping_add(high).wrapping_add(self.reversed(ALIGNED, 4))
    }

    /// `expected`: what a match would have brought, where it is known that this is another byte.
    fn literal(&mut self, before: u8, expected: Option<u8>) -> u8 {
        let models = LITERALS + 0x300 * usize::from(before >> (8 - LITERAL_CONTEXT));
        let mut node = 1;
        if let Some(expected) = expected {
            let mut hints = usize::from(expected);
            while node < 0x100 {
                let hint = hints >> 7 & 1;
                hints <<= 1;
                let bit = self.bit(models + ((1 + hint) << 8) + node);
                node = node << 1 | bit;
                if bit != hint {
                    break;
                }
            }
        }
        while node < 0x100 {
            node = node << 1 | self.bit(models + node);
        }
        node as u8
    }
}

/// Fills `out` with what is packed. `models` is room to work in: at least [`MODELS`] of any value.
pub fn unpack(packed: &[u8], models: &mut [u16], out: &mut [u8]) {
    models.fill(HALF);
    // The first byte is always 0; the next four begin the code.
    let mut reader = Reader { packed, models, at: 1, range: 0, code: 0 };
    for _ in 0..4 {
        reader.narrow();
    }
    reader.range = u32::MAX;

    let mut state = 0;
    let mut recent = [0_usize; 4];
    let mut end = 0;
    while end < out.len() {
        let byte = |back: usize| end.checked_sub(back + 1).and_then(|at| out.get(at)).copied().unwrap_or_default();
        if reader.bit(MATCH + state) == 0 {
            let [newest, ..] = recent;
            let literal = reader.literal(byte(0), (state >= 7).then(|| byte(newest)));
            if let Some(place) = out.get_mut(end) {
                *place = literal;
            }
            end += 1;
            state -= if state < 4 {
                state
            } else if state < 10 {
                3
            } else {
                6
            };
            continue;
        }
        let is_early = state < 7;
        let [first, second, third, fourth] = recent;
        let length;
        if reader.bit(REPEAT + state) == 0 {
            length = reader.length(MATCH_LENGTH);
            recent = [reader.distance(length), first, second, third];
            state = if is_early { 7 } else { 10 };
        } else {
            let is_first = reader.bit(REPEAT_0 + state) == 0;
            let is_single = is_first && reader.bit(REPEAT_0_LONG + state) == 0;
            if !is_first {
                recent = if reader.bit(REPEAT_1 + state) == 0 {
                    [second, first, third, fourth]
                } else if reader.bit(REPEAT_2 + state) == 0 {
                    [third, first, second, fourth]
                } else {
                    [fourth, first, second, third]
                };
            }
            length = if is_single { 1 } else { reader.length(REPEAT_LENGTH) };
            state = match (is_early, is_single) {
                (true, true) => 9,
                (true, false) => 8,
                (false, _) => 11,
            };
        }
        let [newest, ..] = recent;
        for _ in 0..length {
            let copied = end.checked_sub(newest + 1).and_then(|at| out.get(at)).copied().unwrap_or_default();
            if let Some(place) = out.get_mut(end) {
                *place = copied;
            }
            end += 1;
        }
    }
}
