//! A file on its own page, masked: how far it is, what was agreed to, what was gathered and checked, what was applied for.

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{Agreement, Consent, Copy, Evidence, IdentityProof, RegistryError, Side, Text, TextKind};
use hefu_officers::Permission;
use hefu_ra::{ApplicationView, Stage};
use hefu_rulebook::Explain;
use hefu_web::PageOfficer;

use crate::component::{
    Answer, Cell, Citation, Column, Empty, Fact, Facts, Link, Road, Shape, Standing, State as Shown, Step, Table,
};
use crate::mishap::Mishap;
use crate::names;
use crate::page::Asked;
use crate::page::time::time;
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};

/// Octets in a kibibyte.
const KIB: u64 = 1024;

/// What stands in a file.
struct Content {
    agreements: Vec<(Agreement, Vec<Copy>)>,
    in_force: [Option<Text>; 2],
    consent: Option<Consent>,
    evidence: Vec<Evidence>,
    checks: Vec<IdentityProof>,
    applications: Vec<ApplicationView>,
}

impl Content {
    async fn of(door: &CounterPages, file: &OfFile) -> Result<Self, Box<dyn Explain + Send + Sync>> {
        let registry = &door.registry;
        let boxed = |why: RegistryError| -> Box<dyn Explain + Send + Sync> { Box::new(why) };
        let mut agreements = Vec::new();
        for agreement in registry.agreements_of(file.id).await.map_err(boxed)? {
            let copies = registry.copies_of(agreement.id()).await.map_err(boxed)?;
            agreements.push((agreement, copies));
        }
        let applications = door.desk.applications_of(&file.id.to_string()).await;
        Ok(Self {
            agreements,
            in_force: [
                registry.text_in_force(TextKind::Notice).await.ok(),
                registry.text_in_force(TextKind::Contract).await.ok(),
            ],
            consent: registry.consent_of(file.id).await.map_err(boxed)?,
            evidence: registry.evidence_of(file.id).await.map_err(boxed)?,
            checks: registry.checks_of(file.id).await.map_err(boxed)?,
            applications: applications.map_err(|why| -> Box<dyn Explain + Send + Sync> { Box::new(why) })?,
        })
    }

    /// Whether the version is the one in force.
    fn is_in_force(&self, agreement: &Agreement) -> bool {
        let mut texts = self.in_force.iter().flatten();
        texts.any(|text| text.kind() == agreement.kind() && text.version() == agreement.version())
    }

    /// The newest agreement of a kind to the text in force.
    fn standing(&self, kind: TextKind) -> Option<&Agreement> {
        let mut agreements = self.agreements.iter().map(|(agreement, _)| agreement);
        agreements.find(|one| one.kind() == kind && self.is_in_force(one))
    }
}

pub(crate) async fn file(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    let file = match door.of_file((&officer, &asked, &id), Permission::Read).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let content = match Content::of(&door, &file).await {
        Ok(content) => content,
        Err(why) => {
            let mishap = Mishap::of(why.as_ref(), file.language);
            return Sheet::new(file.page, file.described.name).mishap(Some(mishap)).show();
        }
    };
    let may_enter = officer.permit(Permission::Enter).is_ok();
    let may_open = may_enter || officer.permit(Permission::Approve).is_ok();
    let sheet = Sheet::new(file.page.clone(), file.described.name.clone())
        .road(road(&file, &content))
        .parts(warnings(&door, &file).await)
        .parts(next(&file, &content).filter(|_| may_enter))
        .part(Part::Facts(file.words.file, facts(&door, &file, &content)));
    let sheet = sheet
        .part(Part::Table(agreements(&door, &file, &content)))
        .part(Part::Table(evidence(&file, &content, may_open)))
        .part(Part::Table(checks(&door, &file, &content)))
        .part(Part::Table(applications(&door, &file, &content)));
    ways(sheet, &file, &content, (may_enter, may_open)).show()
}

fn road(file: &OfFile, content: &Content) -> Road {
    let words = file.words;
    let at = |agreement: Option<&Agreement>| agreement.map(|one| time(one.taken().1));
    let steps = [
        (words.step_file, Some(time(file.described.filed.registered_at))),
        (words.step_notice, at(content.standing(TextKind::Notice))),
        (words.step_contract, at(content.standing(TextKind::Contract))),
        (
            words.step_evidence,
            content.evidence.first().map(|one| time(one.taken_at)),
        ),
        (
            words.step_application,
            content.applications.first().map(|one| time(one.created_at)),
        ),
        (words.step_check, content.checks.first().map(|one| time(one.at))),
    ];
    let mut is_found = false;
    let is_stopped = file.described.filed.restricted_at.is_some();
    let steps = steps.into_iter().map(|(name, done)| match done {
        Some(at) => Step::new(Standing::Done, name).note(at),
        None if std::mem::replace(&mut is_found, true) => Step::new(Standing::Ahead, name),
        None if is_stopped => Step::new(Standing::Stopped, name),
        None => Step::new(Standing::Current, name),
    });
    Road::new(file.language, words.road, steps.collect())
}

