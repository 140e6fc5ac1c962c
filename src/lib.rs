//! Watches the voice quality of the calls that a Twilio Flex agent takes.
//!
//! A call is announced, accepted, and then speaks once a second: a [`sample::Sample`] of what the Voice SDK measured.
//! Each [`metric::Metric`] is judged against the admin's [`config::Config`], and enough bad seconds among the last few
//! raise a condition ([`condition::ConditionName`]); the SDK's own warnings ([`warning::WarningName`]) stand in where
//! samples cannot judge. What is active maps to one [`diagnosis::Diagnosis`], and that to the one
//! [`notice::Notice`] the agent sees. When the call ends, its episodes give a [`verdict::Verdict`], and a verdict with
//! reasons gives an [`alert::Alert`], which the [`outbox::Outbox`] keeps until the server has it.
//!
//! [`engine::Engine`] holds all calls of a page and is pure: it has no clock, does no I/O and knows no JavaScript.
//! The browser's side of it, `web`, exists only on wasm32 and is the only place that does. [`replay`] plays recorded
//! calls through the same engine, for the native command of that name and for tests.

pub mod activity;
pub mod alert;
pub mod call;
mod clearing;
pub mod condition;
pub mod conference;
pub mod config;
mod detector;
pub mod diagnosis;
#[cfg(test)]
mod documents;
pub mod engine;
pub mod event;
mod flow;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod gaps;
mod history;
mod lenient;
mod loss;
mod meter;
pub mod metric;
mod microphone;
pub mod mos;
pub mod notice;
pub mod outbox;
pub mod panel;
mod path;
pub mod recording;
pub mod recovery;
pub mod replay;
pub mod sample;
pub mod shift;
pub mod statistics;
mod stored;
pub mod summary;
pub mod text;
mod text_format;
pub mod units;
mod uplink;
pub mod usual;
pub mod verdict;
pub mod warning;
mod watch;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod what_if;
