//! An authority that is answered for: its certificate, and the delegate that signs its answers.

use std::path::PathBuf;
use std::sync::Arc;

use gm_suite::{DigestAlgorithm, PublicKey, Signer};
use hefu_certificate::{Issuer, IssuerError, Publication};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use pkix_status::{
    AnswerBody, AnswerError, CertId, CertIdBuf, CertStatus, Expected, IssuerHashes, OcspError, OcspRequest,
    OcspResponse, RequestError, ResponseKey, SingleAnswer, write_request,
};

use crate::index::{Index, Roll};

/// What the operator says of an authority.
#[derive(Clone)]
pub struct AuthoritySettings {
    /// Its name, as in the authority's own settings; stands in addresses such as `/crl/NAME.crl`.
    pub name: String,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
    /// The root above it, DER, offered for download.
    pub root: Option<Vec<u8>>,
    /// The key that signs its answers.
    pub signer: Arc<dyn Signer>,
    /// The delegate's certificate, DER; none when the authority signs its answers itself.
    pub signer_certificate: Option<Vec<u8>>,
    /// Where its revocation list is found; none when it is put on the shelf by other means, or nowhere.
    pub crl: Option<PathBuf>,
}

impl std::fmt::Debug for AuthoritySettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AuthoritySettings")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An authority that cannot be answered for as the settings want it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AuthorityError {
    /// The certificate is none of an authority.
    #[error("authority {name}: {why}")]
    Certificate {
        /// The authority.
        name: String,
        /// Why not.
        why: IssuerError,
    },
    /// The delegate's key or certificate cannot be used at all.
    #[error("authority {name}: the signer of its answers cannot be used: {why}")]
    Signer {
        /// The authority.
        name: String,
        /// Why not.
        why: AnswerError,
    },
    /// Relying parties would refuse what the delegate signs.
    #[error("authority {name}: relying parties would refuse its answers: {why}")]
    Delegation {
        /// The authority.
        name: String,
        /// Why.
        why: OcspError,
    },
    /// A name twice.
    #[error("two authorities are called {name}")]
    Twice {
        /// The name.
        name: String,
    },
    /// Two authorities with one key.
    #[error("authorities {first} and {second} have the same name and key")]
    SameKey {
        /// One.
        first: String,
        /// The other.
        second: String,
    },
}

impl Explain for AuthorityError {
    fn code(&self) -> &'static str {
        match self {
            Self::Certificate { why, .. } => why.code(),
            Self::Signer { .. } => "ocsp-signer-unusable",
            Self::Delegation { .. } => "ocsp-signer-not-delegated",
            Self::Twice { .. } => "authority-twice",
            Self::SameKey { .. } => "authority-same-key",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Certificate { why, .. } => why.kind(),
            Self::Signer { .. } => Kind::Fault,
            Self::Delegation { .. } | Self::Twice { .. } | Self::SameKey { .. } => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Certificate { why, .. } => why.citation(),
            Self::Delegation { .. } => Some(Citation::new("RFC 6960", "4.2.2.2")),
            Self::Signer { .. } | Self::Twice { .. } | Self::SameKey { .. } => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Certificate { name, why }) => {
                format!("认证机构 {name}：{}", why.message(language))
            }
            (Language::Chinese, Self::Signer { name, why }) => {
                format!("认证机构 {name}：OCSP 应答签名者不可用：{why}")
            }
            (Language::Chinese, Self::Delegation { name, why }) => {
                format!("认证机构 {name}：依赖方将拒绝其 OCSP 应答：{why}")
            }
            (Language::Chinese, Self::Twice { name }) => format!("有两个认证机构都叫 {name}"),
            (Language::Chinese, Self::SameKey { first, second }) => {
                format!("认证机构 {first} 与 {second} 的名称和密钥相同")
            }
        }
    }
}

/// An authority that is answered for.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) name: String,
    pub(crate) certificate: Vec<u8>,
    pub(crate) root: Option<Vec<u8>>,
    pub(crate) issuer: Issuer,
    pub(crate) crl: Option<PathBuf>,
    pub(crate) key: ResponseKey,
    pub(crate) roll: Arc<Roll>,
    hashes: [IssuerHashes; DigestAlgorithm::ALL.len()],
}

impl Authority {
    /// Takes an authority in, and lets its delegate sign an answer that is then read as a relying party would: a
    /// wrong key, purpose or date is found now and not by the public.
    pub(crate) fn open(settings: AuthoritySettings, index: &Index, now: Timestamp) -> Result<Self, AuthorityError> {
        let AuthoritySettings {
            name,
            certificate,
            root,
            signer,
            signer_certificate,
            crl,
        } = settings;
        let issuer = match Issuer::from_certificate(&certificate, Publication::nowhere()) {
            Ok(issuer) => issuer,
            Err(why) => return Err(AuthorityError::Certificate { name, why }),
        };
        let accompanying: Vec<_> = signer_certificate.into_iter().collect();
        let key = match ResponseKey::new(signer, &accompanying) {
            Ok(key) => key,
            Err(why) => return Err(AuthorityError::Signer { name, why }),
        };
        let hashes = DigestAlgorithm::ALL.map(|digest| IssuerHashes::of(digest, issuer.name(), issuer.public_key()));
        let roll = index.roll(issuer.key_identifier());
        let authority = Self {
            name,
            certificate,
            root,
            issuer,
            crl,
            key,
            roll,
            hashes,
        };
        authority.rehearse(now)?;
        Ok(authority)
    }

    /// Whether a `CertID` is about a certificate of this authority, in whatever digest.
    pub(crate) fn issued(&self, id: &CertId<'_>) -> bool {
        self.hashes.iter().any(|hashes| hashes.matches(id))
    }

    pub(crate) fn public_key(&self) -> &PublicKey {
        self.issuer.public_key()
    }

    fn rehearse(&self, now: Timestamp) -> Result<(), AuthorityError> {
        /// A serial number that nobody has: it is not one of ours.
        const NOBODY: [u8; 1] = [1];
        let refused = |why| AuthorityError::Delegation {
            name: self.name.clone(),
            why,
        };
        let hashes = IssuerHashes::of(DigestAlgorithm::Sm3, self.issuer.name(), self.public_key());
        let question = write_request(&[CertIdBuf::new(&hashes, &NOBODY)], None);
        let answer = match OcspRequest::from_der(&question) {
            Ok(request) => self.rehearsal(&request, now),
            Err(RequestError::Malformed(why)) => return Err(refused(why.into())),
            Err(_) => return Err(refused(OcspError::NotAnswered)),
        };
        let answer = answer.map_err(|why| AuthorityError::Signer {
            name: self.name.clone(),
            why,
        })?;
        let expected = Expected {
            issuer_name: self.issuer.name(),
            issuer_key: self.public_key(),
            at: now,
            nonce: None,
            skew: Expected::SKEW,
        };
        let read = OcspResponse::from_der(&answer).and_then(OcspResponse::answered);
        let verified = read.and_then(|basic| basic.verify(&expected));
        verified
            .and_then(|verified| verified.answer(&NOBODY).map(drop))
            .map_err(refused)
    }

    fn rehearsal(&self, request: &OcspRequest<'_>, now: Timestamp) -> Result<Vec<u8>, AnswerError> {
        let answers: Vec<_> = request
            .cert_ids()
            .iter()
            .map(|&cert_id| SingleAnswer {
                cert_id,
                status: CertStatus::Unknown,
                this_update: now,
                next_update: None,
            })
            .collect();
        self.key.answer(&AnswerBody {
            produced_at: now,
            answers: &answers,
            nonce: None,
        })
    }
}
