//! Gathering: entries in, [`Evidence`] out, in one pass and with little memory.

use std::collections::BTreeMap;

use hefu_certificate::{Severity, facts, lint};
use hefu_records::Entry;
use hefu_rulebook::{Counting, Rules};
use jiff::Timestamp;
use serde_json::Value;

use crate::deadline::Tracker;
use crate::evidence::{Doubt, Evidence, Example, Sighting, Trial};
use crate::trial::{self, Trials};

/// Kinds of records in which a refusal's code stands as `code`.
const REFUSALS: [&str; 8] = [
    "application-refused/1",
    "issuance-refused/1",
    "key-refused/1",
    "officer-act-refused/1",
    "permission-refused/1",
    "policy-act-refused/1",
    "request-refused/1",
    "status-change-refused/1",
];

/// Different kinds and codes that are kept apart. Hefu has fewer than a hundred; a foreign log shall not fill the memory.
const NAMES_MAX: usize = 2_000;

/// Reads entries, one zone after the other, each from its beginning.
pub struct Gathering<'a> {
    counting: Counting<'a>,
    until: Timestamp,
    deadlines: Vec<Tracker<'a>>,
    trials: Trials,
    found: Found,
    doubts: Vec<Doubt>,
}

/// What was found; also how much was read.
#[derive(Default)]
struct Found {
    kinds: BTreeMap<String, Sighting>,
    refusals: BTreeMap<String, Sighting>,
    /// Certificates inside the scope of the Electronic Signature Law, and all.
    law_certificates: Sighting,
    certificates: Sighting,
    entries: BTreeMap<String, u64>,
}

/// The evidence of a whole reading.
pub struct Gathered {
    found: Found,
    trials: Trials,
    deadlines: BTreeMap<String, Trial>,
    doubts: Vec<Doubt>,
}

impl<'a> Gathering<'a> {
    /// Under these rules, by this calendar. Entries after `until` are passed over, and deadlines are judged as of it.
    #[must_use]
    pub fn new(rules: Rules<'a>, counting: Counting<'a>, until: Timestamp) -> Self {
        Self {
            counting,
            until,
            deadlines: Tracker::all(rules),
            trials: Trials::default(),
            found: Found::default(),
            doubts: Vec::new(),
        }
    }

    /// Takes the next entry of a zone.
    pub fn take(&mut self, zone: &str, entry: &Entry) {
        *self.found.entries.entry(zone.to_owned()).or_default() += 1;
        if entry.at > self.until {
            return;
        }
        // Only an entry that was never recorded has no leaf; it is no evidence.
        let Ok(leaf) = entry.leaf() else { return };
        let example = Example {
            at: entry.at,
            zone: zone.to_owned(),
            index: entry.index,
            digest: leaf.to_string(),
        };
        note(&mut self.found.kinds, &entry.kind, &example);
        if REFUSALS.contains(&entry.kind.as_str())
            && let Some(code) = entry.body.get("code").and_then(Value::as_str)
        {
            note(&mut self.found.refusals, code, &example);
        }
        if entry.kind == facts::CERTIFICATE_ISSUED {
            self.found.issued(entry, &example);
        }
        self.trials.take(zone, entry, &example);
        for tracker in &mut self.deadlines {
            tracker.take(entry, &example, &self.counting);
        }
    }

    /// Notes what could not be looked at.
    pub fn doubt(&mut self, doubt: Doubt) {
        self.doubts.push(doubt);
    }

    /// The evidence.
    #[must_use]
    pub fn finish(mut self) -> Gathered {
        if self.trials.overflowed || self.deadlines.iter().any(|one| one.overflowed) {
            let max = trial::OPEN_MAX as u64;
            self.doubts.push(Doubt::TooMuchOpen { max });
        }
        let mut deadlines = BTreeMap::new();
        for mut tracker in self.deadlines {
            tracker.close(self.until, &self.counting);
            deadlines.insert(tracker.parameter.name().to_owned(), tracker.trial);
        }
        Gathered {
            found: self.found,
            trials: self.trials,
            deadlines,
            doubts: self.doubts,
        }
    }
}

impl Found {
    fn issued(&mut self, entry: &Entry, example: &Example) {
        self.certificates.add(example.clone());
        let scope = entry.body.get("law_scope").and_then(Value::as_str);
        if scope.is_some_and(|scope| scope != "outside") {
            self.law_certificates.add(example.clone());
        }
    }
}

fn note(map: &mut BTreeMap<String, Sighting>, name: &str, example: &Example) {
    if map.len() < NAMES_MAX || map.contains_key(name) {
        map.entry(name.to_owned()).or_default().add(example.clone());
    }
}

impl Gathered {
    /// Entries read of each zone, those after the day asked about included.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<String, u64> {
        &self.found.entries
    }
}

impl Evidence for Gathered {
    fn records(&self, kind: &str) -> Sighting {
        self.found.kinds.get(kind).cloned().unwrap_or_default()
    }

    fn refusals(&self, code: &str) -> Sighting {
        self.found.refusals.get(code).cloned().unwrap_or_default()
    }

    /// Nothing is signed before every lint has run, and an error blocks; so each issued certificate shows the lints of that
    /// severity. Those of the law run on certificates inside its scope. A mere warning blocks nothing and shows nothing.
    fn lint(&self, name: &str) -> Sighting {
        let known = lint::all().find(|lint| lint.name() == name);
        let Some(lint) = known.filter(|lint| lint.severity() == Severity::Error) else {
            return Sighting::default();
        };
        if matches!(lint.citation().instrument, "ESL" | "M15" | "EG24") {
            self.found.law_certificates.clone()
        } else {
            self.found.certificates.clone()
        }
    }

    fn trial(&self, check: &str) -> Option<Trial> {
        self.trials.of(check)
    }

    fn deadline(&self, parameter: &str) -> Option<Trial> {
        self.deadlines.get(parameter).cloned()
    }

    fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }
}
