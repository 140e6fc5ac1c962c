//! A configuration as a file has it: the block alone, `attributes`, or a whole answer of the Flex Configuration API.

use crate::verbatim_json::Members;
use device_monitoring::{Advised, Configuration, Finding, NAMESPACE, Severity, Source};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a file that are read: more than Flex itself would take.
const LONGEST_FILE: u64 = 10_000_000;

/// Our block as it was written, in each place that can have one.
#[derive(Debug, Default)]
pub(crate) struct ConfigFile {
    pub(crate) ui_attributes: Option<Box<RawValue>>,
    pub(crate) attributes: Option<Box<RawValue>>,
    /// Places were told apart: without, a block alone is in `attributes`.
    pub(crate) has_places: bool,
    /// Places that are a text, such as the JSON text that a task's attributes are.
    pub(crate) texts: Vec<Source>,
}

/// The configuration in force, and with each finding what to write instead.
pub(crate) struct Evaluation {
    pub(crate) configuration: Configuration,
    pub(crate) findings: Vec<Advised>,
}

impl ConfigFile {
    /// Reads a file; `-` is standard input.
    ///
    /// # Errors
    /// It cannot be read, or is not JSON; the message begins with its name.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let about = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let from: Box<dyn Read> =
            if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(about)?) };
        let invalid = |message: &str| about(io::Error::new(io::ErrorKind::InvalidData, message));
        let mut bytes = Vec::new();
        from.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(about)?;
        if bytes.len() as u64 > LONGEST_FILE {
            return Err(invalid("longer than 10 MB, which no configuration is"));
        }
        let text = String::from_utf8(bytes).map_err(|error| invalid(&error.to_string()))?;
        // Some editors begin with a mark of the byte order.
        Self::parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
            if path.extension().is_some_and(|extension| extension == "js") {
                return invalid("this is a program, not data: put its attributes into a file, as JSON");
            }
            about(error.into())
        })
    }

    fn parse(text: &str) -> serde_json::Result<Self> {
        let whole: Box<RawValue> = serde_json::from_str(text)?;
        let Ok(members) = Members::parse(text) else {
            return Ok(Self { attributes: Some(whole), ..Self::default() });
        };
        if let Some(block) = members.get(NAMESPACE) {
            return Ok(Self { attributes: Some(block.to_owned()), ..Self::default() });
        }
        Ok(Self::from_places(&members).unwrap_or(Self { attributes: Some(whole), ..Self::default() }))
    }

    /// Our block in the places of an answer of the Flex Configuration API; none if it has no places.
    pub(crate) fn from_places(members: &Members) -> Option<Self> {
        let places = [Source::UiAttributes, Source::Attributes].map(|place| members.get(place.as_str()));
        let [ui_attributes, attributes] = places.map(|place| {
            // In what is no object the browser finds no block either.
            let members = Members::parse(place?.get()).ok()?;
            members.get(NAMESPACE).map(ToOwned::to_owned)
        });
        let is_text = |place: &Option<&RawValue>| place.is_some_and(|place| place.get().trim_start().starts_with('"'));
        let named = [Source::UiAttributes, Source::Attributes].into_iter().zip(&places);
        let texts = named.filter(|(_, place)| is_text(place)).map(|(source, _)| source).collect();
        places.iter().any(Option::is_some).then_some(Self { ui_attributes, attributes, has_places: true, texts })
    }

    /// The block for a place; one that was given alone is for any.
    pub(crate) fn block(&self, place: Source) -> Option<&RawValue> {
        match place {
            Source::UiAttributes if self.has_places => self.ui_attributes.as_deref(),
            _ => self.attributes.as_deref(),
        }
    }

    /// What the browser would make of it.
    ///
    /// # Errors
    /// The block is nested too deeply, or has a number that no browser could hold.
    pub(crate) fn judge(&self) -> io::Result<Evaluation> {
        let read = |block: &Option<Box<RawValue>>| -> serde_json::Result<Option<Value>> {
            block.as_ref().map(|block| serde_json::from_str(block.get())).transpose()
        };
        let (ui_attributes, attributes) = (read(&self.ui_attributes)?, read(&self.attributes)?);
        let mut configuration = Configuration::look_up(None, ui_attributes.clone(), attributes.clone());
        for place in self.texts.iter().rev() {
            let message = format!(
                "{} is a text, and Flex looks for properties in an object: nothing in it is in force. Write the object itself, without quotes around it.",
                place.as_str()
            );
            configuration
                .findings
                .insert(0, Finding { severity: Severity::Error, property: NAMESPACE.to_owned(), message });
        }
        let block = if configuration.source == Source::UiAttributes { ui_attributes } else { attributes };
        Ok(Evaluation { findings: Advised::all(&configuration, block.as_ref()), configuration })
    }
}
