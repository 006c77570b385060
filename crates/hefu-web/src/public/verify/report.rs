//! The answer as it is shown: one sentence, its reasons, the chain, the remarks.

use cert_path::{Certificate, CertificateReport, Role, Verdict};
use hefu_certificate::Severity;
use hefu_rulebook::Language;
use hefu_status::{Outcome, Standing, Verification};

use crate::component::{Answer, Cell, Citation, Column, Empty, Fact, Facts, Shape, State, Table};
use crate::page::time::time;
use crate::words::public::PublicWords;
use crate::words::verification::{VerificationWords, reason};

/// What the page shows.
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) answer: Answer,
    pub(super) facts: Facts,
    pub(super) chain: Table,
    pub(super) remarks: Option<Table>,
}

impl Shown {
    pub(super) fn of(verification: &Verification, certificate: &Certificate, language: Language) -> Self {
        let words = VerificationWords::of(language);
        let title = match verification.outcome {
            Outcome::Valid => words.valid,
            Outcome::NotValid => words.not_valid,
            Outcome::CannotTell => words.cannot_tell,
        };
        Self {
            title: title.to_owned(),
            answer: answer(verification, title, language),
            facts: facts(verification, certificate, language),
            chain: chain(verification, language),
            remarks: remarks(verification, language),
        }
    }
}

fn answer(verification: &Verification, title: &str, language: Language) -> Answer {
    let words = VerificationWords::of(language);
    let shape = match verification.outcome {
        Outcome::Valid => Shape::Good,
        Outcome::NotValid => Shape::Ended,
        Outcome::CannotTell => Shape::Wait,
    };
    let chain = match &verification.chain.verdict {
        Verdict::Valid => words.chain_valid.to_owned(),
        Verdict::Invalid { why } | Verdict::Unknown { why } => match language {
            Language::Chinese => format!("{}。", reason(why, language)),
            Language::English => format!("The chain: {}.", reason(why, language)),
        },
    };
    let (standing, rule) = standing(&verification.standing, language);
    Answer::new(shape, format!("{title} · {}", time(verification.at)))
        .because(standing, rule)
        .because(chain, None)
}

/// What our records say, with the article where a ground names one.
fn standing(standing: &Standing, language: Language) -> (String, Option<Citation>) {
    let words = VerificationWords::of(language);
    let plain = match standing {
        Standing::InUse(_) => words.in_use,
        Standing::ChangedLater(_) => words.changed_later,
        Standing::Doubted(_) => words.doubted,
        Standing::SerialOfAnother => words.serial_of_another,
        Standing::NotIssuedHere => words.not_issued_here,
        Standing::NotInUse(view) => {
            let ground = view
                .ground
                .as_deref()
                .and_then(|slug| slug.parse::<hefu_certificate::RevocationGround>().ok());
            let cause = ground.map_or(words.no_cause, |ground| ground.name(language));
            let changed = view.changed_at.map(time).unwrap_or_default();
            let state = view.state.name(language);
            let told = match language {
                Language::Chinese => format!("{}{state}，{changed}，{cause}。", words.not_in_use),
                Language::English => format!("{}{state} at {changed}, {cause}.", words.not_in_use),
            };
            return (told, ground.map(|ground| Citation::of(ground.citation(), language)));
        }
    };
    (plain.to_owned(), None)
}

/// What was brought. A holder that we issued to is shown as on every public page; others as their certificate says.
fn facts(verification: &Verification, certificate: &Certificate, language: Language) -> Facts {
    let words = VerificationWords::of(language);
    let public = PublicWords::of(language);
    let view = verification.standing.view();
    let serial = hex::encode(certificate.serial());
    let holder = view.map_or_else(|| name(certificate.subject_der()), |view| view.subject.clone());
    let page = view.map(|view| format!("/certificates/{}", view.serial));
    Facts::new([
        Fact::new(public.holder, holder),
        Fact::new(words.issuer, issuer(certificate)),
        Fact::new(public.serial, Cell::serial(&serial, page)),
        Fact::new(public.begins, time(certificate.not_before())),
        Fact::new(public.ends, time(certificate.not_after())),
    ])
}

fn name(der: &[u8]) -> String {
    hefu_certificate::display_name(der).unwrap_or_else(|why| why.to_string())
}

fn issuer(certificate: &Certificate) -> String {
    hefu_certificate::certificate_facts(certificate.der())
        .map_or_else(|_| certificate.issuer().to_string(), |said| said.issuer)
}

fn chain(verification: &Verification, language: Language) -> Table {
    let words = VerificationWords::of(language);
    let public = PublicWords::of(language);
    let columns = [words.role, public.subject, public.ends, words.finding].map(Column::text);
    let masked = verification.standing.view().map(|view| view.subject.as_str());
    let rows = verification
        .chain
        .certificates
        .iter()
        .map(|line| row(line, masked, language));
    Table::new(words.chain, columns)
        .rows(rows)
        .or_else(Empty::new(words.chain, words.no_chain))
}

fn row(line: &CertificateReport, masked: Option<&str>, language: Language) -> Vec<Cell> {
    let words = VerificationWords::of(language);
    let (role, subject) = match line.role {
        Role::Target => (words.role_target, masked.map(str::to_owned)),
        Role::Intermediate => (words.role_intermediate, None),
        Role::Anchor => (words.role_anchor, None),
    };
    let finding = match &line.reason {
        None => State::new(Shape::Good, words.in_order).into(),
        Some(why) => Cell::Text(reason(why, language)),
    };
    vec![
        role.into(),
        subject.unwrap_or_else(|| name(line.certificate.subject_der())).into(),
        time(line.certificate.not_after()).into(),
        finding,
    ]
}

/// The lints' remarks; none for a certificate that was not issued here.
fn remarks(verification: &Verification, language: Language) -> Option<Table> {
    let words = VerificationWords::of(language);
    verification.standing.view()?;
    let columns = [words.remark, words.severity, hefu_page::words::words(language).rule].map(Column::text);
    let rows = verification.findings.iter().map(|finding| {
        let severity = match finding.severity() {
            Severity::Error => State::new(Shape::Ended, words.severity_error),
            Severity::Warning => State::new(Shape::Wait, words.severity_warning),
            Severity::Notice => State::new(Shape::Plain, words.severity_notice),
        };
        let rule = Citation::of(finding.citation(), language);
        vec![finding.message(language).into(), severity.into(), rule.into()]
    });
    let empty = Empty::new(words.remarks, words.no_remarks);
    Some(Table::new(words.remarks, columns).rows(rows).or_else(empty))
}
