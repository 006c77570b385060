//! Proposals about officers: the list, one of them, and the second officer's decision.

use axum::extract::Path;
use axum::response::Response;
use hefu_officers::{Change, Decided, Outcome, Permission, Proposal, Show};
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_page::page::time::time;
use hefu_rulebook::{Explain, Language};
use hefu_web::{Form, Query};
use serde::Deserialize;

use crate::AdminPages;
use crate::change::told;
use crate::component::{Act, Cell, Choice, Column, Empty, Fact, Facts, Field, Filters, Form as Shown, Input, Link};
use crate::component::{Manner, Method, Notice, Pages, Shape, State, Table};
use crate::page::Page;
use crate::sheet::{Instead, Outcome as Answered, Part, Sheet, Visit, number};
use crate::words::{ActWords, AdminWords, OfficerWords};

/// The filter that shows those that wait.
const OPEN: &str = "open";

/// `?show=open&before=120`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    show: String,
    before: Option<i64>,
}

pub(crate) async fn proposals(visit: Visit, Query(wanted): Query<Wanted>) -> Answered {
    let page = visit.frame().await?;
    let language = page.language;
    let (words, shared) = (OfficerWords::of(language), AdminWords::of(language));
    let (show, kept) = match wanted.show.as_str() {
        OPEN => (Show::Open, OPEN),
        _ => (Show::All, ""),
    };
    let found = visit
        .door
        .officers
        .latest_proposals(&visit.officer, show, wanted.before);
    let found = found.await.map_err(|why| Instead::of(&page, &why))?;
    let here = format!("/admin/proposals?show={kept}");
    let pages = Pages::new(language)
        .first(wanted.before.is_some().then(|| here.clone()))
        .next(found.next.map(|next| format!("{here}&before={next}")));
    let table = Table::new(shared.proposals, columns(language))
        .rows(found.items.iter().map(|one| row(&visit.door, one, language)))
        .or_else(Empty::new(shared.no_proposals, shared.no_proposals_hint))
        .pages(pages);
    let sheet = Sheet::new(page, shared.proposals).lede(words.proposals_lede);
    let sheet = sheet.part(Part::Filters(filters("/admin/proposals", kept, language)));
    Ok(sheet.part(Part::Table(table)).show())
}

/// All, or those that wait; of either sort of proposals.
pub(crate) fn filters(action: &str, chosen: &str, language: Language) -> Filters {
    let words = AdminWords::of(language);
    let choices = vec![Choice::new("", words.all), Choice::new(OPEN, words.open)];
    let field = Field::new(language, "show", words.show, Input::Select(choices));
    Filters::new(language, action, [field.value(chosen).optional()])
}

pub(crate) fn columns(language: Language) -> [Column; 4] {
    let (words, shared) = (OfficerWords::of(language), AdminWords::of(language));
    [words.change, words.officer, shared.proposed_by, shared.state].map(Column::text)
}

pub(crate) fn row(door: &AdminPages, proposal: &Proposal, language: Language) -> Vec<Cell> {
    let (name, _) = ActWords::of(language).change(&proposal.change);
    let way = Link::new(format!("/admin/proposals/{}", proposal.id), name);
    let number = format!("{} {}", AdminWords::of(language).number, proposal.id);
    vec![
        Cell::NotedLink(way, number),
        subject(door, &proposal.change).into(),
        Cell::Noted(door.name_of(proposal.proposed_by), time(proposal.proposed_at)),
        state(proposal, language).into(),
    ]
}

/// Whom a change is about: the name on the register, or the one that is to be there.
fn subject(door: &AdminPages, change: &Change) -> String {
    match (change, change.subject()) {
        (Change::Appoint { name, .. }, _) => name.clone(),
        (_, Some(id)) => door.name_of(id),
        (_, None) => String::new(),
    }
}

fn state(proposal: &Proposal, language: Language) -> State {
    decided(
        proposal.decision.map(|decision| decision.outcome == Outcome::Approved),
        language,
    )
}

/// The state of a proposal: open, approved or not.
pub(crate) fn decided(approved: Option<bool>, language: Language) -> State {
    let words = AdminWords::of(language);
    match approved {
        None => State::new(Shape::Wait, words.open),
        Some(true) => State::new(Shape::Good, words.approved),
        Some(false) => State::new(Shape::Ended, words.rejected),
    }
}

pub(crate) async fn proposal(visit: Visit, Path(id): Path<String>) -> Answered {
    shown(&visit, number(&id), None).await
}

/// The frame below the list.
async fn framed(visit: &Visit) -> Result<Page, Instead> {
    let page = visit.frame().await?;
    let proposals = AdminWords::of(page.language).proposals;
    Ok(page.under(Link::new("/admin/proposals", proposals)))
}

async fn shown(visit: &Visit, id: i64, mishap: Option<Mishap>) -> Answered {
    let page = framed(visit).await?;
    let language = page.language;
    let found = visit.door.officers.proposal(&visit.officer, id).await;
    let proposal = found.map_err(|why| Instead::of(&page, &why))?;
    let (name, does) = ActWords::of(language).change(&proposal.change);
    let shared = AdminWords::of(language);
    let title = format!("{name} · {}", subject(&visit.door, &proposal.change));
    let facts = facts(&visit.door, &proposal, language);
    let action = format!("/admin/proposals/{id}/decision");
    let may = visit
        .door
        .officers
        .may_decide(&visit.officer, &proposal, Outcome::Rejected);
    let csrf = page.csrf().map(str::to_owned);
    let sheet = Sheet::new(page, title).mishap(mishap);
    let sheet = sheet.part(Part::Facts(OfficerWords::of(language).proposal, facts));
    if !proposal.is_open() {
        return Ok(sheet.show());
    }
    let sheet = sheet.below(shared.what_happens, Part::List(vec![does.to_owned()]));
    let why = may.as_ref().err().map(|why| why as &dyn Explain);
    Ok(deciding(sheet, visit, (&action, csrf.as_deref()), why).show())
}

