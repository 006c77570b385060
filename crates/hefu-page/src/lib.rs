//! The house in which every page lives: frame, components, words, style, and errors as pages and as problems.
//!
//! ```text
//! request ─▶ Asked ─▶ Page (language, navigation, visitor, notice) ─▶ a view of hefu-web, built of components ─▶ HTML
//! error   ─▶ page::refuse: a page for readers         Problem: RFC 9457 for programs
//! ```
//!
//! How to add a page, [`page`] says. What it does not know: any capability, any route, who may do what.

#![cfg_attr(test, expect(clippy::indexing_slicing, reason = "tests"))]

pub mod component;
pub mod mishap;
pub mod page;
pub mod problem;
mod site;
pub mod words;

pub use site::Site;

/// The style sheet: tokens, then components.
pub const STYLE: &str = include_str!("../assets/hefu.css");
/// The two halves of a tally.
pub const MARK: &str = include_str!("../assets/mark.svg");
