//! The numbers of a second, packed: most of them are small and whole, and some are not known.

use crate::row_bytes::take;

/// How a number is written: two bits for each, before all of them.
const UNKNOWN: u8 = 0;
/// Two bytes.
const SMALL: u8 = 1;
/// Four: twice the number if it is whole, or one more than twice its ten-thousandths.
const MIDDLE: u8 = 2;
/// Eight.
const REAL: u8 = 3;

/// Milliseconds, shares and scores have no more decimal places than this has zeros.
const TEN_THOUSAND: f64 = 10_000.0;

/// Of so many numbers the forms go into one byte.
const FORMS_IN_A_BYTE: usize = 4;
/// No struct has more numbers.
const MOST: usize = 32;

/// Appends numbers, of which there are no more than [`MOST`]. `NaN` is not known; a zero has no sign.
pub(crate) fn pack<const COUNT: usize>(numbers: &[f64; COUNT], to: &mut Vec<u8>) {
    const { assert!(COUNT <= MOST) };
    // Each number is written in full, and the next one over what of it is not needed: that is less work than to choose.
    let mut bytes = [0; MOST * size_of::<f64>()];
    let mut length = 0;
    let mut forms = 0_u64;
    for (index, number) in numbers.iter().enumerate() {
        let (form, bits, size) = form(*number);
        forms |= u64::from(form) << (2 * index);
        if let Some(place) = bytes.get_mut(length..).and_then(<[u8]>::first_chunk_mut) {
            *place = bits.to_le_bytes();
        }
        length += size;
    }
    to.extend(forms.to_le_bytes().iter().take(COUNT.div_ceil(FORMS_IN_A_BYTE)));
    to.extend_from_slice(bytes.get(..length).unwrap_or_default());
}

/// Takes them again; `None` if they break off.
pub(crate) fn unpack<const COUNT: usize>(bytes: &mut &[u8]) -> Option<[f64; COUNT]> {
    let (forms, mut rest) = bytes.split_at_checked(COUNT.div_ceil(FORMS_IN_A_BYTE))?;
    let mut numbers = [f64::NAN; COUNT];
    for (several, forms) in numbers.chunks_mut(FORMS_IN_A_BYTE).zip(forms) {
        let mut forms = *forms;
        for number in several {
            match forms & 3 {
                SMALL => *number = f64::from(u16::from_le_bytes(*take(&mut rest)?)),
                MIDDLE => *number = middle(i32::from_le_bytes(*take(&mut rest)?)),
                REAL => *number = f64::from_le_bytes(*take(&mut rest)?),
                _ => {}
            }
            forms >>= 2;
        }
    }
    *bytes = rest;
    Some(numbers)
}

/// The form of a number, its bits in that form, and how many bytes of these count.
fn form(number: f64) -> (u8, u64, usize) {
    let small = number as u16;
    if f64::from(small) == number {
        return (SMALL, u64::from(small), size_of::<u16>());
    }
    if number.is_nan() {
        return (UNKNOWN, 0, 0);
    }
    let middle = |bits: i32| (MIDDLE, u64::from(bits.cast_unsigned()), size_of::<i32>());
    let whole = number as i32;
    if f64::from(whole) == number
        && let Some(doubled) = whole.checked_mul(2)
    {
        return middle(doubled);
    }
    // Rounded by the cast: to round by itself is a call of a function.
    let parts = (number * TEN_THOUSAND + 0.5_f64.copysign(number)) as i32;
    match parts.checked_mul(2) {
        Some(doubled) if f64::from(parts) / TEN_THOUSAND == number => middle(doubled | 1),
        _ => (REAL, number.to_bits(), size_of::<f64>()),
    }
}

/// The number that these four bytes stand for.
fn middle(bits: i32) -> f64 {
    let half = f64::from(bits >> 1);
    if bits & 1 == 0 { half } else { half / TEN_THOUSAND }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test a panic is the message")]
mod tests {
    use super::*;
    use proptest::array::uniform;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_the_same_bit_for_bit_but_for_the_sign_of_zero(
            numbers in uniform::<_, 7>(prop_oneof![
                Just(f64::NAN),
                any::<u16>().prop_map(f64::from),
                any::<i32>().prop_map(f64::from),
                any::<i32>().prop_map(|parts| f64::from(parts) / TEN_THOUSAND),
                any::<f64>(),
            ]),
            behind in prop::collection::vec(any::<u8>(), 0..3),
        ) {
            let mut bytes = Vec::new();
            pack(&numbers, &mut bytes);
            let length = bytes.len();
            bytes.extend_from_slice(&behind);
            let mut rest = bytes.as_slice();
            let again: [f64; 7] = unpack(&mut rest).unwrap();
            for (number, again) in numbers.iter().zip(again) {
                prop_assert!(again == *number || again.is_nan() && number.is_nan(), "{number} became {again}");
            }
            prop_assert_eq!(rest, behind);
            for length in 0..length {
                prop_assert_eq!(unpack::<7>(&mut bytes.get(..length).unwrap()), None);
            }
        }
    }
}
