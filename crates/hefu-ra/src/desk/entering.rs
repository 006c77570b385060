//! Entering applications and renewals.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::Connection;
use hefu_officers::{Officer, Permission};
use hefu_records::NewEntry;
use jiff::Timestamp;

use super::error::DeskError;
use super::grouping::write_group;
use super::proving::Said;
use super::{Desk, Refused, Room, new_id, random_salt, record};
use crate::application::{ApplicationId, ApplicationKind, Form};
use crate::case::Case;
use crate::certificate::CertificateError;
use crate::entry::{self, Entering, EntryError, NewApplication, Renewal, Renewed, Wish};
use crate::facts;
use crate::list::serial_number;
use crate::store;
use crate::view::ApplicationView;

const ENTRY: &str = "entry";
const RENEWAL: &str = "renewal";

impl Desk {
    /// Enters an application, with whatever sections came along.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn enter(
        &self,
        officer: &Officer,
        new: NewApplication,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        self.enter_reserved(officer, new_id(now)?, new, now).await
    }

    /// A fresh number, for an entry that must happen once although whoever asks for it may be killed at any point: the
    /// number is kept first, then [`Desk::enter_reserved`]; [`Desk::application`] tells afterwards whether it happened.
    ///
    /// # Errors
    /// [`DeskError::NoRandomness`].
    pub fn reserve(&self, now: Timestamp) -> Result<ApplicationId, DeskError> {
        new_id(now)
    }

    /// As [`Desk::enter`], under a number from [`Desk::reserve`]. A number is used once: a second entry under it fails
    /// and changes nothing.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn enter_reserved(
        &self,
        officer: &Officer,
        id: ApplicationId,
        new: NewApplication,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let by = self.permit(officer, &[Permission::Enter], ENTRY, None, now).await?;
        let entering = Entering {
            by,
            at: now,
            id,
            salt: random_salt()?,
        };
        let refused = Refused {
            act: ENTRY,
            application: None,
            by,
            at: now,
        };
        let NewApplication {
            profile,
            subject,
            applicant,
            csr,
            validity_days,
            notice,
            contract,
            identity,
        } = new;
        let said = Said {
            applicant,
            notice,
            contract,
            identity,
        };
        let wish = Wish {
            profile,
            subject,
            csr,
            validity_days,
        };
        let entered = async {
            let sections = self.sections(said, &entering.id.to_string()).await?;
            let case = entry::enter(wish, sections, &self.room.profiles, entering)?;
            self.note_key(case.form()).await?;
            Ok(case)
        };
        let case = self.or_refused(entered.await, refused).await?;
        let case = self.queues.entries.ask(case).await??;
        Ok(ApplicationView::of(&case))
    }

    /// Enters the renewal of a certificate, or of a pair by either of its serial numbers. It waits for the approval
    /// of another officer.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn renew(
        &self,
        officer: &Officer,
        serial: &str,
        renewal: Renewal,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let by = self.permit(officer, &[Permission::Enter], RENEWAL, None, now).await?;
        let (old, case) = self.certificate_with_case(serial).await?;
        let Case::Issued(application) = case else {
            return Err(CertificateError::Unknown.into());
        };
        let entering = Entering {
            by,
            at: now,
            id: new_id(now)?,
            salt: random_salt()?,
        };
        let refused = Refused {
            act: RENEWAL,
            application: Some(application.form.id),
            by,
            at: now,
        };
        let Renewal {
            csr,
            validity_days,
            identity,
        } = renewal;
        let entered = async {
            let identity = self.identity(identity, &serial_number(serial)?).await?;
            let wish = (Renewed { csr, validity_days }, identity);
            let case = entry::renew(wish, &old, &application, &self.room.profiles, entering)?;
            self.note_key(case.form()).await?;
            Ok(case)
        };
        let case = self.or_refused(entered.await, refused).await?;
        let case = self.queues.entries.ask(case).await??;
        Ok(ApplicationView::of(&case))
    }
}

/// Writes a group of new applications.
pub(super) async fn enter_group(room: Arc<Room>, cases: Vec<Case>) -> Vec<Result<Case, DeskError>> {
    let cases = Arc::new(cases);
    let verdicts = write_group(&room.database, &cases, enter_all).await;
    Arc::unwrap_or_clone(cases)
        .into_iter()
        .zip(verdicts)
        .map(|(case, verdict)| verdict.map(|()| case))
        .collect()
}

fn enter_all<'c>(
    connection: &'c mut Connection,
    cases: &'c [Case],
) -> BoxFuture<'c, Result<Vec<Result<(), DeskError>>, DeskError>> {
    Box::pin(async move {
        let mut held = Held::read(connection, cases).await?;
        let verdicts: Vec<Result<(), EntryError>> = cases.iter().map(|case| held.take(case.form())).collect();
        let judged = || cases.iter().zip(&verdicts);
        let good: Vec<&Case> = judged()
            .filter(|(_, verdict)| verdict.is_ok())
            .map(|(case, _)| case)
            .collect();
        store::insert(connection, &good).await?;
        let entries: Vec<NewEntry> = judged().flat_map(|(case, verdict)| entries(case, verdict)).collect();
        record(connection, &entries).await?;
        Ok(verdicts
            .into_iter()
            .map(|verdict| verdict.map_err(DeskError::from))
            .collect())
    })
}

/// Keys and renewed certificates that are spoken for.
struct Held {
    keys: HashSet<[u8; 32]>,
    renewed: HashSet<String>,
}

impl Held {
    async fn read(connection: &mut Connection, cases: &[Case]) -> Result<Self, DeskError> {
        let forms = || cases.iter().map(Case::form);
        let keys: Vec<[u8; 32]> = forms()
            .filter(|form| brings_key(form))
            .map(|form| form.key_digest)
            .collect();
        let renewed: Vec<String> = forms().filter_map(|form| form.replaces.clone()).collect();
        Ok(Self {
            keys: store::keys_taken(connection, &keys).await?.into_iter().collect(),
            renewed: store::renewals_taken(connection, &renewed).await?.into_iter().collect(),
        })
    }

    /// Takes what the application needs, or says why it may not.
    fn take(&mut self, form: &Form) -> Result<(), EntryError> {
        if form
            .replaces
            .as_ref()
            .is_some_and(|replaces| self.renewed.contains(replaces))
        {
            return Err(CertificateError::Renewed.into());
        }
        if brings_key(form) && !self.keys.insert(form.key_digest) {
            return Err(EntryError::DuplicateKey { scope: form.law_scope });
        }
        self.renewed.extend(form.replaces.clone());
        Ok(())
    }
}

/// A renewal goes on with the key of the certificate that it renews.
fn brings_key(form: &Form) -> bool {
    form.kind != ApplicationKind::Renewal
}

/// The records of one entry: each step that came along is a fact of its own.
fn entries(case: &Case, verdict: &Result<(), EntryError>) -> Vec<NewEntry> {
    let form = case.form();
    if let Err(error) = verdict {
        return vec![facts::refused(ENTRY, None, form.entered_by, form.entered_at, error)];
    }
    let mut entries = vec![facts::entered(form)];
    let steps = case.steps();
    // A renewal goes on with the notice and the contract of the old application: those were recorded then.
    if form.replaces.is_none() {
        entries.extend(steps.notice.map(|step| facts::noticed(form, step)));
        entries.extend(steps.contract.map(|step| facts::contracted(form, step)));
    }
    entries.extend(steps.identity.map(|step| facts::identified(form, step)));
    entries
}
