//! What a machine lacks and how to get it, all of it in one message.

use std::env;
use std::error::Error;
use std::fmt;

use anyhow::{Result, bail};

use crate::process;

/// Which commands a person would type here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Debian { root: bool },
    Mac,
    Other,
}

impl System {
    pub(crate) fn here() -> Self {
        if process::find_program(&["apt-get"]).is_some() {
            Self::Debian { root: process::is_root() }
        } else if env::consts::OS == "macos" {
            Self::Mac
        } else {
            Self::Other
        }
    }

    /// Packages can be installed without asking anybody. Nobody's system is changed through sudo: whoever is not root
    /// is told what to install.
    pub(crate) fn installs_packages(self) -> bool {
        self == Self::Debian { root: true }
    }

    pub(crate) fn apt_get_install(self, packages: &[&str]) -> Option<String> {
        let Self::Debian { root } = self else { return None };
        Some(format!("{}apt-get install {}", if root { "" } else { "sudo " }, packages.join(" ")))
    }
}

/// One thing that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lack {
    /// As in "Node.js 20 or newer".
    pub(crate) what: String,
    /// What is the matter, where more can be said than that it is not there.
    pub(crate) because: Option<String>,
    /// Commands and addresses, any one of which helps.
    pub(crate) get: Vec<String>,
}

impl fmt::Display for Lack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n\n  {}", self.what)?;
        if let Some(because) = &self.because {
            write!(formatter, "\n    ({})", because.replace('\n', "\n     "))?;
        }
        for (index, way) in self.get.iter().enumerate() {
            write!(formatter, "\n    {}{way}", if index == 0 { "" } else { "or: " })?;
        }
        Ok(())
    }
}

impl Error for Lack {}

/// Fails with everything that is lacking.
pub(crate) fn together<'a>(lacks: impl IntoIterator<Item = Option<&'a Lack>>) -> Result<()> {
    let lacks: Vec<String> = lacks.into_iter().flatten().map(Lack::to_string).collect();
    let what = match lacks.len() {
        0 => return Ok(()),
        1 => "something is missing on this machine. Install it",
        _ => "some things are missing on this machine. Install them",
    };
    bail!("{what}, then run the same command again:{}", lacks.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lack(what: &str, get: &[&str]) -> Lack {
        Lack { what: what.to_owned(), because: None, get: get.iter().map(|way| (*way).to_owned()).collect() }
    }

    #[test]
    fn everything_that_is_missing_is_in_one_message_with_its_commands() {
        let tea = lack("Tea", &["apt-get install tea", "https://tea.example"]);
        let milk = Lack { because: Some("there is Milk 1".to_owned()), ..lack("Milk 2", &["brew install milk"]) };
        assert_eq!(
            together([Some(&tea), None, Some(&milk)]).unwrap_err().to_string(),
            "some things are missing on this machine. Install them, then run the same command again:\n\n  \
             Tea\n    apt-get install tea\n    or: https://tea.example\n\n  \
             Milk 2\n    (there is Milk 1)\n    brew install milk"
        );
        assert!(together([Some(&tea)]).unwrap_err().to_string().starts_with("something is missing"));
        assert!(together([None, None]).is_ok());
    }

    #[test]
    fn only_root_on_debian_installs_packages_and_everybody_else_is_told_the_command() {
        let (root, user) = (System::Debian { root: true }, System::Debian { root: false });
        assert!(root.installs_packages());
        assert_eq!(root.apt_get_install(&["a", "b"]).as_deref(), Some("apt-get install a b"));
        assert!(!user.installs_packages());
        assert_eq!(user.apt_get_install(&["a", "b"]).as_deref(), Some("sudo apt-get install a b"));
        for system in [System::Mac, System::Other] {
            assert!(!system.installs_packages());
            assert_eq!(system.apt_get_install(&["a"]), None);
        }
    }
}
