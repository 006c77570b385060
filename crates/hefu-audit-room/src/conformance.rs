//! How the law's obligations stand: each with its check or the reason why there is none, the evidence, and the finding.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hefu_conformance::{Finding, Judged, JudgedBinding, Report};
use hefu_officers::Permission;
use hefu_page::page::time::time;
use hefu_page::page::{Asked, Page, refuse, show};
use hefu_page::problem::{self, Problem};
use hefu_rulebook::{Bound, Language, ObligationKind, Rulebook};
use hefu_web::{PageOfficer, Query, given};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::assessor::AssessorError;
use crate::component::{
    Cell, Choice, Column, Empty, Fact, Facts, Field, Filters, Input, Link, Pages, Shape, State as Standing, Table,
};
use crate::record::attached;
use crate::words::AuditWords;
use crate::{AuditPages, HERE, next_page, with_query};

/// Obligations on one page.
const PAGE_ITEMS: usize = 20;
/// The rule set that is shown when none is asked for: the measures in force.
const RULES: &str = "m15";
/// Whose obligations this service can show.
const PARTIES: [(&str, Bound); 4] = [
    ("provider", Bound::Provider),
    ("registration-body", Bound::RegistrationBody),
    ("subscriber", Bound::Subscriber),
    ("key-centre", Bound::KeyCentre),
];
/// Kinds of obligations, by their words in the data.
const KINDS: [(&str, ObligationKind); 4] = [
    ("enforced", ObligationKind::Enforced),
    ("evidenced", ObligationKind::Evidenced),
    ("deadline", ObligationKind::Deadline),
    ("human", ObligationKind::Human),
];

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    rules: String,
    bound: String,
    instrument: String,
    kind: String,
    finding: String,
    after: String,
}

impl Wanted {
    fn rules(&self) -> String {
        given(&self.rules).unwrap_or_else(|| RULES.to_owned())
    }

    fn bound(&self) -> Bound {
        let known = PARTIES.iter().find(|(word, _)| *word == self.bound);
        known.map_or(Bound::Provider, |(_, bound)| *bound)
    }

    fn href(&self, path: &str) -> String {
        let pairs = [
            ("rules", self.rules.as_str()),
            ("bound", &self.bound),
            ("instrument", &self.instrument),
            ("kind", &self.kind),
            ("finding", &self.finding),
        ];
        with_query(path, &pairs)
    }

    /// Whether an obligation is among those that are asked for.
    fn takes(&self, judged: &Judged, book: &Rulebook) -> bool {
        let obligation = book.obligation(&judged.id);
        let instrument = given(&self.instrument);
        let kind = KINDS.iter().find(|(word, _)| *word == self.kind);
        let finding = given(&self.finding);
        instrument.is_none_or(|code| obligation.is_some_and(|one| one.instrument() == code))
            && kind.is_none_or(|(_, kind)| obligation.is_some_and(|one| one.kinds().contains(kind)))
            && finding.is_none_or(|slug| judged.finding.slug() == slug)
    }
}

#[derive(Template)]
#[template(path = "audit/conformance.html")]
struct Shown {
    page: Page,
    words: &'static AuditWords,
    filters: Filters,
    summary: Facts,
    remarks: Vec<String>,
    table: Table,
    json: Link,
    pdf: Link,
}

pub(crate) async fn conformance(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let report = match door.assessor.report(&wanted.rules(), wanted.bound()).await {
        Ok(report) => report,
        Err(why) => return refuse(page, &why),
    };
    let language = page.language;
    let words = AuditWords::of(language);
    let here = format!("{HERE}/conformance");
    let view = Shown {
        filters: filters(door.assessor.book(), &wanted, language),
        summary: summary(&report, &wanted, language),
        remarks: report.remarks(language),
        table: table(door.assessor.book(), &report, &wanted, language),
        json: Link::new(wanted.href(&format!("{here}.json")), words.as_json),
        pdf: Link::new(wanted.href(&format!("{here}.pdf")), words.as_pdf),
        page: page.under(Link::new(HERE, words.overview)),
        words,
    };
    show(StatusCode::OK, &view)
}

