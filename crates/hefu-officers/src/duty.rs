//! What a post needs beside an appointment: training that is still good, and for delegates a filed body.
//!
//! M15 36 and EG24 28 want staff trained for their posts and the training recorded; neither says how long a course is
//! good for. So that comes in from outside ([`TrainingRule`]), and the operator answers for it.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::officer::{Officer, OfficerId};

/// A course that an officer passed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Who passed.
    pub officer: OfficerId,
    /// What it was about, as the operator names it.
    pub course: String,
    /// When.
    pub passed_at: Timestamp,
}

/// A body that registration is delegated to, in the authority's name and no further (EG24 25).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DelegatedBody {
    /// Its name.
    pub name: String,
    /// Reference of the filing with the department.
    pub filing: String,
    /// Day of the filing.
    pub filed_on: Date,
}

/// Whether posts below the heads of the branches need training, and how long a course is good for.
///
/// Not for the heads: they record the training of the others, and nobody would be left to record theirs at the start.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TrainingRule {
    /// `None` where the operator keeps training elsewhere: nothing is checked.
    pub good_for: Option<SignedDuration>,
}

impl TrainingRule {
    /// Whether `officer`, who last passed at `trained_at`, may act at `now`.
    #[must_use]
    pub fn admits(self, officer: &Officer, trained_at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(good_for) = self.good_for else { return true };
        officer.role().is_head() || trained_at.is_some_and(|at| at <= now && now.duration_since(at) <= good_for)
    }
}
