//! Trials: rules tried on the records themselves, so that a check that was left out, or a record written past it, is found.
//!
//! A check refuses before the act; a trial looks at the acts that were recorded and asks whether the check can have been
//! passed. Three so far, each named by the code of its check:
//!
//! | check | tried on | kept when |
//! |---|---|---|
//! | `same-officer` (电子签名法 20) | `application-approved/1` | the officer who approved is not the one who entered |
//! | `out-of-order` (电子签名法 20, 电子认证服务管理办法 21, 22) | `application-approved/1` | notice, contract and identity stand before it |
//! | `revocation-ground-unknown` (电子认证服务管理办法 29) | `status-changed/1` with "revoked" | it names one of the five grounds |

use std::collections::HashMap;

use hefu_certificate::RevocationGround;
use hefu_records::Entry;
use serde_json::Value;

use crate::evidence::{Example, Fault, FaultKind, Trial};

/// Applications under way at once that are kept track of: ten bytes of text and an octet each, so some hundred MB at worst.
pub(crate) const OPEN_MAX: usize = 1_000_000;

/// The steps before an approval, by their records.
const STEPS: [&str; 3] = ["notice-acknowledged/1", "contract-signed/1", "identity-verified/1"];

#[derive(Default)]
pub(crate) struct Trials {
    /// Steps seen of each application that is not approved yet, one bit each.
    under_way: HashMap<(String, String), u8>,
    pub(crate) overflowed: bool,
    same_officer: Trial,
    out_of_order: Trial,
    ground: Trial,
}

impl Trials {
    pub(crate) fn take(&mut self, zone: &str, entry: &Entry, example: &Example) {
        match entry.kind.as_str() {
            "application-approved/1" => {
                self.officers(entry, example);
                self.order(zone, entry, example);
            }
            "application-rejected/1" => {
                self.under_way.remove(&(zone.to_owned(), entry.subject.clone()));
            }
            "status-changed/1" => self.ground(entry, example),
            kind => {
                if let Some(place) = STEPS.iter().position(|step| *step == kind) {
                    self.step(zone, &entry.subject, place);
                }
            }
        }
    }

    pub(crate) fn of(&self, check: &str) -> Option<Trial> {
        match check {
            "same-officer" => Some(self.same_officer.clone()),
            "out-of-order" => Some(self.out_of_order.clone()),
            "revocation-ground-unknown" => Some(self.ground.clone()),
            _ => None,
        }
    }

    fn step(&mut self, zone: &str, subject: &str, place: usize) {
        if self.under_way.len() >= OPEN_MAX {
            self.overflowed = true;
            return;
        }
        let seen = self.under_way.entry((zone.to_owned(), subject.to_owned())).or_insert(0);
        *seen |= 1 << place;
    }

    fn officers(&mut self, entry: &Entry, example: &Example) {
        let entered_by = entry.body.get("entered_by").and_then(Value::as_str);
        if entered_by.is_some_and(|officer| officer != entry.actor) {
            self.same_officer.held.add(example.clone());
        } else {
            self.same_officer.fault(fault(FaultKind::SameOfficer, example));
        }
    }

    fn order(&mut self, zone: &str, entry: &Entry, example: &Example) {
        let key = (zone.to_owned(), entry.subject.clone());
        let seen = self.under_way.remove(&key);
        if seen.is_none() && self.overflowed {
            return;
        }
        let seen = seen.unwrap_or(0);
        let missing = STEPS.iter().enumerate().find(|(place, _)| seen & (1 << place) == 0);
        match missing {
            None => self.out_of_order.held.add(example.clone()),
            Some((_, record)) => {
                let record = (*record).to_owned();
                self.out_of_order
                    .fault(fault(FaultKind::StepMissing { record }, example));
            }
        }
    }

    fn ground(&mut self, entry: &Entry, example: &Example) {
        if entry.body.get("status").and_then(Value::as_str) != Some("revoked") {
            return;
        }
        let ground = entry.body.get("ground").and_then(Value::as_str);
        if ground.is_some_and(|slug| RevocationGround::ALL.iter().any(|known| known.slug() == slug)) {
            self.ground.held.add(example.clone());
        } else {
            self.ground.fault(fault(FaultKind::GroundMissing, example));
        }
    }
}

fn fault(kind: FaultKind, seen_at: &Example) -> Fault {
    Fault {
        kind,
        seen_at: seen_at.clone(),
    }
}
