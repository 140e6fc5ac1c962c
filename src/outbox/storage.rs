//! Where entries outlive the page.

/// Texts under keys, shared by all tabs of the page's origin. May fail at any time, and may be changed by others.
pub trait Storage {
    /// All keys that begin so, in any order.
    fn keys(&self, prefix: &str) -> Vec<String>;
    /// `None`: nothing there, or it cannot be read.
    fn get(&self, key: &str) -> Option<String>;
    /// Whether it is stored; if not, what was there before still is.
    fn set(&mut self, key: &str, value: &str) -> bool;
    /// Nothing there is nothing to remove.
    fn remove(&mut self, key: &str);
}
