//! The rooms behind a log-in: pages by which officers do their work.
//!
//! | room | door | who |
//! |---|---|---|
//! | registration desk | [`DeskPages`] | operators act; administrators and auditors read |
//!
//! Each page is made as [`hefu_page::page`] says; who is there and whether a form is theirs, hefu-web knows
//! ([`hefu_web::PageOfficer`], [`hefu_web::Form`]). Which act is allowed, and its record, the capability knows. No SQL, no keys,
//! no rules. The routes stand in hefu-web's `openapi.json`, which a test of hefu-web holds against all crates.

mod desk;
mod words;

use hefu_page::{component, mishap, page};

pub use desk::DeskPages;
