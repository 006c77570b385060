//! Checks of identity, decided and written down.

use gm_suite::sm3;
use hefu_officers::OfficerId;
use jiff::Timestamp;

use super::evidence::unrestricted;
use super::filing::row;
use super::{By, Refused, Registry, RegistryError, random, record};
use crate::check::{Dossier, For, IdentityCheck, IdentityProof};
use crate::facts;
use crate::id::{ApplicantId, CheckId};
use crate::store;

impl Registry {
    /// An officer says that identity is shown; the policy says whether what is at hand is enough.
    ///
    /// # Errors
    /// [`RegistryError::Check`] with what is missing; [`RegistryError::Evidence`] while handling is restricted.
    pub async fn check_identity(
        &self,
        applicant: ApplicantId,
        for_what: For,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<IdentityCheck, RegistryError> {
        let what = Refused::new("check-identity", applicant.subject(), by, now);
        let (registry, id) = (self.clone(), CheckId::new(random()?));
        self.act(what, move |connection| {
            Box::pin(async move {
                let file = row(connection, applicant).await?;
                unrestricted(&file)?;
                let evidence = store::evidence_of(connection, applicant).await?;
                let dossier = Dossier {
                    id: applicant,
                    applicant: &registry.unsealed(&file)?,
                    evidence: &evidence,
                };
                let check = IdentityCheck::decide(&registry.room.policy, dossier, &for_what, by, now, id)?;
                store::insert_check(connection, applicant, &check).await?;
                record(connection, facts::checked(&check, By::new(by, now))).await?;
                Ok(check)
            })
        })
        .await
    }

    /// What registration is given of a check that was made, read back out of its document.
    ///
    /// # Errors
    /// As [`Registry::check_document`].
    pub async fn check(&self, id: CheckId) -> Result<IdentityProof, RegistryError> {
        let document = self.check_document(id).await?;
        IdentityProof::read(&document).ok_or(RegistryError::Unsealed)
    }

    /// The document of a check, compared with its digest before it is given out.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`]; [`RegistryError::Unsealed`] when the row was changed.
    pub async fn check_document(&self, id: CheckId) -> Result<String, RegistryError> {
        let found = store::check(&mut *self.room.database.read().await?, id).await?;
        let (document, digest) = found.ok_or(RegistryError::Unknown("check"))?;
        if hex::encode(sm3(document.as_bytes())) == digest {
            Ok(document)
        } else {
            Err(RegistryError::Unsealed)
        }
    }
}
