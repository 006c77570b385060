//! The sheet to start from: one line of headings that [`Columns`](crate::Columns) reads.

use std::collections::BTreeSet;

use hefu_certificate::{ProfileKind, Profiles};

use crate::heading::ApplicantField;
use crate::report::csv_line;

/// Headings for one profile, or for all of them: profile, csr, validity, the subject fields, the applicant's columns
/// where the law speaks of the profile's certificates. UTF-8 with its mark, because spreadsheets want one.
#[must_use]
pub fn template_csv(profiles: &Profiles, profile: Option<&str>) -> String {
    let chosen = || {
        profiles.iter().filter(|known| {
            known.kind() == ProfileKind::Subscriber && profile.is_none_or(|wanted| wanted == known.name())
        })
    };
    let mut headings = vec!["profile".to_owned(), "csr".to_owned(), "validity_days".to_owned()];
    let mut seen = BTreeSet::new();
    for field in chosen().flat_map(|known| known.fields()) {
        if seen.insert(field.name()) {
            headings.push(field.name().to_owned());
        }
    }
    if chosen().any(|known| known.law_scope().is_inside()) {
        headings.extend(ApplicantField::ALL.iter().map(|field| field.as_str().to_owned()));
    }
    format!("\u{feff}{}", csv_line(&headings))
}