/// That handling is restricted, what is odd about numbers, and what is alike.
async fn warnings(door: &CounterPages, file: &OfFile) -> Vec<Part> {
    let (language, words) = (file.language, file.words);
    let mut parts = Vec::new();
    let filed = &file.described.filed;
    if let Some(until) = filed.retain_until {
        let rule = Citation::of(hefu_rulebook::Citation::new("PIPL", "47"), language);
        let said = Answer::new(Shape::Ended, words.is_restricted);
        let why = format!("{} {}", words.retained_until, time(until));
        parts.push(Part::Warning(said.because(why, Some(rule))));
    }
    let mut said = Answer::new(Shape::Wait, words.look_at);
    let mut links = Vec::new();
    for note in &file.described.notes {
        said = said.because(note.words(language), None);
    }
    // What cannot be looked up now is looked up when the application is approved, by the desk.
    let alike = door.registry.look_alikes(file.id).await.unwrap_or_default();
    for finding in &alike {
        said = said.because(finding.words(language), None);
        let href = format!("/desk/applicants/{}", finding.other);
        if let Ok(other) = door.registry.described(finding.other).await {
            links.push(Link::new(href, format!("{} · {}", other.name, other.filed.masked)));
        }
    }
    if !alike.is_empty() || !file.described.notes.is_empty() {
        parts.push(Part::Warning(said));
    }
    if !links.is_empty() {
        parts.push(Part::Ways(links));
    }
    parts
}

/// The next step, as the one thing to press.
fn next(file: &OfFile, content: &Content) -> Option<Part> {
    let words = file.words;
    if file.described.filed.restricted_at.is_some() {
        return None;
    }
    let (rest, name) = if content.standing(TextKind::Notice).is_none() {
        ("/notice", words.notice_title)
    } else if content.standing(TextKind::Contract).is_none() {
        ("/contract", words.contract_title)
    } else if content.evidence.is_empty() {
        ("/evidence", words.evidence_add)
    } else if content.applications.is_empty() {
        ("/application", words.enter_application)
    } else {
        return None;
    };
    Some(Part::Ways(vec![Link::new(
        file.path(rest),
        format!("{}：{name}", words.next),
    )]))
}

fn facts(door: &CounterPages, file: &OfFile, content: &Content) -> Facts {
    let (language, words) = (file.language, file.words);
    let filed = &file.described.filed;
    let biometrics = match &content.consent {
        Some(given) => format!(
            "{} · {} · {}",
            time(given.given_at()),
            names::means(given.means(), language),
            given.version()
        ),
        None => words.none_yet.to_owned(),
    };
    let mut facts = vec![
        Fact::new(words.kind, names::kind(filed.kind, language)),
        Fact::new(words.number_masked, filed.masked.clone()),
        Fact::new(words.file_number, Cell::Code(filed.id.to_string())),
        Fact::new(words.registered_by, door.name_of(filed.registered_by)),
        Fact::new(words.registered_at, time(filed.registered_at)),
        Fact::new(words.consent, biometrics),
    ];
    if let Some(name) = &file.described.organisation {
        facts.insert(2, Fact::new(words.organisation_name, name.clone()));
    }
    let address = if file.described.has_address {
        words.address_yes
    } else {
        words.address_no
    };
    facts.push(Fact::new(words.address, address));
    Facts::new(facts)
}

fn agreements(door: &CounterPages, file: &OfFile, content: &Content) -> Table {
    let (language, words) = (file.language, file.words);
    let columns = [
        words.text,
        words.version,
        words.shown_in,
        words.taken_at,
        words.taken_by,
        words.copies,
    ];
    let rows = content.agreements.iter().map(|(one, copies)| {
        let (by, at) = one.taken();
        let state = if content.is_in_force(one) {
            words.in_force
        } else {
            words.superseded
        };
        let copy = |side: Side, name: &str| {
            let made = copies.iter().find(|copy| copy.side == side);
            let name = match made {
                Some(made) => format!("{name} · SM3 {}…", hex::encode(made.sm3.get(..4).unwrap_or_default())),
                None => name.to_owned(),
            };
            Link::new(format!("/desk/agreements/{}/{}.pdf", one.id(), side.as_str()), name)
        };
        vec![
            Cell::Text(names::text(one.kind(), language).to_owned()),
            Cell::Noted(one.version().to_owned(), state.to_owned()),
            Cell::Text(match one.language() {
                hefu_rulebook::Language::Chinese => "中文".to_owned(),
                hefu_rulebook::Language::English => "English".to_owned(),
            }),
            time(at).into(),
            door.name_of(by).into(),
            Cell::Links(vec![
                copy(Side::Subscriber, words.copy_subscriber),
                copy(Side::Provider, words.copy_provider),
            ]),
        ]
    });
    Table::new(words.agreements, columns.map(Column::text))
        .rows(rows)
        .or_else(Empty::new(words.none_yet, words.agreements_none))
}

