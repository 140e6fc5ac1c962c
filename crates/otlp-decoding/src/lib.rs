//! Nothing but tests: `tests/bodies.rs`.
