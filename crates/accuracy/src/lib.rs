//! How well trouble is noticed on recorded calls.
//!
//! A recording says what its test network really did ([`truth`]). Against the thresholds that gives the stretches
//! ([`expected_trouble`]) that have to be noticed, those that may be, and the rest, in which nothing may be said
//! ([`expectation`]). Three observers are held against it ([`sdk_and_engine`]): the SDK's own warnings as recorded, and the
//! engine with and without the private statistics. [`score`] compares, [`scored`] has that of each call, [`totals`] adds
//! up, [`goals`] says whether it is good enough, [`report_tables`] prints. [`causes`] does the same for why a call was
//! bad.

pub mod by_second;
pub mod causes;
pub mod clean;
pub mod concealment_as_heard;
pub mod configured_thresholds;
pub mod document;
pub mod expectation;
pub mod expected_trouble;
pub mod false_alarm_rate;
pub mod first_observable;
pub mod goals;
pub mod impairment;
pub mod link_score;
pub mod notices;
pub mod recording;
pub mod recordings;
pub mod relay_metrics;
pub mod report_data;
pub mod report_tables;
pub mod score;
pub mod scored;
pub mod sdk_and_engine;
pub mod span;
pub mod table;
pub mod totals;
pub mod trouble_coverage;
pub mod truth;
