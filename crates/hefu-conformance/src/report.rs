//! The report: for each obligation that binds one party, its bindings, the evidence found, the finding, and how sure we are
//! of the wording.
//!
//! Its JSON is this file's fields, in their order, and stable: fields are added, never renamed or given another meaning; the
//! first, `format`, then counts up. All words stand in both languages (`{"zh", "en"}`), so that one report serves both.

use std::collections::BTreeSet;

use hefu_rulebook::{Binding, Bound, Confirmations, Language, Obligation, ObligationKind, Progress, Rules, Standing};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::evidence::{Doubt, Evidence, Example, Fault, Sighting, Trial};
use crate::finding::Finding;

/// The version of the JSON.
const FORMAT: &str = "hefu-conformance/1";

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The rules that apply.
    pub rules: Rules<'a>,
    /// Who compared which wording with the official text.
    pub confirmations: &'a Confirmations<'a>,
    /// The day whose rules count.
    pub on: Date,
    /// Whose obligations.
    pub bound: Bound,
    /// When the report is made.
    pub at: Timestamp,
}

/// Words in both languages.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Bilingual {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    pub(crate) fn of(say: impl Fn(Language) -> String) -> Self {
        Self {
            zh: say(Language::Chinese),
            en: say(Language::English),
        }
    }

    /// In one language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// "hefu-conformance/1".
    pub format: &'static str,
    /// Code of the rule set.
    pub rule_set: String,
    /// Its name.
    pub rule_set_name: Bilingual,
    /// The day whose rules count.
    pub on: Date,
    /// Whose obligations.
    pub bound: Bound,
    /// Their name.
    pub bound_name: Bilingual,
    /// When it was made.
    pub generated_at: Timestamp,
    /// What could not be looked at.
    pub doubts: Vec<Doubt>,
    /// How many obligations have which finding.
    pub summary: Summary,
    /// The obligations in force on the day, in the order of the rule set's data.
    pub obligations: Vec<Judged>,
    /// Ids of obligations of the set that are not in force on the day, as those of a draft.
    pub not_in_force: Vec<String>,
}

/// How many obligations have which finding.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// [`Finding::Met`].
    pub met: usize,
    /// [`Finding::NothingYet`].
    pub nothing_yet: usize,
    /// [`Finding::NotMet`].
    pub not_met: usize,
    /// [`Finding::NotBuilt`].
    pub not_built: usize,
    /// [`Finding::Human`].
    pub human: usize,
    /// [`Finding::CannotTell`].
    pub cannot_tell: usize,
    /// Obligations, whatever their finding, whose wording nobody verified.
    pub unverified: usize,
}

/// One obligation, judged.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Judged {
    /// Its id: "ESL-20".
    pub id: String,
    /// Where it stands: "电子签名法 20".
    pub place: Bilingual,
    /// Our paraphrase.
    pub text: Bilingual,
    /// The finding.
    pub finding: Finding,
    /// What a person must look at; only where people judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_at: Option<Bilingual>,
    /// How sure we are of the wording.
    pub wording: Wording,
    /// By what it is kept.
    pub bindings: Vec<JudgedBinding>,
}

/// How sure we are of the wording.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Wording {
    /// Whether somebody compared it with the official text.
    pub verified: bool,
    /// The mark beside an unverified one: "未核对原文".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Bilingual>,
    /// The officer who confirmed it, or had confirmed an earlier wording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// With which source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Whether what a binding names exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In the code.
    Built,
    /// Meant to be.
    Planned,
    /// People alone can keep it.
    Human,
}

/// One binding, judged.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct JudgedBinding {
    /// "check", "record", "deadline" or "human".
    pub kind: &'static str,
    /// Its name; for people, the reason.
    pub name: Bilingual,
    /// Whether it exists.
    pub state: State,
    /// What can be said of it.
    pub finding: Finding,
    /// How much evidence there is.
    pub count: u64,
    /// Deadlines that still run.
    pub running: u64,
    /// The latest of the evidence.
    pub evidence: Vec<Example>,
    /// Where the rule was not kept.
    pub faults: Vec<Fault>,
    /// Faults beyond those.
    pub more_faults: u64,
    /// Years for which there are no holiday data, so that a deadline could not be counted.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub uncounted_years: BTreeSet<i16>,
}

/// Judges every obligation of the rule set that is in force on the day and binds the party. Reads nothing, changes nothing.
#[must_use]
pub fn judge(question: &Question<'_>, evidence: &dyn Evidence) -> Report {
    let Question { rules, on, bound, .. } = *question;
    let binding_them = rules.obligations().filter(|one| one.binds(bound));
    let (now, not_now): (Vec<_>, Vec<_>) = binding_them.partition(|one| one.is_effective_on(on));
    let obligations: Vec<Judged> = now
        .into_iter()
        .map(|obligation| obligation_of(obligation, question.confirmations, evidence))
        .collect();
    Report {
        format: FORMAT,
        rule_set: rules.set().code().to_owned(),
        rule_set_name: Bilingual::of(|language| rules.set().name(language).to_owned()),
        on,
        bound,
        bound_name: Bilingual::of(|language| bound.name(language).to_owned()),
        generated_at: question.at,
        doubts: evidence.doubts().to_vec(),
        summary: Summary::of(&obligations),
        obligations,
        not_in_force: not_now.into_iter().map(|one| one.id().to_owned()).collect(),
    }
}

