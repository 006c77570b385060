//! Certificates: show, search, renew, revoke, suspend, resume.

use std::path::Path;

use hefu_client::{Application, Certificate, CertificateQuery, ClientError, Renewal, Revocation, StatusChange};
use rust_i18n::t;

use crate::{
    applications::{request, show_one},
    arguments::{ChangeStatus, Renew, Revoke, Search, Show},
    describe::{self, clip, when_told},
    failure::Failure,
    files,
    screen::{Page, Screen, Tone},
    session,
    words::{column, columns, word_or_slug},
};

/// Widest subject in a table, in characters; `hefu show` has all of it.
const SUBJECT_CHARACTERS: usize = 48;

/// HTTP's word for a number that nobody knows.
const NOT_FOUND: u16 = 404;

/// `hefu show`: a file is read here; a serial number (hexadecimal) or an application is asked for.
pub(crate) fn show(asked: &Show, screen: Screen) -> Result<(), Failure> {
    let path = Path::new(&asked.what);
    if path.is_file() {
        return show_file(path, screen);
    }
    let client = session::visitor(&asked.service)?;
    // Serial numbers and numbers of applications have the same form, so the certificate is asked for first.
    let certificate = match client.certificate(&asked.what) {
        Err(ClientError::Problem(problem)) if problem.status == NOT_FOUND => {
            return show_one(&client, &asked.what, asked.out.as_deref(), screen);
        }
        outcome => outcome?,
    };
    if let (Some(folder), Some(pem)) = (&asked.out, &certificate.pem) {
        files::make_folder(folder)?;
        files::replace(&folder.join(format!("{}.crt", certificate.serial)), pem.as_bytes())?;
    }
    show_certificate(&certificate, screen)
}

fn show_file(path: &Path, screen: Screen) -> Result<(), Failure> {
    let certificates = files::certificates(path)?;
    let machine: Vec<_> = certificates.iter().map(describe::certificate_json).collect();
    screen.show(&machine, |page| {
        for (place, certificate) in certificates.iter().enumerate() {
            if place > 0 {
                page.line("")?;
            }
            let facts = describe::certificate(certificate).into_iter();
            page.pairs(facts.map(|(name, value)| (column(name), value)).collect())?;
        }
        Ok(())
    })
}

/// `hefu search`.
pub(crate) fn search(asked: &Search, screen: Screen) -> Result<(), Failure> {
    if asked.applications {
        return search_applications(asked, screen);
    }
    let client = session::visitor(&asked.service)?;
    let found = client.certificates(&CertificateQuery {
        query: asked.query.clone(),
        state: asked.state.clone(),
        profile: asked.profile.clone(),
        after: asked.after.clone(),
        limit: Some(asked.limit),
    })?;
    screen.show(&found, |page| {
        let head = ["serial", "state", "usage", "profile", "subject", "not_after"];
        let rows = found.items.iter().map(|it| {
            vec![
                it.serial.clone(),
                word_or_slug("certificate-state", &it.state),
                word_or_slug("usage-of-certificate", &it.usage),
                it.profile.clone(),
                clip(&it.subject, SUBJECT_CHARACTERS),
                when_told(&it.not_after),
            ]
        });
        listing(page, &head, rows.collect(), found.next.as_deref())
    })
}

fn search_applications(asked: &Search, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let found = client.applications(asked.state.as_deref(), asked.after.as_deref(), Some(asked.limit))?;
    screen.show(&found, |page| {
        let head = ["application", "state", "profile", "subject", "updated_at", "next"];
        let rows = found.items.iter().map(|it| {
            vec![
                it.id.clone(),
                word_or_slug("application-state", &it.state),
                it.profile.clone(),
                clip(&called(it), SUBJECT_CHARACTERS),
                when_told(&it.updated_at),
                it.next
                    .as_deref()
                    .map(|next| word_or_slug("next-step", next))
                    .unwrap_or_default(),
            ]
        });
        listing(page, &head, rows.collect(), found.next.as_deref())
    })
}

