//! Suspending, resuming and revoking: identity verified, asked of the certification authority, written down when its
//! signed word is here.

use std::sync::Arc;

use hefu_certificate::{Profiles, RevocationGround};
use hefu_database::Connection;
use hefu_officers::{Officer, Permission};
use jiff::Timestamp;

use super::error::DeskError;
use super::issuing::{How, Open};
use super::{Desk, Refused, detached, new_request_id, random_salt, record};
use crate::application::Reason;
use crate::case::ApplicationError;
use crate::case_file::{Basis, change_fits};
use crate::certificate::{Certificate, CertificateError, StatusAct};
use crate::facts;
use crate::identity::{HoldersWord, Identity, IdentityInput};
use crate::list::{CertificateState, serial_number};
use crate::request::RequestError;
use crate::status_change::StatusChange;
use crate::store;
use crate::view::CertificateView;

/// Changes settled in one call: an open one of another sort, then the one asked for.
const CHANGES_MAX: usize = 2;
/// The reason of a change at the holder's own word, as it stands in the tables.
const LOST: &str = "密钥报失 · key reported lost";

/// Why a change is asked for, and how the identity of who asks was verified.
#[derive(Clone, Debug)]
pub struct ChangeInput {
    /// The verification of identity; a check in the applicant's file is about the serial number.
    pub identity: Basis<IdentityInput>,
    /// Why, in words.
    pub reason: String,
}

/// What stands in the way of a change, or not.
enum Opened {
    /// It is stored and may be sent.
    Fresh(StatusChange),
    /// The same change is open already.
    Again(StatusChange),
    /// Another change is open.
    Other(StatusChange),
}

impl Desk {
    /// Suspends a certificate, or a pair by either of its serial numbers.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded. When the certification authority does not answer, call again.
    pub async fn suspend(
        &self,
        officer: &Officer,
        serial: &str,
        input: ChangeInput,
        now: Timestamp,
    ) -> Result<CertificateView, DeskError> {
        self.change(officer, serial, StatusAct::Suspend, input, now).await
    }

    /// Lifts a suspension.
    ///
    /// # Errors
    /// As [`Desk::suspend`].
    pub async fn resume(
        &self,
        officer: &Officer,
        serial: &str,
        input: ChangeInput,
        now: Timestamp,
    ) -> Result<CertificateView, DeskError> {
        self.change(officer, serial, StatusAct::Resume, input, now).await
    }

    /// Revokes on one of the law's five grounds (办法 29).
    ///
    /// # Errors
    /// As [`Desk::suspend`].
    pub async fn revoke(
        &self,
        officer: &Officer,
        serial: &str,
        ground: RevocationGround,
        input: ChangeInput,
        now: Timestamp,
    ) -> Result<CertificateView, DeskError> {
        self.change(officer, serial, StatusAct::Revoke(ground), input, now)
            .await
    }

    async fn change(
        &self,
        officer: &Officer,
        serial: &str,
        act: StatusAct,
        input: ChangeInput,
        now: Timestamp,
    ) -> Result<CertificateView, DeskError> {
        let by = self
            .permit(officer, &[Permission::ChangeStatus], act.as_str(), None, now)
            .await?;
        let serial = serial_number(serial)?;
        let refused = Refused {
            act: act.as_str(),
            application: None,
            by,
            at: now,
        };
        let identity = self.identity(input.identity, &serial).await;
        let wanted = Wanted {
            identity: self.or_refused(identity, refused).await?,
            profiles: Arc::clone(&self.room.profiles),
            serial,
            act,
            reason: Reason::new(&input.reason)?,
            refused,
        };
        let desk = self.clone();
        detached(async move { desk.settle_wanted(wanted, now).await }).await
    }

    /// Takes a certificate out of use at its holder's own word, at any hour (电子签名法 15): suspends it for who has a code,
    /// revokes it for who has its key. What is out of use already is simply shown. Whether the holder showed what they
    /// say, and the record of a refusal, are the caller's; the officer who verified the holder's identity is named.
    ///
    /// # Errors
    /// [`DeskError`]. When the certification authority does not answer, call again.
    pub async fn at_holders_word(
        &self,
        serial: &str,
        word: HoldersWord,
        now: Timestamp,
    ) -> Result<CertificateView, DeskError> {
        let (certificate, case) = self.certificate_with_case(serial).await?;
        let act = match word {
            HoldersWord::Code(_) => StatusAct::Suspend,
            HoldersWord::Key => StatusAct::Revoke(RevocationGround::HolderRequest),
        };
        let is_out_of_use = match certificate.state(now) {
            CertificateState::Revoked => true,
            CertificateState::Suspended => act == StatusAct::Suspend,
            CertificateState::Valid | CertificateState::Expired => false,
        };
        if is_out_of_use {
            return Ok(CertificateView::of(certificate, now));
        }
        let identified = case.steps().identity.ok_or(CertificateError::Unknown)?;
        let wanted = Wanted {
            refused: Refused {
                act: act.as_str(),
                application: Some(certificate.application),
                by: identified.by,
                at: now,
            },
            identity: Identity::shown_by_holder(word),
            profiles: Arc::clone(&self.room.profiles),
            serial: certificate.serial,
            act,
            reason: Reason::new(LOST)?,
        };
        let desk = self.clone();
        detached(async move { desk.settle_wanted(wanted, now).await }).await
    }