fn evidence(file: &OfFile, content: &Content, may_open: bool) -> Table {
    let (language, words) = (file.language, file.words);
    let columns = [
        words.evidence_kind,
        words.evidence_media,
        words.taken_at,
        words.taken_by,
    ];
    let rows = content.evidence.iter().map(|one| {
        let name = names::evidence(one.kind, language);
        let name = if may_open {
            Cell::Link(Link::new(file.path(&format!("/evidence/{}", one.id)), name))
        } else {
            name.into()
        };
        let size = one.octets.div_ceil(KIB);
        let verdict = one
            .verdict
            .map(|verdict| format!(" · {}", verdict.as_str()))
            .unwrap_or_default();
        vec![
            name,
            format!("{} · {size} KiB{verdict}", one.media.as_str()).into(),
            time(one.taken_at).into(),
            one.taken_by.clone().into(),
        ]
    });
    Table::new(words.evidence_title, columns.map(Column::text))
        .rows(rows)
        .or_else(Empty::new(words.none_yet, words.evidence_none))
}

fn checks(door: &CounterPages, file: &OfFile, content: &Content) -> Table {
    let words = file.words;
    let now = (door.clock)();
    let columns = [
        words.check_number,
        words.about,
        words.taken_by,
        words.taken_at,
        words.good_until,
    ];
    let rows = content.checks.iter().map(|one| {
        let state = if one.good_until < now {
            Shown::new(
                Shape::Ended,
                format!("{} · {}", words.check_expired, time(one.good_until)),
            )
        } else {
            Shown::new(Shape::Good, format!("{} · {}", words.check_good, time(one.good_until)))
        };
        let about = if one.occasion == "application" {
            Cell::Link(Link::new(
                format!("/desk/applications/{}", one.about),
                words.application,
            ))
        } else {
            Cell::Code(one.about.clone())
        };
        vec![
            Cell::Code(one.id.clone()),
            about,
            door.name_of(one.by).into(),
            time(one.at).into(),
            Cell::State(state),
        ]
    });
    Table::new(words.checks, columns.map(Column::text))
        .rows(rows)
        .or_else(Empty::new(words.none_yet, words.checks_none))
}

fn applications(door: &CounterPages, file: &OfFile, content: &Content) -> Table {
    let (language, words) = (file.language, file.words);
    let columns = [words.application, words.profile, words.state, words.taken_at];
    let rows = content.applications.iter().map(|one| {
        let shape = match one.state {
            Stage::Issued => Shape::Good,
            Stage::Rejected => Shape::Ended,
            _ => Shape::Wait,
        };
        vec![
            Cell::Link(Link::new(format!("/desk/applications/{}", one.id), one.id.to_string())),
            door.profile_name(&one.profile, language).into(),
            Cell::State(Shown::new(shape, stage(one.state, file))),
            time(one.created_at).into(),
        ]
    });
    Table::new(words.applications, columns.map(Column::text))
        .rows(rows)
        .or_else(Empty::new(words.none_yet, words.applications_none))
}

fn stage(stage: Stage, file: &OfFile) -> &'static str {
    let words = file.words;
    match stage {
        Stage::Issued => words.issued,
        Stage::Rejected => words.rejected,
        _ => words.under_way,
    }
}

/// What else can be done with a file.
fn ways(sheet: Sheet, file: &OfFile, content: &Content, (may_enter, may_open): (bool, bool)) -> Sheet {
    let words = file.words;
    let link = |rest: &str, name: &str| Link::new(file.path(rest), name);
    let mut ways = Vec::new();
    if may_enter {
        ways.extend([
            link("/notice", words.notice_title),
            link("/contract", words.contract_title),
            match content.consent {
                Some(_) => link("/consent/withdrawal", words.consent_withdraw),
                None => link("/consent", words.consent_title),
            },
            link("/evidence", words.evidence_add),
            link("/check", words.check_title),
            link("/application", words.enter_application),
        ]);
    }
    if may_open {
        ways.push(link("/reading", words.reading_title));
    }
    if may_enter {
        ways.push(link("/restriction", words.restriction_title));
    }
    if ways.is_empty() {
        return sheet;
    }
    sheet.part(Part::Heading(words.what_can_be_done)).part(Part::Ways(ways))
}
