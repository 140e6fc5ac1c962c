//! Watches the voice quality of the calls that a Twilio Flex agent takes.
//!
//! A call is announced, accepted, and then speaks once a second: a [`input::sample::Sample`] of what the Voice SDK measured.
//! Each [`input::metric::Metric`] is judged against the admin's [`config::Config`], and enough bad seconds among the last few
//! raise a condition ([`condition::ConditionName`]); the SDK's own warnings ([`input::warning::WarningName`]) stand in where
//! samples cannot judge. What is active maps to one [`condition::diagnosis::Diagnosis`], and that to the one
//! [`agent::notice::Notice`] the agent sees. When the call ends, its episodes give a [`verdict::Verdict`], and a verdict with
//! reasons gives an [`alert::Alert`], which the [`outbox::Outbox`] keeps until the server has it.
//!
//! [`engine::Engine`] holds all calls of a page and is pure: it has no clock, does no I/O and knows no JavaScript.
//! The browser's side of it, `web`, exists only on wasm32 and is the only place that does. [`replay`] plays recorded
//! calls through the same engine, for the native command of that name and for tests.

pub mod agent;
pub mod alert;
pub mod call;
pub mod condition;
pub mod config;
#[cfg(test)]
mod documents;
pub mod engine;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod input;
pub mod outbox;
pub mod replay;
mod stored;
pub mod text;
mod text_format;
pub mod verdict;
#[cfg(target_arch = "wasm32")]
pub mod web;
