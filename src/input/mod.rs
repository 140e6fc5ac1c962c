//! What comes in: the Voice SDK's and Flex's events about a call, and the values that they carry.
//!
//! An [`event::Event`] is one thing that happened to a call. Once a second it is a [`sample::Sample`] of the SDK, or
//! a reading of the peer connection's own statistics ([`stats`]); the SDK's [`warning`]s and what Flex shows of the
//! [`conference`] come in between, and the call's [`agent_endpoint`]. Whatever cannot be true is taken out here, so that
//! nobody behind this has to doubt a number. The four [`metric`]s that have a threshold say how a second is judged;
//! [`units`] are types.

pub(crate) mod agent_endpoint;
pub(crate) mod conference;
pub(crate) mod environment_signal;
pub(crate) mod event;
pub(crate) mod lenient;
pub(crate) mod metric;
pub(crate) mod mos;
pub(crate) mod sample;
pub(crate) mod stats;
pub(crate) mod units;
pub(crate) mod warning;
