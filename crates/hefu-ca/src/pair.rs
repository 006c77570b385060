//! 双证书 pair: the signature and the encryption certificate of one subscriber are one act, both or neither.
//!
//! The types say so: an [`Intent`] holds both to-be-signed parts or is single, it is stored as one row, signed as
//! a whole, and becomes one record and one outcome.

use std::sync::Arc;

use hefu_certificate::facts::{Base64, CERTIFICATE_ISSUED, CertificateIssued, IssuedPart};
use hefu_certificate::{
    Draft, IssuedCertificate, Linted, Profile, SerialNumber, SigningError, Usage, Validity, certificate_facts,
};
use hefu_records::NewEntry;
use jiff::Timestamp;
use registration_protocol::{Issued, Outcome, RequestId};

use crate::authority::{Authorities, Authority};
use crate::issuance::IssuanceRefusal;
use crate::mint::MintError;
use crate::store::{CertificateRow, IntentRow, RequestRow};

/// One or two of something: alone, or both of a pair.
#[derive(Clone, Debug)]
pub(crate) enum Halves<T> {
    /// The only certificate.
    Single(T),
    /// Both of a pair, with the encryption key that only the subscriber opens.
    Pair {
        /// For signatures.
        sign: T,
        /// For encryption.
        encrypt: T,
        /// `SM2EnvelopedKey`, DER.
        enveloped_key: Vec<u8>,
    },
}

/// What a certificate or a pair was asked for with; the same from acceptance to record.
#[derive(Clone)]
pub(crate) struct Warrant {
    pub(crate) request: RequestId,
    pub(crate) approval: [u8; 32],
    pub(crate) ra: Arc<str>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) profile: Arc<Profile>,
    pub(crate) validity: Validity,
    /// The certificate that is renewed by it.
    pub(crate) replaces: Option<SerialNumber>,
}

/// What is about to be signed. It is stored before the key is used.
pub(crate) struct Intent {
    pub(crate) warrant: Warrant,
    pub(crate) halves: Halves<Linted>,
}

/// What was signed. It is stored before anything of it leaves.
pub(crate) struct Minted {
    pub(crate) warrant: Warrant,
    halves: Halves<IssuedCertificate>,
}

impl Intent {
    /// As the store keeps it.
    pub(crate) fn row(&self) -> IntentRow {
        let request = self.warrant.request;
        match &self.halves {
            Halves::Single(only) => IntentRow {
                request,
                first: only.tbs().to_vec(),
                second: None,
                enveloped_key: None,
            },
            Halves::Pair {
                sign,
                encrypt,
                enveloped_key,
            } => IntentRow {
                request,
                first: sign.tbs().to_vec(),
                second: Some(encrypt.tbs().to_vec()),
                enveloped_key: Some(enveloped_key.clone()),
            },
        }
    }

    /// Takes up what was stored before a restart. The octets pass the lints once more, under today's settings.
    pub(crate) fn restore(warrant: Warrant, row: IntentRow) -> Result<Self, IssuanceRefusal> {
        let (profile, issuer) = (&warrant.profile, &warrant.authority.issuer);
        let restore = |tbs, usage| Draft::restore(tbs, profile, issuer, usage).pass();
        let halves = match (row.second, row.enveloped_key) {
            (Some(second), Some(enveloped_key)) => Halves::Pair {
                sign: restore(row.first, Usage::Sign)?,
                encrypt: restore(second, Usage::Encrypt)?,
                enveloped_key,
            },
            _ => Halves::Single(restore(row.first, Usage::Single)?),
        };
        Ok(Self { warrant, halves })
    }

    /// Signs both, or nothing comes of it.
    pub(crate) fn sign(self) -> Result<Minted, SigningError> {
        let signer = &*self.warrant.authority.signer;
        let halves = match self.halves {
            Halves::Single(only) => Halves::Single(only.sign(signer)?),
            Halves::Pair {
                sign,
                encrypt,
                enveloped_key,
            } => Halves::Pair {
                sign: sign.sign(signer)?,
                encrypt: encrypt.sign(signer)?,
                enveloped_key,
            },
        };
        Ok(Minted {
            warrant: self.warrant,
            halves,
        })
    }
}