fn obligation_of(obligation: &Obligation, confirmations: &Confirmations<'_>, evidence: &dyn Evidence) -> Judged {
    let bindings: Vec<JudgedBinding> = obligation
        .bindings()
        .iter()
        .map(|binding| JudgedBinding::of(binding, evidence))
        .collect();
    let mut finding = Finding::of(bindings.iter().map(|binding| binding.finding));
    // What the data call a matter for people is never met by a machine alone.
    let for_people = obligation.kinds().contains(&ObligationKind::Human);
    if for_people && finding > Finding::Human {
        finding = Finding::Human;
    }
    Judged {
        id: obligation.id().to_owned(),
        place: Bilingual::of(|language| confirmations.render(obligation, language)),
        text: Bilingual::of(|language| obligation.text(language).to_owned()),
        finding,
        look_at: (for_people || finding == Finding::Human).then(|| look_at(&bindings)),
        wording: Wording::of(&confirmations.standing(obligation)),
        bindings,
    }
}

/// What a person must look at: the reasons, and whatever evidence stands beside them.
fn look_at(bindings: &[JudgedBinding]) -> Bilingual {
    let reasons = bindings.iter().filter(|one| one.state == State::Human);
    let seen: u64 = bindings.iter().map(|one| one.count).sum();
    let (mut zh, mut en): (Vec<_>, Vec<_>) = reasons.map(|one| (one.name.zh.clone(), one.name.en.clone())).unzip();
    zh.push(format!("请对照条文逐案判断；本报告另列证据{seen}条。"));
    en.push(format!(
        "Compare case by case with the article; this report lists {seen} items of evidence beside it."
    ));
    Bilingual {
        zh: zh.concat(),
        en: en.join(" "),
    }
}

impl JudgedBinding {
    fn of(binding: &Binding, evidence: &dyn Evidence) -> Self {
        let (kind, state) = match binding {
            Binding::Check(_, progress) => ("check", State::of(*progress)),
            Binding::Record(_, progress) => ("record", State::of(*progress)),
            Binding::Deadline(_, progress) => ("deadline", State::of(*progress)),
            Binding::Human { .. } => ("human", State::Human),
        };
        // What is only planned shows nothing, whatever a record of that name may say.
        let trial = if state == State::Built {
            found(binding, evidence)
        } else {
            Trial::default()
        };
        let finding = match state {
            State::Planned => Finding::NotBuilt,
            State::Human => Finding::Human,
            State::Built if !trial.faults.is_empty() => Finding::NotMet,
            State::Built if !trial.uncounted_years.is_empty() => Finding::CannotTell,
            State::Built if trial.held.count > 0 => Finding::Met,
            State::Built if !evidence.doubts().is_empty() => Finding::CannotTell,
            State::Built => Finding::NothingYet,
        };
        Self {
            kind,
            name: Bilingual::of(|language| binding.text(language).to_owned()),
            state,
            finding,
            count: trial.held.count,
            running: trial.running,
            evidence: trial.held.latest,
            faults: trial.faults,
            more_faults: trial.more_faults,
            uncounted_years: trial.uncounted_years,
        }
    }
}

fn found(binding: &Binding, evidence: &dyn Evidence) -> Trial {
    let seen = |held: Sighting| Trial {
        held,
        ..Trial::default()
    };
    match binding {
        Binding::Record(kind, _) => seen(evidence.records(kind)),
        Binding::Check(name, _) => {
            let mut trial = evidence.trial(name).unwrap_or_default();
            trial.held.join(evidence.refusals(name));
            trial.held.join(evidence.lint(name));
            trial
        }
        Binding::Deadline(name, _) => evidence.deadline(name).unwrap_or_default(),
        Binding::Human { .. } => Trial::default(),
    }
}

impl State {
    const fn of(progress: Progress) -> Self {
        match progress {
            Progress::Built => Self::Built,
            Progress::Planned => Self::Planned,
        }
    }

    /// The word people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Built) => "已建",
            (Language::Chinese, Self::Planned) => "计划",
            (Language::Chinese, Self::Human) => "人",
            (Language::English, Self::Built) => "built",
            (Language::English, Self::Planned) => "planned",
            (Language::English, Self::Human) => "people",
        }
    }
}

impl Wording {
    fn of(standing: &Standing<'_>) -> Self {
        let confirmation = match standing {
            Standing::Confirmed(confirmation) | Standing::Outdated(confirmation) => Some(*confirmation),
            Standing::Read | Standing::Unverified(_) => None,
        };
        let mark = |language| standing.mark(language).unwrap_or_default();
        Self {
            verified: standing.is_verified(),
            mark: (!standing.is_verified()).then(|| Bilingual::of(mark)),
            confirmed_by: confirmation.map(|one| one.officer.clone()),
            confirmed_at: confirmation.map(|one| one.at),
            source: confirmation.map(|one| one.source.clone()),
        }
    }
}

impl Summary {
    fn of(obligations: &[Judged]) -> Self {
        let mut summary = Self::default();
        for one in obligations {
            let place = match one.finding {
                Finding::Met => &mut summary.met,
                Finding::NothingYet => &mut summary.nothing_yet,
                Finding::NotMet => &mut summary.not_met,
                Finding::NotBuilt => &mut summary.not_built,
                Finding::Human => &mut summary.human,
                Finding::CannotTell => &mut summary.cannot_tell,
            };
            *place += 1;
            summary.unverified += usize::from(!one.wording.verified);
        }
        summary
    }

    /// How many have this finding.
    #[must_use]
    pub const fn of_finding(&self, finding: Finding) -> usize {
        match finding {
            Finding::Met => self.met,
            Finding::NothingYet => self.nothing_yet,
            Finding::NotMet => self.not_met,
            Finding::NotBuilt => self.not_built,
            Finding::Human => self.human,
            Finding::CannotTell => self.cannot_tell,
        }
    }
}
