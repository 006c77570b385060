//! 法律资料库 law library: official texts, the confirmation of our wordings against them, the calendar, reckoned deadlines.
//!
//! Serves no single article: every citation of Hefu stands on a paraphrase, and this is where people make sure of it.
//! "未核对原文" or "unverified" stands beside a wording until an officer compared it with a text that another one loaded.
//!
//! ```text
//! load a text ─▶ edition (kept for ever) ─▶ confirm, by another officer ─▶ verified
//!                      └─ a newer edition says the article differently ─▶ to be confirmed again
//! set a year of holidays ─▶ calendar ─▶ Reckoning: by when, and how that was counted
//! ```
//!
//! - [`Library`] is the desk: each act is one transaction with its record; then the [`Holdings`] are read again, so that
//!   pages and deadlines see it before the answer leaves.
//! - [`Holdings`] is everything in memory: editions with their articles, confirmations, the calendar.
//! - [`Reckoning`] counts one deadline of the rulebook, and says which days it passed over.
//!
//! What it does not know: whether a text is authentic (two officers say so), HTTP, any case that runs.

mod desk;
mod edition;
mod error;
mod facts;
mod holdings;
mod reckoning;
mod store;

pub use desk::{Library, LibrarySettings};
pub use edition::{Confirmed, Edition, NewEdition, Withdrawal, YearSet};
pub use error::LawError;
pub use holdings::{Again, Holdings, HoldingsCell, Verification};
pub use reckoning::{DayCounted, Reckoning};
pub use store::MIGRATIONS;

/// Digest of a text, hexadecimal.
#[must_use]
pub fn sm3_hex(octets: &[u8]) -> String {
    hex::encode(gm_suite::sm3(octets))
}
