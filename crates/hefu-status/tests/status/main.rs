//! The status zone against a real database and the records of a certification authority made for the test.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod announcing;
mod answers;
mod following;
mod look_up;
mod shelf;
mod zone;
