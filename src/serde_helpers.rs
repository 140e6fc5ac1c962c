//! What several structs need to be written as JSON.

use serde::Serialize;

/// The value as JSON, on one line. It must be made of structs, lists, numbers and texts: nothing in these can fail to be
/// written.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// For a field that is left out where it says nothing.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
