//! The numbers of a second, packed: most of them are small and whole, and some are not known.

use crate::packed_rows::take;

/// How a number is written: two bits for each, before all of them.
const UNKNOWN: u8 = 0;
/// Two bytes.
const SMALL: u8 = 1;
/// Four.
const WHOLE: u8 = 2;
/// Eight.
const REAL: u8 = 3;

/// Of so many numbers the forms go into one byte.
const FORMS_IN_A_BYTE: usize = 4;

/// Appends numbers. `NaN` is not known; a zero has no sign.
pub(crate) fn pack<const COUNT: usize>(numbers: &[f64; COUNT], to: &mut Vec<u8>) {
    to.reserve(COUNT.div_ceil(FORMS_IN_A_BYTE) + COUNT * size_of::<f64>());
    for several in numbers.chunks(FORMS_IN_A_BYTE) {
        to.push(several.iter().rev().fold(0, |forms, number| (forms << 2) | form(*number)));
    }
    for number in numbers {
        match form(*number) {
            SMALL => to.extend_from_slice(&(*number as u16).to_le_bytes()),
            WHOLE => to.extend_from_slice(&(*number as i32).to_le_bytes()),
            REAL => to.extend_from_slice(&number.to_le_bytes()),
            _ => {}
        }
    }
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
                WHOLE => *number = f64::from(i32::from_le_bytes(*take(&mut rest)?)),
                REAL => *number = f64::from_le_bytes(*take(&mut rest)?),
                _ => {}
            }
            forms >>= 2;
        }
    }
    *bytes = rest;
    Some(numbers)
}

fn form(number: f64) -> u8 {
    if f64::from(number as u16) == number {
        SMALL
    } else if f64::from(number as i32) == number {
        WHOLE
    } else if number.is_nan() {
        UNKNOWN
    } else {
        REAL
    }
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
