//! Acts on applications: enter, notice, contract, identity, approve, reject, issue. The rules are the server's.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use hefu_certificate::Profiles;
use hefu_client::{Application, Basis, Client, Contract, NewApplication, Notice};
use rust_i18n::t;

use crate::{
    arguments::{Acknowledge, Apply, Approve, Identify, Issue, Reject, SignContract},
    describe::{hex, when_told},
    failure::Failure,
    files,
    screen::{Page, Screen, Tone},
    session,
    words::{column, spoken, word_or_slug},
};

/// `hefu apply`.
pub(crate) fn apply(asked: &Apply, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let application = client.apply(&NewApplication {
        profile: asked.profile.clone(),
        subject: asked.subject.iter().cloned().collect(),
        csr: request(&asked.csr)?,
        validity_days: asked.validity_days,
        applicant: asked.applicant.clone(),
        notice: notice(asked.notice_proof.as_ref(), asked.notice.as_ref()),
        contract: contract_of(
            asked.contract_proof.as_ref(),
            asked.contract.as_ref().zip(asked.signed_by.as_ref()),
        ),
        identity: session::identity(&asked.identity)?,
    })?;
    show(&application, screen)
}

/// A notice as it was typed.
fn notice(proof: Option<&String>, version: Option<&String>) -> Option<Basis<Notice>> {
    let words = version.cloned().map(|version| Basis::Words(Notice { version }));
    proof.cloned().map(|proof| Basis::Proof { proof }).or(words)
}

/// A contract as it was typed: its version and who signed it.
fn contract_of(proof: Option<&String>, words: Option<(&String, &String)>) -> Option<Basis<Contract>> {
    let words = words.map(|(version, signed_by)| {
        Basis::Words(Contract {
            version: version.clone(),
            signed_by: signed_by.clone(),
        })
    });
    proof.cloned().map(|proof| Basis::Proof { proof }).or(words)
}

/// `hefu acknowledge`.
pub(crate) fn acknowledge(asked: &Acknowledge, screen: Screen) -> Result<(), Failure> {
    let notice = notice(asked.proof.as_ref(), asked.notice.as_ref()).unwrap_or_default();
    let client = session::officer(&asked.service)?;
    show(&client.notice(&asked.application, &notice)?, screen)
}

/// `hefu contract`.
pub(crate) fn contract(asked: &SignContract, screen: Screen) -> Result<(), Failure> {
    let words = asked.contract.as_ref().zip(asked.signed_by.as_ref());
    let contract = contract_of(asked.proof.as_ref(), words).unwrap_or_default();
    let client = session::officer(&asked.service)?;
    show(&client.contract(&asked.application, &contract)?, screen)
}

/// `hefu identify`.
pub(crate) fn identify(asked: &Identify, screen: Screen) -> Result<(), Failure> {
    let identity = session::needed_identity(&asked.identity)?;
    let client = session::officer(&asked.service)?;
    show(&client.identity(&asked.application, &identity)?, screen)
}

/// `hefu approve`, with `--issue` both steps.
pub(crate) fn approve(asked: &Approve, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let application = if asked.issue {
        client.approve_and_issue(&asked.application)?
    } else {
        client.approve(&asked.application)?
    };
    keep(&application, asked.out.as_deref())?;
    show(&application, screen)
}

/// `hefu reject`.
pub(crate) fn reject(asked: &Reject, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    show(&client.reject(&asked.application, &asked.reason)?, screen)
}

/// `hefu issue`.
pub(crate) fn issue(asked: &Issue, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let application = client.issue(&asked.application)?;
    keep(&application, asked.out.as_deref())?;
    show(&application, screen)
}

/// One application, kept in a folder if one is named.
pub(crate) fn show_one(client: &Client, id: &str, out: Option<&Path>, screen: Screen) -> Result<(), Failure> {
    let application = client.application(id)?;
    keep(&application, out)?;
    show(&application, screen)
}

/// A certification request as the server takes it: PEM as it is, DER in base64.
pub(crate) fn request(path: &Path) -> Result<String, Failure> {
    let bytes = files::read(path)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => text,
        Ok(text) => STANDARD.encode(text),
        Err(binary) => STANDARD.encode(binary.as_bytes()),
    })
}

