//! What is posted should the page crash: the latest checkpoint of each call in progress, in the keeping of the browser.
//!
//! A page that lives on withdraws it. One that is closed posts by itself, with what came since. After a crash the next
//! page posts the stored checkpoint as well, and the server drops what it has already: both have the alert's id.

use super::request;
use std::cell::RefCell;
use web_sys::{AbortController, UrlSearchParams};

/// The waiting requests, by call.
#[derive(Default)]
pub(super) struct CrashPosts {
    waiting: RefCell<Vec<(u32, AbortController)>>,
}

impl CrashPosts {
    /// Has this posted after a crash in place of what was to be posted for this call before. Where the browser cannot do
    /// that, or has no room (64 KiB for all that wait), the stored checkpoint alone remains.
    pub(super) fn replace(&self, call: u32, address: &str, form: &UrlSearchParams) {
        self.withdraw(call);
        let Ok(controller) = AbortController::new() else { return };
        if request::post_when_the_page_is_gone(address, form, &controller.signal()).is_ok() {
            self.waiting.borrow_mut().push((call, controller));
        }
    }

    pub(super) fn withdraw(&self, call: u32) {
        let is_its = |(waits_for, _): &mut (u32, AbortController)| *waits_for == call;
        let withdrawn: Vec<_> = self.waiting.borrow_mut().extract_if(.., is_its).collect();
        for (_, controller) in withdrawn {
            controller.abort();
        }
    }

    pub(super) fn withdraw_all(&self) {
        for (_, controller) in self.waiting.take() {
            controller.abort();
        }
    }
}

impl Drop for CrashPosts {
    fn drop(&mut self) {
        self.withdraw_all();
    }
}
