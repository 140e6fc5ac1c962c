//! Putting texts together, and taking them apart.

/// "one, two, three".
pub(crate) fn list(parts: &[String]) -> String {
    let mut list = String::new();
    for part in parts {
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(part);
    }
    list
}

/// What is quoted in a message is cut to this many characters.
const LONGEST_QUOTE: usize = 60;

/// Cut to what a reader needs to know it again.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
        None => text.to_owned(),
    }
}

/// Rounded to one decimal.
pub(crate) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Three decimals at most, which is finer than anything measured here, and no more than are needed: "15", "0.5".
pub(crate) fn decimal(value: f64) -> String {
    let thousandths = (value * 1000.0).round() as i64;
    let mut text = String::new();
    if thousandths < 0 {
        text.push('-');
    }
    let thousandths = thousandths.unsigned_abs();
    push_digits(&mut text, thousandths / 1000, 1);
    let (mut fraction, mut digits) = (thousandths % 1000, 3);
    if fraction > 0 {
        while fraction % 10 == 0 {
            fraction /= 10;
            digits -= 1;
        }
        text.push('.');
        push_digits(&mut text, fraction, digits);
    }
    text
}

/// Appends a whole number, with zeros before it where it has fewer digits than wanted.
pub(crate) fn push_digits(text: &mut String, number: u64, least: u32) {
    if number >= 10 || least > 1 {
        push_digits(text, number / 10, least.saturating_sub(1));
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// The texts between the separators: the standard library's own `split` looks for any character, in 700 bytes more.
pub(crate) fn split(text: &str, separator: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    // An ASCII character is no part of another one.
    while let Some(end) = rest.bytes().position(|byte| byte == separator) {
        parts.extend(rest.get(..end));
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// A number as people write it, digits with or without a fraction: "500", "3.5".
///
/// Not the standard library's parser: it would also take "1e3", "inf" and "nan", and brings its tables into the browser.
pub(crate) fn number(text: &str) -> Option<f64> {
    let parts = split(text, b'.');
    match *parts.as_slice() {
        [number] | [number, ""] => whole(number),
        [number, fraction] => {
            let scale = fraction.bytes().fold(1.0, |scale, _| scale * 10.0);
            Some(whole(number)? + whole(fraction)? / scale)
        }
        _ => None,
    }
}

/// Digits alone, no more of them than 2^53 has.
pub(crate) fn whole(digits: &str) -> Option<f64> {
    let is_whole = (1..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| digits.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_a_part_more_than_separators() {
        assert_eq!(split("", b' '), [""]);
        assert_eq!(split("ä b\n  ö ", b' '), ["ä", "b\n", "", "ö", ""]);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, read) in
            [("0", 0.0), ("500", 500.0), ("3.5", 3.5), ("007.", 7.0), ("1125899906842624", 2_f64.powi(50))]
        {
            assert_eq!(number(text), Some(read), "{text}");
        }
        for text in ["", ".", ".5", "-1", "+1", "1e3", "inf", "NaN", "1.2.3", " 1", "１", "12345678901234567"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn digits_are_filled_up_with_zeros() {
        let said = |number, least| {
            let mut text = String::new();
            push_digits(&mut text, number, least);
            text
        };
        assert_eq!(
            [said(0, 1), said(7, 3), said(1234, 2), said(u64::MAX, 1)],
            ["0", "007", "1234", "18446744073709551615"]
        );
    }

    #[test]
    fn a_quote_is_cut_between_characters() {
        assert_eq!(shortened(&"ä".repeat(60)), "ä".repeat(60));
        assert_eq!(shortened(&"ä".repeat(61)), format!("{}…", "ä".repeat(60)));
    }

    #[test]
    fn a_list_has_commas_between() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["one".to_owned(), "two".to_owned()]), "one, two");
    }
}