/// The whole report as JSON, from the page.
pub(crate) async fn json(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    match reported(&door, &wanted).await {
        Ok(report) => {
            let octets = serde_json::to_vec(&report).unwrap_or_default();
            attached("application/json", &format!("conformance-{}.json", report.on), octets)
        }
        Err(why) => refuse(page, &why),
    }
}

/// The whole report as PDF, set by a process of its own.
pub(crate) async fn pdf(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let report = match reported(&door, &wanted).await {
        Ok(report) => report,
        Err(why) => return refuse(page, &why),
    };
    let beijing = TimeZone::fixed(jiff::tz::offset(8));
    let description = report.description(&page.site.name, &beijing, page.language);
    match door.typesetter.set(description, page.language).await {
        Ok(octets) => attached("application/pdf", &format!("conformance-{}.pdf", report.on), octets),
        Err(why) => refuse(page, &why),
    }
}

async fn reported(door: &AuditPages, wanted: &Wanted) -> Result<Report, AssessorError> {
    door.assessor.report(&wanted.rules(), wanted.bound()).await
}

/// The report for programs.
pub(crate) async fn door(
    State(door): State<AuditPages>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let now = (door.clock)();
    hefu_web::admitted(
        &door.officers,
        &headers,
        (Permission::Audit, "read the conformance report"),
        now,
    )
    .await?;
    let report = reported(&door, &wanted).await;
    let report = report.map_err(|why| Problem::of(&why, problem::language(&headers)))?;
    Ok(Json(report).into_response())
}

fn filters(book: &Rulebook, wanted: &Wanted, language: Language) -> Filters {
    let words = AuditWords::of(language);
    let any = || std::iter::once(Choice::new("", words.everything));
    let sets = book
        .sets()
        .iter()
        .map(|set| Choice::new(set.code(), set.name(language)));
    let parties = PARTIES
        .iter()
        .map(|(word, bound)| Choice::new(*word, bound.name(language)));
    let codes = book.rules(&wanted.rules());
    let codes = codes
        .map(|rules| rules.set().instruments().to_vec())
        .unwrap_or_default();
    let instruments = codes.iter().map(|code| {
        let known = book.instruments().find(code);
        Choice::new(code.as_str(), known.map_or(code.as_str(), |known| known.name(language)))
    });
    let kinds = KINDS
        .iter()
        .map(|(word, kind)| Choice::new(*word, kind_of(*kind, words)));
    let findings = Finding::ALL.map(|finding| Choice::new(finding.slug(), finding.name(language)));
    let field = |name, label, choices: Vec<Choice>, value: &str| {
        Field::new(language, name, label, Input::Select(choices))
            .value(value)
            .optional()
    };
    let bound = given(&wanted.bound).unwrap_or_else(|| "provider".to_owned());
    let fields = [
        field("rules", words.rules, sets.collect(), &wanted.rules()),
        field("bound", words.bound, parties.collect(), &bound),
        field(
            "instrument",
            words.instrument,
            any().chain(instruments).collect(),
            &wanted.instrument,
        ),
        field("kind", words.kept_by, any().chain(kinds).collect(), &wanted.kind),
        field(
            "finding",
            words.finding,
            any().chain(findings).collect(),
            &wanted.finding,
        ),
    ];
    let here = format!("{HERE}/conformance");
    Filters::new(language, here.clone(), fields).clear((wanted.href(&here) != here).then_some(here))
}

