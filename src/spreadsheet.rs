//! Texts of others in cells of a spreadsheet.
//!
//! What a spreadsheet would take for a formula has an apostrophe before it, as OWASP advises: names come from others, and
//! a formula could send the cells beside it somewhere.

/// A text that no spreadsheet takes for a formula, not even one that separates cells by another character than the comma,
/// as the computer's region may say. A number stays a number, even a negative one.
#[must_use]
pub fn harmless(text: String) -> String {
    const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    const SEPARATORS: [char; 7] = [',', ';', '\t', '|', '\r', '\n', '"'];
    if !text.contains(FORMULAS) || text.parse::<f64>().is_ok() {
        return text;
    }
    let mut harmless = String::with_capacity(text.len() + 1);
    let mut begins_cell = true;
    for character in text.chars() {
        if begins_cell && FORMULAS.contains(&character) {
            harmless.push('\'');
        }
        harmless.push(character);
        let is_space = character.is_whitespace() || character == '\u{feff}';
        begins_cell = SEPARATORS.contains(&character) || begins_cell && is_space;
    }
    harmless
}

/// Rows as comma-separated values (RFC 4180), every cell in quotes and [`harmless`].
#[must_use]
pub fn csv(rows: Vec<Vec<String>>) -> String {
    let cell = |text: String| format!("\"{}\"", harmless(text).replace('"', "\"\""));
    rows.into_iter().map(|row| row.into_iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

#[cfg(test)]
mod tests {
    use super::{csv, harmless};

    #[test]
    fn what_a_spreadsheet_would_run_has_an_apostrophe_and_numbers_stay_numbers() {
        for formula in ["=1+1", "+A1", "-2+3", "@SUM(A1)", "＝1", "=HYPERLINK(\"https://example.com\")"] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        for (formula, expected) in [
            ("CA1;=1+1", "CA1;'=1+1"),
            ("\t=1", "\t'=1"),
            ("\r\n-A1", "\r\n'-A1"),
            ("a|@SUM(A1), +B1", "a|'@SUM(A1), '+B1"),
            (" \u{a0}=1", " \u{a0}'=1"),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("\"=1", "\"'=1"),
        ] {
            assert_eq!(harmless(formula.to_owned()), expected);
        }
        for text in ["-5", "-0.25", "+15550001111", "-1e5", "CA1", "a=b", "", "'=1", "https://example.com"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

    #[test]
    fn every_cell_is_in_quotes_and_none_breaks_out_of_them() {
        let rows = [["Agent", "What"], ["=cmd|' /C calc'!A0", "a \"b\", c\nd"]];
        let text = csv(rows.map(|row| row.map(str::to_owned).to_vec()).to_vec());
        assert_eq!(text, "\"Agent\",\"What\"\r\n\"'=cmd|' /C calc'!A0\",\"a \"\"b\"\", c\nd\"\r\n");
    }
}
