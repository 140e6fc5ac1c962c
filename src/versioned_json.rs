//! Texts that outlive the page: JSON with the version of its form, which a later version of this crate reads.

use crate::serde_helpers::json;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u32,
    #[serde(flatten)]
    content: &'a T,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Why a stored text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Written by a later version: left alone.
    Newer,
    /// Nobody will ever read it.
    Damaged,
}

/// The content as it is stored.
pub(crate) fn to_text<T: Serialize>(version: u32, content: &T) -> String {
    json(&Versioned { version, content })
}

/// The content of a text that [`to_text`] wrote with this version.
pub(crate) fn parse<T: DeserializeOwned>(version: u32, text: &str) -> Result<T, Unreadable> {
    let Version { version: found } = serde_json::from_str(text).map_err(|_| Unreadable::Damaged)?;
    if found > version {
        return Err(Unreadable::Newer);
    }
    serde_json::from_str(text).map_err(|_| Unreadable::Damaged)
}

/// Numbers that are stored as whole ones from 0 on.
pub(crate) mod whole {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<T, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Copy + Into<f64>,
        S: Serializer,
    {
        // NaN and what is negative are 0.
        serializer.serialize_u64((*value).into() as u64)
    }

    pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: From<f64>,
        D: Deserializer<'de>,
    {
        u64::deserialize(deserializer).map(|number| T::from(number as f64))
    }
}
