//! What an applicant's file has for the next step of an application: agreements to texts in force, checks that hold.
//!
//! The officer chooses among them; whether one fits is decided by the desk, once more, when the step is taken.

use hefu_applicants::{ApplicantId, TextKind};
use hefu_ra::{ApplicationView, StepName};
use jiff::Timestamp;

use super::DeskPages;
use crate::page::time::time;

/// A proof in the file: its number, and how people know it.
pub(super) struct Offer {
    pub(super) number: String,
    pub(super) name: String,
}

/// Proofs in the file, the newest first.
#[derive(Default)]
pub(super) struct Offers {
    pub(super) notices: Vec<Offer>,
    pub(super) contracts: Vec<Offer>,
    pub(super) checks: Vec<Offer>,
}

impl Offers {
    /// What the file of an application offers for its next step. A file that cannot be read offers nothing: that is said
    /// where the file is shown.
    pub(super) async fn of(door: &DeskPages, view: &ApplicationView) -> Self {
        let file = view.applicant.as_deref().and_then(|id| id.parse::<ApplicantId>().ok());
        let Some(file) = file else {
            return Self::default();
        };
        match view.next {
            Some(StepName::Notice) => Self {
                notices: agreements(door, file, TextKind::Notice).await,
                ..Self::default()
            },
            Some(StepName::Contract) => Self {
                contracts: agreements(door, file, TextKind::Contract).await,
                ..Self::default()
            },
            Some(StepName::Identity) => Self {
                checks: checks(door, file, (&view.id.to_string(), (door.clock)())).await,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

/// Agreements to the text in force.
async fn agreements(door: &DeskPages, file: ApplicantId, kind: TextKind) -> Vec<Offer> {
    let Ok(text) = door.registry.text_in_force(kind).await else {
        return Vec::new();
    };
    let all = door.registry.agreements_of(file).await.unwrap_or_default();
    let fitting = all
        .into_iter()
        .filter(|one| one.kind() == kind && one.version() == text.version());
    let offers = fitting.map(|one| {
        let (by, at) = one.taken();
        Offer {
            number: one.id().to_string(),
            name: format!("{} · {} · {}", one.version(), time(at), door.name_of(by)),
        }
    });
    offers.collect()
}

/// Checks about this very application that are good now.
async fn checks(door: &DeskPages, file: ApplicantId, (about, now): (&str, Timestamp)) -> Vec<Offer> {
    let all = door.registry.checks_of(file).await.unwrap_or_default();
    let holding = all.into_iter().filter(|one| one.holds(about, now));
    let offers = holding.map(|one| Offer {
        name: format!("{} · {}", time(one.at), door.name_of(one.by)),
        number: one.id,
    });
    offers.collect()
}
