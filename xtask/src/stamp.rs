//! Whether something has to be made again: not while it is still what was made of the same ingredients.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Kept beside what was made: a hash of what went in, and one of what came out. Contents count, not times: a fresh
/// checkout makes every file new without changing one.
pub(crate) struct Stamp {
    file: PathBuf,
    outputs: Vec<PathBuf>,
    inputs: DefaultHasher,
}

impl Stamp {
    pub(crate) fn new(file: PathBuf, outputs: Vec<PathBuf>) -> Self {
        Self { file, outputs, inputs: DefaultHasher::new() }
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.add(text.as_bytes());
        self
    }

    /// A file that is not there is an ingredient, too: it may appear.
    pub(crate) fn file(mut self, file: &Path) -> Self {
        self.add(file.to_string_lossy().as_bytes());
        match fs::read(file) {
            Ok(content) => self.add(&content),
            Err(_) => self.inputs.write_u8(0),
        }
        self
    }

    /// All files in it, at any depth.
    pub(crate) fn folder(self, folder: &Path) -> Result<Self> {
        let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<BTreeSet<_>>>()?;
        // What this stamp makes may lie among what goes in.
        let paths = paths.into_iter().filter(|path| *path != self.file);
        paths
            .collect::<Vec<_>>()
            .into_iter()
            .try_fold(self, |stamp, path| if path.is_dir() { stamp.folder(&path) } else { Ok(stamp.file(&path)) })
    }

    /// The steps themselves.
    pub(crate) fn this_program(self) -> Result<Self> {
        Ok(self.file(&env::current_exe()?))
    }

    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|found| Some(found) == self.content())
    }

    pub(crate) fn write(&self) -> Result<()> {
        let content = self.content().context("what should have been made is not there")?;
        fs::write(&self.file, content).with_context(|| format!("{} cannot be written", self.file.display()))
    }

    fn add(&mut self, bytes: &[u8]) {
        self.inputs.write_usize(bytes.len());
        self.inputs.write(bytes);
    }

    /// Nothing if an output is missing.
    fn content(&self) -> Option<String> {
        let mut outputs = DefaultHasher::new();
        for output in &self.outputs {
            outputs.write(&fs::read(output).ok()?);
        }
        Some(format!("made of {:016x}, came out as {:016x}\n", self.inputs.finish(), outputs.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Kitchen {
        folder: PathBuf,
    }

    impl Kitchen {
        fn new(name: &str) -> Self {
            let folder = env::temp_dir().join(format!("xtask-{}-stamp-{name}", std::process::id()));
            fs::create_dir_all(folder.join("in/deep")).unwrap();
            fs::write(folder.join("in/deep/salt"), "salt").unwrap();
            fs::write(folder.join("cake"), "cake").unwrap();
            Self { folder }
        }

        fn stamp(&self) -> Stamp {
            let stamp = Stamp::new(self.folder.join("cake.stamp"), vec![self.folder.join("cake")]);
            stamp.text("one hour").file(&self.folder.join("recipe")).folder(&self.folder.join("in")).unwrap()
        }
    }

    impl Drop for Kitchen {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.folder).unwrap();
        }
    }

    #[test]
    fn nothing_is_current_before_it_was_made_once() {
        let kitchen = Kitchen::new("once");
        assert!(!kitchen.stamp().is_current());
        kitchen.stamp().write().unwrap();
        assert!(kitchen.stamp().is_current());
    }

    #[test]
    fn a_changed_added_or_renamed_ingredient_makes_it_outdated() {
        let kitchen = Kitchen::new("ingredients");
        kitchen.stamp().write().unwrap();
        let salt = kitchen.folder.join("in/deep/salt");
        fs::write(&salt, "sugar").unwrap();
        assert!(!kitchen.stamp().is_current());
        fs::write(&salt, "salt").unwrap();
        assert!(kitchen.stamp().is_current(), "the content is the old one, the time is not");
        fs::write(kitchen.folder.join("recipe"), "").unwrap();
        assert!(!kitchen.stamp().is_current(), "a file has appeared, although an empty one");
        fs::remove_file(kitchen.folder.join("recipe")).unwrap();
        fs::rename(&salt, kitchen.folder.join("in/deep/pepper")).unwrap();
        assert!(!kitchen.stamp().is_current());
    }

    #[test]
    fn an_output_that_was_changed_or_removed_is_made_again() {
        let kitchen = Kitchen::new("outputs");
        kitchen.stamp().write().unwrap();
        fs::write(kitchen.folder.join("cake"), "half a cake").unwrap();
        assert!(!kitchen.stamp().is_current());
        fs::remove_file(kitchen.folder.join("cake")).unwrap();
        assert!(!kitchen.stamp().is_current());
        assert!(kitchen.stamp().write().is_err());
    }
}
