//! `hefu access-code` for officers, `hefu subscriber` for those whom the codes are given to.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::{Args, Subcommand, ValueEnum};
use hefu_client::{Client, Loss, NewAccessCode, Token};
use rust_i18n::t;

use crate::{
    arguments::Service,
    describe::when_told,
    failure::{Exit, Failure},
    files,
    screen::{Screen, Tone},
    session,
    words::{column, word_or_slug},
};

#[derive(Debug, Subcommand)]
pub(crate) enum AccessCode {
    New(NewCode),
    End(EndCode),
}

#[derive(Debug, Args)]
pub(crate) struct NewCode {
    #[arg(long, value_name = "NUMBER", required_unless_present = "certificate")]
    application: Option<String>,
    #[arg(long, value_name = "SERIAL", conflicts_with = "application")]
    certificate: Option<String>,
    #[arg(long, value_enum, default_value_t = Purpose::Portal)]
    purpose: Purpose,
    #[arg(long)]
    single: bool,
    #[command(flatten)]
    service: Service,
}

/// What a code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Purpose {
    Portal,
    Delivery,
    Loss,
}

#[derive(Debug, Args)]
pub(crate) struct EndCode {
    #[arg(value_name = "ACCESS")]
    access: String,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Subscriber {
    Status(WithCode),
    Accept(WithCode),
    Refuse(Refuse),
    ReportLost(ReportLost),
}

#[derive(Debug, Args)]
pub(crate) struct WithCode {
    #[arg(long, value_name = "FILE")]
    code_file: PathBuf,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Refuse {
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    with: WithCode,
}

#[derive(Debug, Args)]
pub(crate) struct ReportLost {
    #[arg(long, value_name = "FILE", required_unless_present = "signature")]
    code_file: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with = "code_file", requires = "serial")]
    signature: Option<PathBuf>,
    #[arg(long, value_name = "SERIAL")]
    serial: Option<String>,
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    service: Service,
}

/// `hefu access-code`.
pub(crate) fn access_code(command: &AccessCode, screen: Screen) -> Result<(), Failure> {
    match command {
        AccessCode::New(asked) => new_code(asked, screen),
        AccessCode::End(asked) => {
            let access = session::officer(&asked.service)?.withdraw_access_code(&asked.access)?;
            screen.show(&access, |page| {
                page.outcome(Tone::Good, &t!("access-code.ended", access = access.id))
            })
        }
    }
}

fn new_code(asked: &NewCode, screen: Screen) -> Result<(), Failure> {
    let purpose = asked.purpose.to_possible_value();
    let made = session::officer(&asked.service)?.make_access_code(&NewAccessCode {
        application: asked.application.clone(),
        certificate: asked.certificate.clone(),
        purpose: purpose.map(|value| value.get_name().to_owned()).unwrap_or_default(),
        single: asked.single,
    })?;
    screen.show(&made, |page| {
        page.line(&made.code)?;
        let pairs = [
            ("address", made.address.clone()),
            ("expires-at", when_told(&made.access.expires_at)),
            ("access", made.access.id.clone()),
        ];
        page.pairs(pairs.map(|(name, value)| (column(name), value)).to_vec())?;
        page.line(&t!("access-code.once"))
    })
}

/// `hefu subscriber`.
pub(crate) fn subscriber(command: &Subscriber, screen: Screen) -> Result<(), Failure> {
    match command {
        Subscriber::Status(with) => {
            let affairs = entered(&with.service, &with.code_file)?.affairs()?;
            let word = |name: &str| {
                affairs
                    .get(name)
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or_default()
            };
            screen.show(&affairs, |page| {
                let state = word_or_slug("application-state", word("state"));
                page.line(&t!("application.state", id = word("application"), state = state))?;
                let asks = affairs.get("asks").and_then(serde_json::Value::as_array);
                for ask in asks.into_iter().flatten().filter_map(serde_json::Value::as_str) {
                    page.line(&format!("- {}", word_or_slug("asked-of-subscriber", ask)))?;
                }
                Ok(())
            })
        }
        Subscriber::Accept(with) => answer(with, ("accepted", ""), screen),
        Subscriber::Refuse(asked) => answer(&asked.with, ("refused", &asked.reason), screen),
        Subscriber::ReportLost(asked) => report_lost(asked, screen),
    }
}

fn answer(with: &WithCode, (word, reason): (&str, &str), screen: Screen) -> Result<(), Failure> {
    let delivery = entered(&with.service, &with.code_file)?.answer_certificate(word, reason)?;
    screen.show(&delivery, |page| {
        page.outcome(Tone::Good, &word_or_slug("subscriber-answer", word))
    })
}

/// It cannot be taken back by the one who does it, so it asks first.
fn report_lost(asked: &ReportLost, screen: Screen) -> Result<(), Failure> {
    let loss: Loss = match (&asked.code_file, &asked.signature, &asked.serial) {
        (Some(code), ..) => {
            confirmed(asked, &t!("subscriber.ask-suspend"), screen)?;
            entered(&asked.service, code)?.report_loss("")?
        }
        (None, Some(signature), Some(serial)) => {
            confirmed(asked, &t!("subscriber.ask-revoke", serial = serial), screen)?;
            let signature = STANDARD.encode(files::read(signature)?);
            session::visitor(&asked.service)?.report_loss_signed(serial, &signature)?
        }
        _ => {
            return Err(Failure::new(
                Exit::Usage,
                "code-file",
                t!("subscriber.no-code").into_owned(),
            ));
        }
    };
    screen.show(&loss, |page| {
        let state = word_or_slug("certificate-state", &loss.done);
        page.outcome(
            Tone::Doubtful,
            &t!("certificate.state", serial = loss.serial, state = state),
        )
    })
}

fn confirmed(asked: &ReportLost, question: &str, screen: Screen) -> Result<(), Failure> {
    if asked.yes { Ok(()) } else { screen.confirm(question) }
}

/// A client in the session that the code in a file opens.
fn entered(service: &Service, code: &Path) -> Result<Client, Failure> {
    let client = session::visitor(service)?;
    let text = files::passphrase(code)?;
    let session = client.enter(&String::from_utf8_lossy(&text))?.session;
    let unreadable = || Failure::new(Exit::Malformed, "code-file", t!("subscriber.no-code").into_owned());
    Ok(client.with_token(Token::of(&session).ok_or_else(unreadable)?))
}
