//! Failures of our own that end here.
//!
//! In WebAssembly nothing unwinds: a panic becomes a trap, an exception that leaves through all of Rust's frames at once.
//! JavaScript can catch it, and so can Rust that has itself called by JavaScript. What the failing code owned at that
//! moment is leaked, since nobody knows what state it is in; what it had only borrowed must not be used again.

use js_sys::Function;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;

/// Runs `work`, and returns the exception that ended it, if one did.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, JsValue> {
    let (mut work, mut result) = (Some(work), None);
    run(&mut || result = work.take().map(|work| work()))?;
    result.ok_or(JsValue::UNDEFINED)
}

fn run(work: &mut dyn FnMut()) -> Result<(), JsValue> {
    let mut work = || work();
    let closure = ScopedClosure::<dyn FnMut()>::borrow_mut_aborting(&mut work);
    closure.as_ref().unchecked_ref::<Function>().call0(&JsValue::UNDEFINED).map(drop)
}

/// A task that ends with the exception that a failure in it throws.
pub(super) struct Caught<T> {
    /// Not there while it runs: one that failed is not put back.
    task: Option<Pin<Box<dyn Future<Output = T>>>>,
}

impl<T> Caught<T> {
    pub(super) fn new(task: impl Future<Output = T> + 'static) -> Self {
        Self { task: Some(Box::pin(task)) }
    }
}

impl<T> Future for Caught<T> {
    type Output = Result<T, JsValue>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(mut task) = self.task.take() else { return Poll::Pending };
        let polled = catch(|| {
            let polled = task.as_mut().poll(context);
            (polled, task)
        });
        match polled {
            Ok((Poll::Ready(result), _)) => Poll::Ready(Ok(result)),
            Ok((Poll::Pending, task)) => {
                self.task = Some(task);
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}