/// The decision, for whoever may make it; for other administrators why it is not theirs; for those who decide nothing,
/// nothing.
pub(crate) fn deciding(
    sheet: Sheet,
    visit: &Visit,
    (action, csrf): (&str, Option<&str>),
    why: Option<&dyn Explain>,
) -> Sheet {
    let language = visit.language();
    let words = AdminWords::of(language);
    match why {
        None => {
            let form = Shown::new(language, Method::Post, action)
                .csrf(csrf)
                .act(Act::new(Manner::Main, words.approve).sends("outcome", Outcome::Approved.as_str()))
                .act(Act::new(Manner::Plain, words.reject).sends("outcome", Outcome::Rejected.as_str()));
            let sheet = sheet.below(words.decision, Part::Words(words.decide_lede.to_owned()));
            sheet.part(Part::Form(words.decision, form))
        }
        Some(why) if visit.officer.permit(Permission::ManageOfficers).is_ok() => {
            let rule = why.citation().map(|rule| format!(" · {}", rule.render(language)));
            let text = format!("{}{}", why.message(language), rule.unwrap_or_default());
            sheet.below(words.decision, Part::Notice(Notice::new(language, Shape::Plain, text)))
        }
        Some(_) => sheet,
    }
}

/// What is proposed, by whom, and what became of it.
fn facts(door: &AdminPages, proposal: &Proposal, language: Language) -> Facts {
    let (words, shared) = (OfficerWords::of(language), AdminWords::of(language));
    let change = &proposal.change;
    let (name, _) = ActWords::of(language).change(change);
    let mut facts = vec![
        Fact::new(shared.number, proposal.id.to_string()),
        Fact::new(words.change, name),
    ];
    let subject = subject(door, change);
    facts.push(match change.subject() {
        Some(id) => Fact::new(words.officer, Link::new(format!("/admin/officers/{id}"), subject)),
        None => Fact::new(words.officer, subject),
    });
    match change {
        Change::Appoint { role, body, .. } | Change::ChangeRole { role, body, .. } => {
            facts.push(Fact::new(words.new_post, role.name(language)));
            facts.extend(body.map(|body| Fact::new(words.body, Link::new("/admin/bodies", body.to_string()))));
        }
        Change::BindCertificate { certificate, .. } => {
            facts.push(Fact::new(words.fingerprint, Cell::Code(certificate.clone())));
        }
        Change::BindPasskey { passkey, .. } => facts.push(Fact::new(words.passkey, Cell::Code(passkey.clone()))),
        Change::UnbindPasskey { passkey, .. } => {
            facts.extend(
                passkey
                    .clone()
                    .map(|passkey| Fact::new(words.passkey, Cell::Code(passkey))),
            );
        }
        _ => {}
    }
    if let Change::Appoint { key: Some(key), .. } | Change::RenewCredential { key: Some(key), .. } = change {
        facts.push(Fact::new(words.login_key, Cell::Code(key.clone())));
    }
    facts.push(Fact::new(shared.proposed_by, door.name_of(proposal.proposed_by)));
    facts.push(Fact::new(shared.proposed_at, time(proposal.proposed_at)));
    facts.push(Fact::new(shared.state, state(proposal, language)));
    if let Some(decision) = proposal.decision {
        facts.push(Fact::new(shared.decided_by, door.name_of(decision.by)));
        facts.push(Fact::new(shared.decided_at, time(decision.at)));
    }
    Facts::new(facts)
}

/// The second officer's yes or no.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decision {
    pub(crate) outcome: String,
}

pub(crate) async fn decide(visit: Visit, Path(id): Path<String>, Form(typed): Form<Decision>) -> Answered {
    let (id, language) = (number(&id), visit.language());
    let outcome = [Outcome::Approved, Outcome::Rejected];
    let outcome = outcome.into_iter().find(|outcome| outcome.as_str() == typed.outcome);
    let Some(outcome) = outcome else {
        let mishap = Mishap::missing(AdminWords::of(language).choose_outcome, language);
        return shown(&visit, id, Some(mishap)).await;
    };
    let decided = visit
        .door
        .officers
        .decide(&visit.officer, id, outcome, visit.door.now());
    match decided.await {
        Ok(decided) if decided.token.is_some() => {
            let page = framed(&visit).await?;
            Ok(given(page, &decided))
        }
        Ok(_) => Ok(done(&format!("/admin/proposals/{id}"), outcome.as_str())),
        Err(why) => shown(&visit, id, Some(told(&why, language))).await,
    }
}

/// The answer that holds a new token: this page and no other, and no cache keeps it.
fn given(page: Page, decided: &Decided) -> Response {
    let language = page.language;
    let words = OfficerWords::of(language);
    let (name, _) = ActWords::of(language).change(&decided.proposal.change);
    let text = decided.token.as_ref().map(|token| token.reveal().to_string());
    let officer = decided.officer.map(|id| {
        let id = id.to_string();
        Fact::new(words.new_officer, Link::new(format!("/admin/officers/{id}"), id))
    });
    let notice = Notice::new(
        language,
        Shape::Good,
        AdminWords::of(language).done("approved").unwrap_or_default(),
    );
    Sheet::new(page.saying(notice), name)
        .part(Part::Secret(words.new_token, text.unwrap_or_default()))
        .part(Part::Words(words.token_hand_over.to_owned()))
        .part(Part::Facts(words.officer, Facts::new(officer)))
        .show()
}
