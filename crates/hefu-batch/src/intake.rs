//! The port to registration: the daemon implements it over the desk and, where there is one, the applicants' register.
//!
//! Its contract is what makes a row entered once: a number is reserved first and made durable by the office; entering
//! under it either happens whole or not at all; after a crash [`Intake::is_entered`] says which, and entering again under
//! the same number can never make a second application.

use futures_util::future::BoxFuture;
use hefu_officers::OfficerId;
use jiff::Timestamp;
use serde_json::Value;

use crate::finding::Finding;
use crate::office::Then;
use crate::row::RowEntry;

/// Octets of what is said once for all rows: versions of texts, who signed, how identity was verified.
pub const TOGETHER_OCTETS_MAX: usize = 64 << 10;

/// Why registration did not do it.
#[derive(Clone, Debug)]
pub enum Declined {
    /// For good: malformed, or a rule says no. The row is refused with this.
    Refused(Box<Finding>),
    /// Not now, and whether it happened is not known: a disk, a database, an officer who is no longer on duty. The batch
    /// pauses with this for its reason.
    Fault(String),
}

/// What came of an approval.
#[derive(Clone, Debug)]
pub enum Approved {
    /// The application is approved now, or was before.
    Yes,
    /// It is not ready; the word says how far it is.
    NotReady(String),
}

/// Registration, as batches see it.
pub trait Intake: Send + Sync {
    /// Looks at a good row once more, as far as that needs no register; for the dry run.
    ///
    /// # Errors
    /// What is wrong with it.
    fn examine(&self, row: &RowEntry, now: Timestamp) -> Result<(), Box<Finding>>;

    /// Looks at what is said once for all rows.
    ///
    /// # Errors
    /// What is wrong with it.
    fn examine_together(&self, together: &Value) -> Result<(), Box<Finding>>;

    /// A fresh number for an application.
    ///
    /// # Errors
    /// [`Declined::Fault`].
    fn reserve(&self, now: Timestamp) -> Result<String, Declined>;

    /// Whether there is an application of this number.
    fn is_entered<'a>(&'a self, application: &'a str) -> BoxFuture<'a, Result<bool, Declined>>;

    /// Registers the applicant where the row names one, and enters the row under a number from [`Intake::reserve`].
    fn enter<'a>(
        &'a self,
        by: OfficerId,
        application: &'a str,
        row: RowEntry,
        together: &'a Value,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), Declined>>;

    /// Approves an application, and has it issued when `then` says so.
    fn approve<'a>(
        &'a self,
        by: OfficerId,
        application: &'a str,
        then: Then,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Approved, Declined>>;
}
