//! `hefu officer`: who is on the register, what is proposed and decided about them, and one's own sessions.

use gm_syntax::pem_text;
use hefu_client::Proposal;
use hefu_officers::Role;
use rust_i18n::t;
use serde_json::{Map, Value, json};

use crate::{
    describe::{fingerprint, hex, when_told},
    failure::Failure,
    files::{self, Readers},
    officer_arguments::{
        OfficerAct, OfficerBody, OfficerCertificate, OfficerDecide, OfficerList, OfficerProposals, OfficerPropose,
        OfficerSessions, OfficerTraining,
    },
    screen::{Page, Screen, Tone},
    session,
    words::{column, columns, spoken},
};

/// `hefu officer …`.
pub(crate) fn run(act: &OfficerAct, screen: Screen) -> Result<(), Failure> {
    match act {
        OfficerAct::List(asked) => list(asked, screen),
        OfficerAct::Proposals(asked) => proposals(asked, screen),
        OfficerAct::Propose(asked) => propose(asked, screen),
        OfficerAct::Decide(asked) => decide(asked, screen),
        OfficerAct::Training(asked) => training(asked, screen),
        OfficerAct::Body(asked) => body(asked, screen),
        OfficerAct::Sessions(asked) => sessions(asked, screen),
        OfficerAct::Certificate(asked) => certificate(asked, screen),
    }
}

fn list(asked: &OfficerList, screen: Screen) -> Result<(), Failure> {
    let officers = session::officer(&asked.service)?.officers()?;
    screen.show(&officers, |page| {
        let rows = officers.items.iter().map(|officer| {
            let told = |name: &str| text(officer.details.get(name));
            vec![told("id"), officer.name.clone(), role_name(&told("role")), told("duty")]
        });
        page.table(&columns(&["number", "officer", "duty", "state"]), rows.collect())
    })
}

fn proposals(asked: &OfficerProposals, screen: Screen) -> Result<(), Failure> {
    let proposals = session::officer(&asked.service)?.proposals(asked.after)?;
    screen.show(&proposals, |page| {
        let rows = proposals.items.iter().map(|proposal| {
            let outcome = proposal.decision.get("outcome");
            vec![
                proposal.id.to_string(),
                text(proposal.change.get("act")),
                text(proposal.change.get("officer")),
                proposal.proposed_by.clone(),
                when_told(&proposal.proposed_at),
                text(outcome),
            ]
        });
        let head = columns(&["number", "change", "officer", "proposed_by", "at", "state"]);
        page.table(&head, rows.collect())
    })
}

fn propose(asked: &OfficerPropose, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let mut change = Map::new();
    change.insert("act".to_owned(), json!(asked.change.as_str()));
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            change.insert(name.to_owned(), value);
        }
    };
    put("officer", asked.officer.as_ref().map(|number| json!(number)));
    put("name", asked.name.as_ref().map(|name| json!(name)));
    put("role", asked.role.as_ref().map(|role| json!(role)));
    put("body", asked.body.map(|number| json!(number)));
    if let Some(path) = &asked.key {
        put("key", Some(json!(hex(files::public_key(path)?.spki()))));
    }
    if let Some(path) = &asked.certificate {
        put("certificate", Some(json!(fingerprint(&certificate_der(path)?))));
    }
    put("passkey", asked.passkey.as_ref().map(|fingerprint| json!(fingerprint)));
    let proposal = client.propose(&Value::Object(change))?;
    screen.show(&proposal, |page| proposed(&proposal, page))
}

fn proposed(proposal: &Proposal, page: &mut Page) -> std::io::Result<()> {
    page.outcome(Tone::Good, &t!("roster.proposed", number = proposal.id))?;
    page.line(&t!("roster.proposed-next", number = proposal.id))
}

fn decide(asked: &OfficerDecide, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let mut decided = client.decide(asked.proposal, asked.outcome.as_str())?;
    if let (Some(path), Some(token)) = (&asked.out, decided.token.take()) {
        files::create(path, token.as_bytes(), Readers::Owner)?;
    }
    screen.show(&decided, |page| {
        page.outcome(Tone::Good, &t!("roster.decided", number = asked.proposal))?;
        page.pairs(vec![
            (column("officer"), decided.officer.clone().unwrap_or_default()),
            (column("token"), decided.token.clone().unwrap_or_default()),
        ])
    })
}

fn training(asked: &OfficerTraining, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let recorded = client.record_training(&asked.officer, &asked.course, &asked.passed_at.to_string())?;
    screen.show(&recorded, |page| page.outcome(Tone::Good, &t!("roster.trained")))
}

fn body(asked: &OfficerBody, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let filed = client.file_body(&asked.name, &asked.filing, &asked.filed_on.to_string())?;
    screen.show(&filed, |page| {
        page.outcome(Tone::Good, &t!("roster.filed", number = text(filed.get("body"))))
    })
}

fn sessions(asked: &OfficerSessions, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    if let Some(number) = &asked.end {
        let ended = client.end_session(number)?;
        return screen.show(&ended, |page| page.outcome(Tone::Good, &t!("roster.ended")));
    }
    let open = client.sessions()?;
    screen.show(&open, |page| {
        let rows = open.items.iter().map(|session| {
            vec![
                session.number.clone(),
                when_told(&session.opened_at),
                when_told(&session.seen_at),
            ]
        });
        page.table(&columns(&["number", "opened_at", "seen_at"]), rows.collect())
    })
}

/// The digest by which a client certificate is bound, and what to do with it.
fn certificate(asked: &OfficerCertificate, screen: Screen) -> Result<(), Failure> {
    let sm3 = fingerprint(&certificate_der(&asked.file)?);
    screen.show(&json!({ "sm3": sm3 }), |page| {
        page.pairs(vec![(column("sm3"), sm3.clone())])?;
        page.line(&t!("roster.bind", file = asked.file.display().to_string()))
    })
}

fn certificate_der(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let der = pem_text::decode(&files::read(path)?, "CERTIFICATE");
    der.map_err(|why| Failure::malformed(&path.display().to_string(), &t!("file.certificate"), &why))
}

/// A member of JSON as a cell.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn role_name(word: &str) -> String {
    word.parse::<Role>()
        .map_or_else(|_| word.to_owned(), |role| role.name(spoken()).to_owned())
}
