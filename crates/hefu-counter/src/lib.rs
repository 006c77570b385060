//! The counter's pages: from a person at the counter to an application, and what the counter works with.
//!
//! 电子签名法 20; 办法 20, 21, 22, 30; 个人信息保护法 17, 28–30, 47. A registration officer finds or opens an applicant's
//! file, shows the notice and the contract in the applicant's language, takes consent and evidence, checks identity, and
//! enters an application that stands on the file's own proofs.
//!
//! ```text
//! /desk/applicants ─▶ new/{kind} ─▶ {id} ─▶ notice ─▶ contract ─▶ consent ─▶ evidence ─▶ check
//!                                    {id} ─▶ application ─▶ /desk/applications/{id}      reading, restriction: asked first
//! /desk/texts ─▶ {kind}/versions/{version}, {kind}/new        /desk/batches ─▶ {id}: dry run, start, progress, report
//! ```
//!
//! [`CounterPages`] is the door. A page asks, shows, and says what the registry, the desk or the office of batches said,
//! with the article, beside the form and with what was typed. A file is shown masked; it is read in clear, and evidence is
//! opened, only with a reason, which the registry records first. Names and numbers that are looked for travel in the body
//! of a form, never in an address.
//!
//! What it does not know: how a PDF is made ([`Typesetter`]), what the law sets for retention ([`CounterPages::retention`]).

mod apply;
mod batches;
mod check;
mod consent;
mod copy;
mod evidence;
mod file;
mod find;
mod names;
mod reading;
mod register;
mod room;
mod sheet;
mod telling;
mod texts;
mod wish;
mod words;

#[cfg(test)]
mod tests;

use hefu_page::{component, mishap, page};

pub use copy::{NotSet, Typesetter};
pub use room::CounterPages;