const fn kind_of(kind: ObligationKind, words: &'static AuditWords) -> &'static str {
    match kind {
        ObligationKind::Enforced => words.kind_enforced,
        ObligationKind::Evidenced => words.kind_evidenced,
        ObligationKind::Deadline => words.kind_deadline,
        ObligationKind::Human => words.kind_human,
    }
}

/// How many obligations have which finding, each with the way to them.
fn summary(report: &Report, wanted: &Wanted, language: Language) -> Facts {
    let words = AuditWords::of(language);
    let mut facts = vec![
        Fact::new(words.rules, report.rule_set_name.text(language).to_owned()),
        Fact::new(words.bound, report.bound_name.text(language).to_owned()),
        Fact::new(words.read_at, time(report.generated_at)),
    ];
    facts.extend(Finding::ALL.into_iter().rev().map(|finding| {
        let only = Wanted {
            finding: finding.slug().to_owned(),
            ..wanted.clone()
        };
        let count = report.summary.of_finding(finding).to_string();
        let link = Link::new(only.href(&format!("{HERE}/conformance")), count);
        Fact::new(finding.name(language), link)
    }));
    Facts::new(facts)
}

fn table(book: &Rulebook, report: &Report, wanted: &Wanted, language: Language) -> Table {
    let words = AuditWords::of(language);
    let after: usize = wanted.after.trim().parse().unwrap_or(0);
    let mut shown: Vec<&Judged> = report
        .obligations
        .iter()
        .filter(|one| wanted.takes(one, book))
        .collect();
    let next = Some(after + PAGE_ITEMS).filter(|next| *next < shown.len());
    shown = shown.into_iter().skip(after).take(PAGE_ITEMS).collect();
    let here = wanted.href(&format!("{HERE}/conformance"));
    let columns = [words.obligation, words.asks, words.finding, words.evidence].map(Column::text);
    let pages = Pages::new(language)
        .first((after > 0).then(|| here.clone()))
        .next(next_page(&here, next.map(|next| next.to_string())));
    Table::new(words.obligations, columns)
        .rows(shown.into_iter().map(|one| row(one, language)))
        .or_else(Empty::new(words.nothing_found, words.nothing_found_hint))
        .pages(pages)
}

fn row(judged: &Judged, language: Language) -> Vec<Cell> {
    let place = judged.place.text(language).to_owned();
    let text = judged.text.text(language).to_owned();
    let asks = match &judged.look_at {
        Some(look_at) => Cell::Noted(text, look_at.text(language).to_owned()),
        None => Cell::Text(text),
    };
    vec![
        Cell::Noted(place, judged.id.clone()),
        asks,
        finding(judged.finding, language).into(),
        evidence(judged, language),
    ]
}

fn finding(finding: Finding, language: Language) -> Standing {
    let shape = match finding {
        Finding::Met => Shape::Good,
        Finding::NotMet => Shape::Ended,
        Finding::NotBuilt | Finding::CannotTell => Shape::Wait,
        Finding::Human | Finding::NothingYet => Shape::Plain,
    };
    Standing::new(shape, finding.name(language))
}

/// The records that show it, or what stands in their place.
fn evidence(judged: &Judged, language: Language) -> Cell {
    let links: Vec<Link> = judged
        .bindings
        .iter()
        .flat_map(|binding| shown_by(binding, language))
        .collect();
    if !links.is_empty() {
        return Cell::Links(links);
    }
    let uncounted = judged.bindings.iter().find_map(|binding| binding.uncounted(language));
    let names: Vec<String> = judged.bindings.iter().map(|binding| named(binding, language)).collect();
    match uncounted {
        Some(uncounted) => Cell::Noted(uncounted, names.join(" · ")),
        None => Cell::Noted(judged.kept_by(language), names.join(" · ")),
    }
}

fn named(binding: &JudgedBinding, language: Language) -> String {
    binding.name.text(language).to_owned()
}

/// Faults first, each with its record; else the latest of the evidence, with how much there is.
fn shown_by(binding: &JudgedBinding, language: Language) -> Vec<Link> {
    let href = |zone: &str, index: u64| format!("{HERE}/records/{zone}/{index}");
    let faults = binding.faults.iter().map(|fault| {
        let place = &fault.seen_at;
        Link::new(href(&place.zone, place.index), fault.kind.message(language))
    });
    let faults: Vec<Link> = faults.collect();
    if !faults.is_empty() {
        return faults;
    }
    let latest = binding.evidence.first();
    let link = latest.map(|one| {
        let name = format!(
            "{} ×{} ({}#{})",
            named(binding, language),
            binding.count,
            one.zone,
            one.index
        );
        Link::new(href(&one.zone, one.index), name)
    });
    link.into_iter().collect()
}
