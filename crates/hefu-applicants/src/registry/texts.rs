//! Texts published and superseded; acknowledged and signed.

use hefu_officers::{Officer, OfficerId, Permission};
use jiff::Timestamp;

use super::evidence::unrestricted;
use super::filing::row;
use super::{By, Refused, Registry, RegistryError, random, record};
use crate::agreement::{Act, Agreement, Shown};
use crate::facts;
use crate::id::{AgreementId, ApplicantId};
use crate::keyed::Of;
use crate::store;
use crate::text::{Text, TextError, TextInput, TextKind};

impl Registry {
    /// Publishes a version; the one before is superseded by it and stays to be read. It is an administrator's act, as
    /// every publication of the provider's rules is.
    ///
    /// # Errors
    /// [`RegistryError::NotPermitted`], recorded; [`RegistryError::Text`]: it lacks an item, or its version was used.
    pub async fn publish(&self, input: TextInput, by: &Officer, now: Timestamp) -> Result<Text, RegistryError> {
        let permitted = by.permit(Permission::ManagePolicies);
        let by = by.id();
        let what = || Refused::new("publish-text", format!("text:{}", input.kind.as_str()), by, now);
        if let Err(error) = permitted {
            return Err(self.refuse(what(), error.into()).await);
        }
        let text = match Text::check(input.clone()) {
            Ok(text) => text,
            Err(error) => return Err(self.refuse(what(), error.into()).await),
        };
        self.act(what(), move |connection| {
            Box::pin(async move {
                if store::text(connection, text.kind(), text.version()).await?.is_some() {
                    return Err(TextError::Taken.into());
                }
                let former = store::in_force(connection, text.kind()).await?;
                store::supersede(connection, text.kind(), now).await?;
                store::insert_text(connection, &text, By::new(by, now)).await?;
                let entry = facts::published(&text, former.as_ref().map(Text::version), By::new(by, now));
                record(connection, entry).await?;
                Ok(text)
            })
        })
        .await
    }

    /// The version in force.
    ///
    /// # Errors
    /// [`TextError::Unknown`] before the first is published.
    pub async fn text_in_force(&self, kind: TextKind) -> Result<Text, RegistryError> {
        let found = store::in_force(&mut *self.room.database.read().await?, kind).await?;
        Ok(found.ok_or(TextError::Unknown)?)
    }

    /// Any version that was ever published.
    ///
    /// # Errors
    /// [`TextError::Unknown`].
    pub async fn text(&self, kind: TextKind, version: &str) -> Result<Text, RegistryError> {
        let found = store::text(&mut *self.room.database.read().await?, kind, version).await?;
        Ok(found.ok_or(TextError::Unknown)?)
    }

    /// Every version with the moment it was published, the newest first.
    ///
    /// # Errors
    /// A fault.
    pub async fn text_versions(&self, kind: TextKind) -> Result<Vec<(String, Timestamp)>, RegistryError> {
        Ok(store::versions(&mut *self.room.database.read().await?, kind).await?)
    }

    /// The applicant acknowledges the notice in force.
    ///
    /// # Errors
    /// [`RegistryError::Text`] when another version is in force or something else was shown.
    pub async fn acknowledge(
        &self,
        applicant: ApplicantId,
        (version, shown): (&str, Shown),
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Agreement, RegistryError> {
        self.agree(applicant, (TextKind::Notice, version), (shown, None), by, now)
            .await
    }

    /// The applicant, or who acts for them, signs the contract in force.
    ///
    /// # Errors
    /// As [`Registry::acknowledge`].
    pub async fn sign(
        &self,
        applicant: ApplicantId,
        (version, shown, signed_by): (&str, Shown, &str),
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Agreement, RegistryError> {
        let signed_by = Some(signed_by.to_owned());
        self.agree(applicant, (TextKind::Contract, version), (shown, signed_by), by, now)
            .await
    }

    async fn agree(
        &self,
        applicant: ApplicantId,
        (kind, version): (TextKind, &str),
        (shown, signed_by): (Shown, Option<String>),
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Agreement, RegistryError> {
        let act = Act {
            id: AgreementId::new(random()?),
            applicant,
            by,
            at: now,
        };
        let sealed = match &signed_by {
            Some(name) => Some(self.seal(&context(act.id), name.trim().as_bytes())?),
            None => None,
        };
        let what = Refused::new("agree-to-text", applicant.subject(), by, now);
        let (registry, version) = (self.clone(), version.to_owned());
        self.act(what, move |connection| {
            Box::pin(async move {
                unrestricted(&row(connection, applicant).await?)?;
                let text = store::text(connection, kind, &version)
                    .await?
                    .ok_or(TextError::Unknown)?;
                let in_force = store::in_force(connection, kind).await?;
                if in_force.is_none_or(|in_force| in_force.version() != version) {
                    return Err(TextError::Superseded.into());
                }
                let agreement = match &signed_by {
                    Some(signed_by) => Agreement::sign(act, &text, shown, signed_by)?,
                    None => Agreement::acknowledge(act, &text, shown)?,
                };
                store::insert_agreement(connection, &agreement, sealed.as_deref()).await?;
                let signatory = agreement.signed_by.as_deref();
                let signatory = signatory.map(|name| registry.room.key.digest(Of::Words, name));
                record(connection, facts::agreed(&agreement, signatory, By::new(by, now))).await?;
                Ok(agreement)
            })
        })
        .await
    }

    /// An agreement with its signatory in clear, for its copies. Personal.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault.
    pub async fn agreement(&self, id: AgreementId) -> Result<Agreement, RegistryError> {
        let found = store::agreement(&mut *self.room.database.read().await?, id).await?;
        let (mut agreement, sealed) = found.ok_or(RegistryError::Unknown("agreement"))?;
        if let Some(sealed) = sealed {
            let name = self.unseal(&context(id), &sealed)?;
            let name = std::str::from_utf8(&name).map_err(|_| RegistryError::Unsealed)?;
            agreement.signed_by = Some(name.to_owned());
        }
        Ok(agreement)
    }
}

/// The context under which the name of a signatory is sealed: no name can be moved to another agreement.
fn context(id: AgreementId) -> String {
    format!("hefu-applicants/{}/signatory", id.subject())
}