    async fn settle_wanted(&self, wanted: Wanted, now: Timestamp) -> Result<CertificateView, DeskError> {
        for _ in 0..CHANGES_MAX {
            let (open, how) = match self.open_change(wanted.clone()).await? {
                Opened::Fresh(change) => (change, How::Submit),
                Opened::Again(change) | Opened::Other(change) => (change, How::Inquire),
            };
            let is_ours = open.act == wanted.act;
            match self.settle(Open::Change(Box::new(open)), how, now).await {
                Ok(_) | Err(DeskError::Moved) if is_ours => return self.certificate(&wanted.serial, now).await,
                // The other change is settled, one way or the other; now for ours.
                Ok(_) | Err(DeskError::Moved | DeskError::Request(RequestError::Refused { .. })) if !is_ours => {}
                Ok(_) => return Err(RequestError::Pending.into()),
                Err(error) => return Err(error),
            }
        }
        Err(RequestError::Pending.into())
    }

    async fn open_change(&self, wanted: Wanted) -> Result<Opened, DeskError> {
        self.room
            .database
            .write(move |connection| Box::pin(async move { open(connection, wanted).await }))
            .await?
    }
}

/// A change that an officer wants.
#[derive(Clone)]
struct Wanted {
    serial: String,
    act: StatusAct,
    identity: Identity,
    profiles: Arc<Profiles>,
    reason: Reason,
    refused: Refused,
}

/// Decides and stores; the inner error is a refusal that was recorded.
async fn open(connection: &mut Connection, wanted: Wanted) -> Result<Result<Opened, DeskError>, DeskError> {
    let pair = store::pair_of(connection, &wanted.serial).await?;
    let certificate = pair.first().ok_or(CertificateError::Unknown)?;
    if let Some(open) = store::open_change(connection, certificate.leading_serial()).await? {
        return Ok(Ok(if open.act == wanted.act {
            Opened::Again(open)
        } else {
            Opened::Other(open)
        }));
    }
    if let Err(refusal) = may_change(connection, certificate, &wanted).await? {
        let refused = Refused {
            application: Some(certificate.application),
            ..wanted.refused
        };
        if wanted.identity.holders_word.is_none() {
            record(connection, refused.entry(&refusal).as_slice()).await?;
        }
        return Ok(Err(refusal));
    }
    let change = wanted.change(certificate)?;
    store::insert_change(connection, &change).await?;
    record(connection, &[facts::change_requested(&change)]).await?;
    Ok(Ok(Opened::Fresh(change)))
}

/// Whether the certificate's status allows the change, and its holder's file does; the inner error is a refusal.
async fn may_change(
    connection: &mut Connection,
    certificate: &Certificate,
    wanted: &Wanted,
) -> Result<Result<(), DeskError>, DeskError> {
    let at = wanted.refused.at;
    if let Err(refusal) = certificate.may_change(wanted.act, at) {
        return Ok(Err(refusal.into()));
    }
    if wanted.identity.holders_word.is_some() {
        return Ok(Ok(()));
    }
    let proof = wanted.identity.proof.as_ref();
    let profile = wanted.profiles.get(&certificate.profile);
    let is_inside = profile.is_none_or(|profile| profile.law_scope().is_inside());
    if proof.is_none() && !is_inside {
        return Ok(Ok(()));
    }
    let id = certificate.application;
    let case = store::load(connection, &[id]).await?.remove(&id);
    let case = case.ok_or(ApplicationError::Unknown(id))?;
    Ok(change_fits(case.form(), wanted.act, proof, at).map_err(DeskError::from))
}

impl Wanted {
    fn change(self, certificate: &Certificate) -> Result<StatusChange, DeskError> {
        Ok(StatusChange {
            request: new_request_id(self.refused.at)?,
            application: certificate.application,
            serial: certificate.leading_serial().to_owned(),
            act: self.act,
            identity: self.identity,
            reason: self.reason,
            salt: random_salt()?,
            by: self.refused.by,
            at: self.refused.at,
        })
    }
}