impl Warrant {
    /// From the request's row; nothing when the settings no longer have its authority or profile.
    pub(crate) fn of_row(row: &RequestRow, authorities: &Authorities) -> Result<Self, IssuanceRefusal> {
        let gone = IssuanceRefusal::SettingsChanged;
        let name = row.authority.as_deref().ok_or(gone("authority"))?;
        let authority = authorities.named(name).ok_or(gone("authority"))?;
        let name = row.profile.as_deref().ok_or(gone("profile"))?;
        let profile = authority.profile(name).ok_or(gone("profile"))?;
        let (Some(not_before), Some(not_after)) = (row.not_before, row.not_after) else {
            return Err(gone("validity"));
        };
        Ok(Self {
            request: row.id,
            approval: row.approval,
            ra: row.ra.as_str().into(),
            authority: Arc::clone(authority),
            profile: Arc::clone(profile),
            validity: Validity::new(not_before, not_after)?,
            replaces: row.replaces,
        })
    }
}

impl Minted {
    /// As the store keeps them.
    pub(crate) fn rows(&self) -> Vec<CertificateRow> {
        match &self.halves {
            Halves::Single(only) => vec![self.row(only, Usage::Single, None, None)],
            Halves::Pair {
                sign,
                encrypt,
                enveloped_key,
            } => vec![
                self.row(sign, Usage::Sign, Some(encrypt), None),
                self.row(encrypt, Usage::Encrypt, Some(sign), Some(enveloped_key)),
            ],
        }
    }

    fn row(
        &self,
        certificate: &IssuedCertificate,
        usage: Usage,
        pair: Option<&IssuedCertificate>,
        enveloped_key: Option<&Vec<u8>>,
    ) -> CertificateRow {
        CertificateRow {
            serial: certificate.serial(),
            request: self.warrant.request,
            authority: self.warrant.authority.name.clone(),
            usage,
            pair: pair.map(IssuedCertificate::serial),
            not_after: self.warrant.validity.not_after(),
            der: certificate.der().to_vec(),
            enveloped_key: enveloped_key.cloned(),
        }
    }

    /// The one record of it.
    pub(crate) fn entry(&self, at: Timestamp) -> Result<NewEntry, MintError> {
        let part = |certificate: &IssuedCertificate, usage| IssuedPart {
            usage,
            serial: certificate.serial(),
            der: Base64(certificate.der().to_vec()),
        };
        let (first, parts) = match &self.halves {
            Halves::Single(only) => (only, vec![part(only, Usage::Single)]),
            Halves::Pair { sign, encrypt, .. } => (sign, vec![part(sign, Usage::Sign), part(encrypt, Usage::Encrypt)]),
        };
        let said = certificate_facts(first.der()).map_err(|error| MintError::Encoding(error.to_string()))?;
        let warrant = &self.warrant;
        let fact = CertificateIssued {
            authority: warrant.authority.name.clone(),
            profile: warrant.profile.name().to_owned(),
            law_scope: warrant.profile.law_scope(),
            subject: said.subject,
            parts,
            not_before: warrant.validity.not_before(),
            not_after: warrant.validity.not_after(),
            registration_authority: warrant.ra.to_string(),
            request_id: hex::encode(warrant.request),
            approval: hex::encode(warrant.approval),
            replaces: warrant.replaces.map(|serial| serial.to_string()),
        };
        Ok(NewEntry {
            at,
            kind: CERTIFICATE_ISSUED.to_owned(),
            subject: first.serial().to_string(),
            actor: fact.registration_authority.clone(),
            body: serde_json::to_value(fact)?,
        })
    }

    /// What the RA is answered.
    pub(crate) fn into_outcome(self) -> Outcome {
        let issuer = self.warrant.authority.issuer.certificate().unwrap_or_default().to_vec();
        Outcome::Issued(match self.halves {
            Halves::Single(only) => Issued {
                signing: only.into_der(),
                encryption: None,
                enveloped_key: None,
                issuer,
            },
            Halves::Pair {
                sign,
                encrypt,
                enveloped_key,
            } => Issued {
                signing: sign.into_der(),
                encryption: Some(encrypt.into_der()),
                enveloped_key: Some(enveloped_key),
                issuer,
            },
        })
    }
}