/// Writes what was issued: `USAGE.crt` each, `issuer.crt`, and for a pair `response.der` (GM/T 0092) and `envelope.der`
/// (`SM2EnvelopedKey`).
fn keep(application: &Application, folder: Option<&Path>) -> Result<(), Failure> {
    let Some(folder) = folder else {
        return Ok(());
    };
    files::make_folder(folder)?;
    for part in &application.certificates {
        let name: String = part.usage.chars().filter(char::is_ascii_alphanumeric).collect();
        files::replace(&folder.join(format!("{name}.crt")), part.pem.as_bytes())?;
    }
    if let Some(pem) = &application.issuer_pem {
        files::replace(&folder.join("issuer.crt"), pem.as_bytes())?;
    }
    let binaries = [
        ("response.der", &application.csr_response),
        ("envelope.der", &application.enveloped_key),
    ];
    for (name, text) in binaries {
        let Some(text) = text else { continue };
        let bytes = STANDARD.decode(text);
        let bytes = bytes.map_err(|why| Failure::malformed(name, &t!("file.base64"), &why))?;
        files::replace(&folder.join(name), &bytes)?;
    }
    Ok(())
}

fn show(application: &Application, screen: Screen) -> Result<(), Failure> {
    screen.show(application, |page| people(application, page))
}

fn people(application: &Application, page: &mut Page) -> std::io::Result<()> {
    let tone = match application.state.as_str() {
        "issued" => Tone::Good,
        "rejected" => Tone::Bad,
        _ => Tone::Plain,
    };
    let state = word_or_slug("application-state", &application.state);
    page.outcome(tone, &t!("application.state", id = application.id, state = state))?;
    let name = column;
    let mut pairs = vec![
        (name("profile"), application.profile.clone()),
        (name("kind"), word_or_slug("application-kind", &application.kind)),
    ];
    pairs.extend(subject(application));
    pairs.push((name("applicant"), application.applicant.clone().unwrap_or_default()));
    let alike = application.look_alikes.iter().map(|one| one.applicant.clone());
    pairs.push((name("look_alikes"), alike.collect::<Vec<_>>().join(", ")));
    for (slug, officer) in [
        ("entered_by", &application.entered_by),
        ("identified_by", &application.identified_by),
        ("approved_by", &application.approved_by),
    ] {
        pairs.push((name(slug), officer.clone().unwrap_or_default()));
    }
    pairs.push((name("created_at"), when_told(&application.created_at)));
    pairs.push((name("updated_at"), when_told(&application.updated_at)));
    pairs.push((
        name("next"),
        application
            .next
            .as_deref()
            .map(|next| word_or_slug("next-step", next))
            .unwrap_or_default(),
    ));
    pairs.push((name("rejection"), application.rejection.clone().unwrap_or_default()));
    page.pairs(pairs)?;
    if application.certificates.is_empty() {
        return Ok(());
    }
    page.line("")?;
    let rows = application.certificates.iter().map(|part| {
        vec![
            word_or_slug("usage-of-certificate", &part.usage),
            part.serial.clone(),
            sm3_of(&part.pem),
        ]
    });
    page.table(&[name("usage"), name("serial"), name("sm3")], rows.collect())
}

/// The subject's fields under the names that the profile has for people; a profile of the operator's own is not known
/// here, and its fields go by their keys.
fn subject(application: &Application) -> impl Iterator<Item = (String, String)> {
    let profiles = Profiles::builtin();
    let profile = profiles.get(&application.profile).cloned();
    application.subject.iter().map(move |(key, value)| {
        let field = profile
            .as_ref()
            .and_then(|it| it.fields().iter().find(|field| field.name() == key));
        let label = field.map(|field| field.label().text(spoken()).to_owned());
        (label.unwrap_or_else(|| key.clone()), value.clone())
    })
}

fn sm3_of(pem: &str) -> String {
    let der = gm_syntax::pem_text::decode(pem.as_bytes(), "CERTIFICATE");
    der.map(|der| hex(&gm_suite::sm3(&der))).unwrap_or_default()
}
