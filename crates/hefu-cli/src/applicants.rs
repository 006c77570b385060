//! `hefu applicant`, `hefu text`, `hefu agreement`: applicants' files over HTTP. The rules are the server's.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hefu_client::{NewAgreement, NewCheck, NewConsent, Reading};
use rust_i18n::t;
use serde_json::Value;

use crate::{
    arguments::Service,
    describe::fingerprint,
    failure::Failure,
    files,
    screen::{Page, Screen},
    session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Applicant {
    Register(Register),
    Show(OfApplicant),
    Read(ReadFile),
    Evidence(Evidence),
    Consent(Consent),
    Check(Check),
}

#[derive(Debug, Args)]
pub(crate) struct Register {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct OfApplicant {
    #[arg(value_name = "APPLICANT")]
    pub(crate) applicant: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct ReadFile {
    #[arg(value_name = "APPLICANT")]
    pub(crate) applicant: String,
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) purpose: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Evidence {
    #[arg(value_name = "APPLICANT")]
    pub(crate) applicant: String,
    #[arg(value_name = "KIND")]
    pub(crate) kind: String,
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Consent {
    #[arg(value_name = "APPLICANT")]
    pub(crate) applicant: String,
    #[arg(long, value_name = "VERSION")]
    pub(crate) text_version: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) text: PathBuf,
    #[arg(long, default_value = "zh", value_name = "zh|en")]
    pub(crate) shown_in: String,
    #[arg(long, default_value = "paper", value_name = "MEANS")]
    pub(crate) means: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(value_name = "APPLICANT")]
    pub(crate) applicant: String,
    #[arg(long, default_value = "application", value_name = "OCCASION")]
    pub(crate) occasion: String,
    #[arg(long = "about", value_name = "APPLICATION|SERIAL")]
    pub(crate) matter: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Text {
    Publish(Register),
    Show(ShowText),
}

#[derive(Debug, Args)]
pub(crate) struct ShowText {
    #[arg(value_name = "KIND")]
    pub(crate) kind: String,
    #[arg(long, value_name = "VERSION")]
    pub(crate) text_version: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Agreement {
    Acknowledge(Agree),
    Sign(Sign),
    Copy(CopyOf),
}

#[derive(Debug, Args)]
pub(crate) struct Agree {
    #[arg(value_name = "APPLICANT")]
    pub(crate) applicant: String,
    #[arg(long, default_value = "zh", value_name = "zh|en")]
    pub(crate) shown_in: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    #[arg(long, value_name = "NAME")]
    pub(crate) signed_by: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct CopyOf {
    #[arg(value_name = "AGREEMENT")]
    pub(crate) agreement: String,
    #[arg(long, default_value = "subscriber", value_name = "SIDE")]
    pub(crate) side: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// `hefu applicant`.
pub(crate) fn applicant(asked: &Applicant, screen: Screen) -> Result<(), Failure> {
    let answer = match asked {
        Applicant::Register(asked) => session::officer(&asked.service)?.register_applicant(&json(&asked.file)?),
        Applicant::Show(asked) => session::officer(&asked.service)?.applicant(&asked.applicant),
        Applicant::Read(asked) => {
            let reading = Reading {
                purpose: asked.purpose.clone(),
                words: asked.reason.clone(),
            };
            session::officer(&asked.service)?.read_applicant(&asked.applicant, &reading)
        }
        Applicant::Evidence(asked) => {
            let content = files::read(&asked.file)?;
            session::officer(&asked.service)?.take_evidence(&asked.applicant, &asked.kind, &content)
        }
        Applicant::Consent(asked) => {
            let consent = NewConsent {
                version: asked.text_version.clone(),
                text_sm3: fingerprint(&files::read(&asked.text)?),
                language: asked.shown_in.clone(),
                means: asked.means.clone(),
            };
            session::officer(&asked.service)?.give_consent(&asked.applicant, &consent)
        }
        Applicant::Check(asked) => {
            let check = NewCheck {
                occasion: asked.occasion.clone(),
                about: asked.matter.clone(),
            };
            session::officer(&asked.service)?.check_identity(&asked.applicant, &check)
        }
    };
    show(&answer?, screen)
}

/// `hefu text`.
pub(crate) fn text(asked: &Text, screen: Screen) -> Result<(), Failure> {
    let answer = match asked {
        Text::Publish(asked) => session::officer(&asked.service)?.publish_text(&json(&asked.file)?),
        Text::Show(asked) => session::officer(&asked.service)?.text(&asked.kind, asked.text_version.as_deref()),
    };
    show(&answer?, screen)
}

/// `hefu agreement`.
pub(crate) fn agreement(asked: &Agreement, screen: Screen) -> Result<(), Failure> {
    match asked {
        Agreement::Acknowledge(asked) => agree(asked, "notice", None, screen),
        Agreement::Sign(asked) => agree(&asked.agree, "contract", Some(asked.signed_by.clone()), screen),
        Agreement::Copy(asked) => {
            let copy = session::officer(&asked.service)?.agreement_copy(&asked.agreement, &asked.side);
            show(&copy?, screen)
        }
    }
}

/// The officer says that the applicant was shown the text in force, in this language, and agreed.
fn agree(asked: &Agree, kind: &str, signed_by: Option<String>, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let text = client.text(kind, None)?;
    let part = |pointer: &str| {
        text.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let agreement = NewAgreement {
        kind: kind.to_owned(),
        version: part("/version"),
        sm3: part(&format!("/{}/sm3", asked.shown_in)),
        language: asked.shown_in.clone(),
        signed_by,
    };
    show(&client.agree(&asked.applicant, &agreement)?, screen)
}

fn json(path: &std::path::Path) -> Result<Value, Failure> {
    let read = serde_json::from_slice(&files::read(path)?);
    read.map_err(|why| Failure::malformed(&path.display().to_string(), &t!("file.json"), &why))
}

fn show(answer: &Value, screen: Screen) -> Result<(), Failure> {
    screen.show(answer, |page| people(answer, page))
}

/// Names and values as the interface calls them; what is nested is shown as JSON, texts as they are.
fn people(answer: &Value, page: &mut Page) -> std::io::Result<()> {
    let Some(fields) = answer.as_object() else {
        return page.line(&answer.to_string());
    };
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    page.pairs(
        fields
            .iter()
            .map(|(name, value)| (name.clone(), shown(value)))
            .collect(),
    )
}