/// Whom an application is for, in a list: its name, never identity numbers and what else is personal.
fn called(application: &Application) -> String {
    let name = ["common_name", "organisation"]
        .iter()
        .find_map(|field| application.subject.get(*field));
    name.cloned().unwrap_or_default()
}

fn listing(page: &mut Page, head: &[&str], rows: Vec<Vec<String>>, next: Option<&str>) -> std::io::Result<()> {
    if rows.is_empty() {
        return page.line(&t!("search.nothing"));
    }
    let count = rows.len();
    let head = columns(head);
    page.table(&head, rows)?;
    match next {
        Some(cursor) => page.line(&t!("search.more", count = count, cursor = cursor)),
        None => page.line(&t!("search.all", count = count)),
    }
}

/// `hefu renew`.
pub(crate) fn renew(asked: &Renew, screen: Screen) -> Result<(), Failure> {
    let renewal = Renewal {
        csr: asked.csr.as_deref().map(request).transpose()?,
        identity: session::needed_identity(&asked.identity)?,
    };
    let application = session::officer(&asked.service)?.renew(&asked.serial, &renewal)?;
    screen.show(&application, |page| {
        let state = word_or_slug("application-state", &application.state);
        page.line(&t!("application.state", id = application.id, state = state))
    })
}

/// `hefu revoke`: for ever, so it asks first.
pub(crate) fn revoke(asked: &Revoke, screen: Screen) -> Result<(), Failure> {
    let revocation = Revocation {
        ground: asked.ground.clone(),
        identity: session::needed_identity(&asked.identity)?,
        reason: asked.reason.clone(),
    };
    let client = session::officer(&asked.service)?;
    if !asked.yes {
        let before = client.certificate(&asked.serial)?;
        screen.confirm(&t!("revoke.ask", serial = before.serial, subject = before.subject))?;
    }
    show_certificate(&client.revoke(&asked.serial, &revocation)?, screen)
}

/// `hefu suspend`.
pub(crate) fn suspend(asked: &ChangeStatus, screen: Screen) -> Result<(), Failure> {
    let change = change(asked)?;
    let client = session::officer(&asked.service)?;
    show_certificate(&client.suspend(&asked.serial, &change)?, screen)
}

/// `hefu resume`.
pub(crate) fn resume(asked: &ChangeStatus, screen: Screen) -> Result<(), Failure> {
    let change = change(asked)?;
    let client = session::officer(&asked.service)?;
    show_certificate(&client.resume(&asked.serial, &change)?, screen)
}

fn change(asked: &ChangeStatus) -> Result<StatusChange, Failure> {
    Ok(StatusChange {
        identity: session::needed_identity(&asked.identity)?,
        reason: asked.reason.clone(),
    })
}

fn show_certificate(certificate: &Certificate, screen: Screen) -> Result<(), Failure> {
    screen.show(certificate, |page| {
        let tone = match certificate.state.as_str() {
            "valid" => Tone::Good,
            "revoked" => Tone::Bad,
            _ => Tone::Doubtful,
        };
        let state = word_or_slug("certificate-state", &certificate.state);
        page.outcome(
            tone,
            &t!("certificate.state", serial = certificate.serial, state = state),
        )?;
        let ground = certificate
            .ground
            .as_deref()
            .map(|ground| word_or_slug("ground", ground));
        let pairs = [
            ("pair_serial", certificate.pair_serial.clone()),
            ("usage", Some(word_or_slug("usage-of-certificate", &certificate.usage))),
            ("profile", Some(certificate.profile.clone())),
            ("subject", Some(certificate.subject.clone())),
            ("not_before", Some(when_told(&certificate.not_before))),
            ("not_after", Some(when_told(&certificate.not_after))),
            ("ground", ground),
            ("changed_at", certificate.changed_at.as_deref().map(when_told)),
            ("application", certificate.application.clone()),
        ];
        let pairs = pairs
            .into_iter()
            .filter_map(|(name, value)| Some((column(name), value?)));
        page.pairs(pairs.collect())
    })
}
