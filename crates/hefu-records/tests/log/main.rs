//! The log of a zone as others meet it: used rightly, forged, killed, out of space, on another engine.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests; what is not tested here says so"
)]

#[cfg(unix)]
mod crash;
mod forgery;
mod house;
mod inspection;
#[cfg(feature = "postgres")]
mod postgres;
mod records;
