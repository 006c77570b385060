//! Certificates of every profile: lints that fire and stay silent, what OpenSSL reads, what is refused.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod drafts;
mod judges;
mod lints;
mod profile_errors;
mod samples;
mod subjects;
mod text;
mod text_organisations;
mod text_people;
mod text_services;
mod tree;
