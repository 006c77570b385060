//! Proposals about what is published, filed and disclosed: the list, one of them whole, and the second officer's decision.

use axum::extract::Path;
use hefu_officers::Permission;
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_page::page::time::time;
use hefu_policies::{Act, Draft, Filing, Missing, Outcome, Proposal, Which, sm3_hex};
use hefu_rulebook::{Explain, Language};
use hefu_web::{Form, Query};
use serde::Deserialize;

use crate::AdminPages;
use crate::component::{Cell, Column, Empty, Fact, Facts, Link, Pages, Shape, State, Table};
use crate::policies::{below, licence_facts};
use crate::proposal::{Decision, decided, deciding, filters};
use crate::sheet::{Instead, Outcome as Answered, Part, Sheet, Visit, number};
use crate::words::{AdminWords, PolicyWords};

/// Proposals on one page: each is loaded with its texts.
const PAGE_ITEMS: u32 = 20;

/// `?show=open&before=120`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    show: String,
    before: Option<i64>,
}

pub(crate) async fn proposals(visit: Visit, Query(wanted): Query<Wanted>) -> Answered {
    let (page, policies) = below(&visit).await?;
    let language = page.language;
    let (words, shared) = (PolicyWords::of(language), AdminWords::of(language));
    let (which, kept) = match wanted.show.as_str() {
        "open" => (Which::Open, "open"),
        _ => (Which::All, ""),
    };
    let found = policies.latest(&visit.officer, which, wanted.before, PAGE_ITEMS).await;
    let found = found.map_err(|why| Instead::of(&page, &why))?;
    let is_full = u32::try_from(found.len()).is_ok_and(|count| count == PAGE_ITEMS);
    let last = found.last().map(|last| last.id).filter(|last| is_full && *last > 1);
    let here = format!("/admin/policies/proposals?show={kept}");
    let pages = Pages::new(language)
        .first(wanted.before.is_some().then(|| here.clone()))
        .next(last.map(|last| format!("{here}&before={last}")));
    let columns = [words.act, words.document, shared.proposed_by, shared.state].map(Column::text);
    let table = Table::new(words.proposals_of, columns)
        .rows(found.iter().map(|one| row(&visit.door, one, language)))
        .or_else(Empty::new(shared.no_proposals, shared.no_proposals_hint))
        .pages(pages);
    let sheet = Sheet::new(page, words.proposals_of).lede(words.lede);
    let sheet = sheet.part(Part::Filters(filters("/admin/policies/proposals", kept, language)));
    Ok(sheet.part(Part::Table(table)).show())
}

fn row(door: &AdminPages, proposal: &Proposal, language: Language) -> Vec<Cell> {
    let (name, _) = PolicyWords::of(language).act(&proposal.act);
    let way = Link::new(format!("/admin/policies/proposals/{}", proposal.id), name);
    let number = format!("{} {}", AdminWords::of(language).number, proposal.id);
    vec![
        Cell::NotedLink(way, number),
        proposal.act.subject().into(),
        Cell::Noted(door.name_of(proposal.proposed_by), time(proposal.proposed_at)),
        state(proposal, language).into(),
    ]
}

fn state(proposal: &Proposal, language: Language) -> State {
    decided(proposal.outcome.map(|outcome| outcome == Outcome::Approved), language)
}

pub(crate) async fn proposal(visit: Visit, Path(id): Path<String>) -> Answered {
    shown(&visit, number(&id), None).await
}

async fn shown(visit: &Visit, id: i64, mishap: Option<Mishap>) -> Answered {
    let (page, policies) = below(visit).await?;
    let language = page.language;
    let (words, shared) = (PolicyWords::of(language), AdminWords::of(language));
    let page = page.under(Link::new("/admin/policies/proposals", words.proposals));
    let found = policies.proposal(&visit.officer, id).await;
    let proposal = found.map_err(|why| Instead::of(&page, &why))?;
    let (name, does) = words.act(&proposal.act);
    let csrf = page.csrf().map(str::to_owned);
    let title = format!("{name} · {}", proposal.act.subject());
    let sheet = Sheet::new(page, title).mishap(mishap);
    let sheet = sheet.part(Part::Facts(
        shared.proposal_policy,
        facts(&visit.door, &proposal, language),
    ));
    let sheet = match &proposal.act {
        Act::Publish(draft) => draft_parts(sheet, draft, language),
        Act::File(filing) => sheet.part(Part::Facts(words.filing, filing_facts(filing, language))),
        Act::RecordLicence(licence) => sheet.part(Part::Facts(words.licence, licence_facts(licence, language))),
    };
    if proposal.outcome.is_some() {
        return Ok(sheet.show());
    }
    let sheet = sheet.below(shared.what_happens, Part::List(vec![does.to_owned()]));
    let may = proposal.may_be_decided_by(&visit.officer);
    let why = may.as_ref().err().map(|why| why as &dyn Explain);
    if why.is_some() && visit.officer.permit(Permission::ManagePolicies).is_err() {
        return Ok(sheet.show());
    }
    let action = format!("/admin/policies/proposals/{id}/decision");
    Ok(deciding(sheet, visit, (&action, csrf.as_deref()), why).show())
}

