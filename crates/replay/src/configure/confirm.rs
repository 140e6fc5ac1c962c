//! Asking before something is written.

use replay::safe_output::{plain, say};
use std::io::{self, BufRead, IsTerminal, Write};

/// Whether the person at the terminal agrees. Without a terminal nobody can.
pub(super) fn at_the_terminal(question: &str) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        say("Nothing was written: there is no terminal to ask at, and no --yes.");
        return Ok(false);
    }
    ask(question, &mut io::stdin().lock(), &mut io::stderr().lock())
}

fn ask(question: &str, input: &mut impl BufRead, out: &mut impl Write) -> io::Result<bool> {
    write!(out, "{} [y/N] ", plain(question))?;
    out.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    let agreed = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if !agreed {
        writeln!(out, "Nothing was written.")?;
    }
    Ok(agreed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (answer, agreed) in
            [("y\n", true), (" YES \n", true), ("\n", false), ("", false), ("n\n", false), ("yeah\n", false)]
        {
            let mut out = Vec::new();
            assert_eq!(ask("Write it?", &mut answer.as_bytes(), &mut out).unwrap(), agreed, "{answer:?}");
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out, if agreed { "Write it? [y/N] " } else { "Write it? [y/N] Nothing was written.\n" });
        }
    }
}