/// Who proposed it, and what became of it.
fn facts(door: &AdminPages, proposal: &Proposal, language: Language) -> Facts {
    let shared = AdminWords::of(language);
    let mut facts = vec![
        Fact::new(shared.number, proposal.id.to_string()),
        Fact::new(PolicyWords::of(language).document, proposal.act.subject()),
        Fact::new(shared.proposed_by, door.name_of(proposal.proposed_by)),
        Fact::new(shared.proposed_at, time(proposal.proposed_at)),
        Fact::new(shared.state, state(proposal, language)),
    ];
    facts.extend(
        proposal
            .decided_by
            .map(|by| Fact::new(shared.decided_by, door.name_of(by))),
    );
    facts.extend(proposal.decided_at.map(|at| Fact::new(shared.decided_at, time(at))));
    Facts::new(facts)
}

/// A version that is proposed: what it is, what it does not speak of, and both texts.
fn draft_parts(sheet: Sheet, draft: &Draft, language: Language) -> Sheet {
    let words = PolicyWords::of(language);
    let facts = Facts::new([
        Fact::new(words.series, draft.series.name(language)).note(draft.series.to_string()),
        Fact::new(words.version, draft.version.to_string()),
        Fact::new(words.effective_on, draft.effective_on.to_string()),
        Fact::new(words.covers, draft.covers.join(", ")),
        Fact::new(words.sm3_chinese, Cell::Code(sm3_hex(draft.chinese.as_bytes()))),
        Fact::new(words.sm3_english, Cell::Code(sm3_hex(draft.english.as_bytes()))),
    ]);
    let missing = draft.missing();
    let sheet = sheet.part(Part::Facts(words.document, facts));
    let sheet = if missing.is_empty() {
        sheet.below(words.topics, Part::Words(words.missing_none.to_owned()))
    } else {
        sheet.part(Part::Table(missing_table(&missing, language)))
    };
    let sheet = sheet.part(Part::Text(words.read_chinese, draft.chinese.clone()));
    sheet.part(Part::Text(words.read_english, draft.english.clone()))
}

fn missing_table(missing: &[Missing], language: Language) -> Table {
    let words = PolicyWords::of(language);
    let columns = [words.item, words.document, words.state].map(Column::text);
    let rows = missing.iter().map(|it| {
        let topic = match language {
            Language::Chinese => &it.zh,
            Language::English => &it.en,
        };
        let text = if it.language == "zh" {
            words.chinese
        } else {
            words.english
        };
        let state = if it.required {
            State::new(Shape::Ended, words.required)
        } else {
            State::new(Shape::Plain, words.advised)
        };
        vec![Cell::from(topic.clone()), text.into(), state.into()]
    });
    Table::new(words.missing, columns).rows(rows)
}

fn filing_facts(filing: &Filing, language: Language) -> Facts {
    let words = PolicyWords::of(language);
    Facts::new([
        Fact::new(words.which_version, format!("{} {}", filing.series, filing.version)),
        Fact::new(words.recipient, filing.recipient.clone()),
        Fact::new(words.filed_on, filing.on.to_string()),
        Fact::new(words.receipt_file, filing.receipt.name.clone()),
    ])
}

pub(crate) async fn decide(visit: Visit, Path(id): Path<String>, Form(typed): Form<Decision>) -> Answered {
    let (id, language) = (number(&id), visit.language());
    let (_, policies) = below(&visit).await?;
    let outcome = [Outcome::Approved, Outcome::Rejected];
    let outcome = outcome.into_iter().find(|outcome| outcome.as_str() == typed.outcome);
    let Some(outcome) = outcome else {
        let mishap = Mishap::missing(AdminWords::of(language).choose_outcome, language);
        return shown(&visit, id, Some(mishap)).await;
    };
    match policies.decide(&visit.officer, id, outcome, visit.door.now()).await {
        Ok(_) => Ok(done(&format!("/admin/policies/proposals/{id}"), outcome.as_str())),
        Err(why) => shown(&visit, id, Some(Mishap::of(&why, language))).await,
    }
}
