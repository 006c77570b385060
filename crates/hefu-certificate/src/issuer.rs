//! Who issues: an authority's name and key as its own certificate has them, and the addresses where it publishes.

use const_oid::ObjectIdentifier;
use der::Encode;
use gm_suite::{PublicKey, SignatureAlgorithm};
use gm_syntax::Malformed;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

use crate::key_usage::KeyUsage;
use crate::serial::SerialNumber;
use crate::subject::Subject;
use crate::validity::Validity;
use crate::value_check::is_absolute_uri;
use crate::view::{Signed, Tbs};

/// Addresses of one kind in a certificate.
const ADDRESSES_MAX: usize = 8;
/// Characters of one address.
const ADDRESS_LENGTH_MAX: usize = 512;

/// Where an authority publishes, and below which arc its policies are: settings of the operator.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Publication {
    crl: Vec<String>,
    ocsp: Vec<String>,
    ca_issuers: Vec<String>,
    cps: Option<String>,
    policy_arc: Option<ObjectIdentifier>,
}

/// An address or arc in the settings that cannot stand in a certificate.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PublicationError {
    /// Not an absolute http, https or ldap address in ASCII.
    #[error("{kind} address {address:?} is not an absolute http, https or ldap address")]
    Address {
        /// "crl", "ocsp", "ca-issuers" or "cps".
        kind: &'static str,
        /// The address.
        address: String,
    },
    /// Too many addresses of one kind.
    #[error("more than {ADDRESSES_MAX} {kind} addresses")]
    Many {
        /// As above.
        kind: &'static str,
    },
    /// Not a dotted object identifier, or an arc that belongs to somebody else.
    #[error("policy arc {arc:?} is not an object identifier of the operator's own")]
    Arc {
        /// The arc.
        arc: String,
    },
}

impl Publication {
    /// Nothing is published.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::default()
    }

    /// Adds an address of the CRL.
    ///
    /// # Errors
    /// [`PublicationError`].
    pub fn with_crl(mut self, address: &str) -> Result<Self, PublicationError> {
        add("crl", &mut self.crl, address)?;
        Ok(self)
    }

    /// Adds an address of the OCSP responder.
    ///
    /// # Errors
    /// [`PublicationError`].
    pub fn with_ocsp(mut self, address: &str) -> Result<Self, PublicationError> {
        add("ocsp", &mut self.ocsp, address)?;
        Ok(self)
    }

    /// Adds an address of the authority's certificate (DER).
    ///
    /// # Errors
    /// [`PublicationError`].
    pub fn with_ca_issuers(mut self, address: &str) -> Result<Self, PublicationError> {
        add("ca-issuers", &mut self.ca_issuers, address)?;
        Ok(self)
    }

    /// Sets the address of the certification practice statement.
    ///
    /// # Errors
    /// [`PublicationError`].
    pub fn with_cps(mut self, address: &str) -> Result<Self, PublicationError> {
        check_address("cps", address)?;
        self.cps = Some(address.to_owned());
        Ok(self)
    }

    /// Sets the arc below which the operator's certificate policies are.
    ///
    /// # Errors
    /// [`PublicationError::Arc`]; also for arcs under 1.2.156.10197 and 1.2.156.10260, which belong to the
    /// standards and not to any operator.
    pub fn with_policy_arc(mut self, arc: &str) -> Result<Self, PublicationError> {
        let wrong = || PublicationError::Arc {
            arc: arc.chars().take(128).collect(),
        };
        if crate::oid::is_of_the_standards(arc) {
            return Err(wrong());
        }
        self.policy_arc = Some(ObjectIdentifier::new(arc).map_err(|_| wrong())?);
        Ok(self)
    }

    /// Addresses of the CRL.
    #[must_use]
    pub fn crl(&self) -> &[String] {
        &self.crl
    }

    /// Addresses of the OCSP responder.
    #[must_use]
    pub fn ocsp(&self) -> &[String] {
        &self.ocsp
    }

    /// Addresses of the authority's certificate.
    #[must_use]
    pub fn ca_issuers(&self) -> &[String] {
        &self.ca_issuers
    }

    /// Address of the certification practice statement.
    #[must_use]
    pub fn cps(&self) -> Option<&str> {
        self.cps.as_deref()
    }

    /// The operator's policy arc.
    #[must_use]
    pub const fn policy_arc(&self) -> Option<ObjectIdentifier> {
        self.policy_arc
    }
}

fn add(kind: &'static str, addresses: &mut Vec<String>, address: &str) -> Result<(), PublicationError> {
    check_address(kind, address)?;
    if addresses.len() >= ADDRESSES_MAX {
        return Err(PublicationError::Many { kind });
    }
    addresses.push(address.to_owned());
    Ok(())
}

fn check_address(kind: &'static str, address: &str) -> Result<(), PublicationError> {
    let scheme = ["http://", "https://", "ldap://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    if scheme && is_absolute_uri(address) && address.len() <= ADDRESS_LENGTH_MAX {
        return Ok(());
    }
    Err(PublicationError::Address {
        kind,
        address: address.chars().take(ADDRESS_LENGTH_MAX).collect(),
    })
}

/// An authority that issues, or one that is about to sign its own certificate.
#[derive(Clone, Debug)]
pub struct Issuer {
    name: Vec<u8>,
    public_key: PublicKey,
    key_identifier: Vec<u8>,
    algorithm: SignatureAlgorithm,
    algorithm_der: Vec<u8>,
    own: Option<OwnCertificate>,
    publication: Publication,
}

#[derive(Clone, Debug)]
struct OwnCertificate {
    der: Vec<u8>,
    validity: Validity,
    path_length: Option<u64>,
}

/// Why a certificate is none of an authority that Hefu can issue under.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssuerError {
    /// Not a certificate.
    #[error("the authority's certificate: {0}")]
    Malformed(#[from] Malformed),
    /// Its key is of no kind that is supported, or weak.
    #[error("the authority's key cannot be used: {0}")]
    Key(String),
    /// It may not sign certificates: no cA, or no keyCertSign.
    #[error("the certificate is not one of an authority that signs certificates")]
    NotAnAuthority,
    /// It has no subject key identifier, or an empty name or a validity that cannot be read.
    #[error("the authority's certificate has no usable {0}")]
    Lacks(&'static str),
    /// The key cannot make signatures of the algorithm asked for.
    #[error("a key of kind {key} cannot sign with {algorithm}")]
    Algorithm {
        /// Kind of key.
        key: String,
        /// Algorithm asked for.
        algorithm: SignatureAlgorithm,
    },
}

impl Issuer {
    /// An authority by its certificate (DER). Its serial number may be of any form: it need not be ours.
    ///
    /// Signatures and dates of the certificate are not checked here.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub fn from_certificate(der: &[u8], publication: Publication) -> Result<Self, IssuerError> {
        let signed = Signed::parse(der)?;
        let tbs = Tbs::parse(signed.tbs)?;
        let public_key = PublicKey::from_spki(tbs.spki.whole).map_err(|error| IssuerError::Key(error.to_string()))?;
        let facts = tbs.constraints()?;
        if !facts.basic.is_some_and(|basic| basic.ca) || !facts.key_usage.is_none_or(certifies) {
            return Err(IssuerError::NotAnAuthority);
        }
        let key_identifier = tbs
            .subject_key_identifier()?
            .ok_or(IssuerError::Lacks("subject key identifier"))?;
        let validity = match (tbs.not_before(), tbs.not_after()) {
            (Some(start), Some(end)) => Validity::new(start, end).map_err(|_| IssuerError::Lacks("validity"))?,
            _ => return Err(IssuerError::Lacks("validity")),
        };
        if tbs.subject.content.is_empty() {
            return Err(IssuerError::Lacks("name"));
        }
        let own = OwnCertificate {
            der: der.to_vec(),
            validity,
            path_length: facts.basic.and_then(|basic| basic.path_length),
        };
        Self::assemble(
            tbs.subject.whole.to_vec(),
            public_key,
            key_identifier.to_vec(),
            Some(own),
            publication,
        )
    }

    /// An authority that is about to sign its own certificate, in a key ceremony.
    ///
    /// # Errors
    /// [`IssuerError::Lacks`] when the subject has no name.
    pub fn self_signed(
        subject: &Subject,
        public_key: &PublicKey,
        publication: Publication,
    ) -> Result<Self, IssuerError> {
        let key_identifier = public_key.key_identifier().to_vec();
        Self::assemble(
            subject.name().to_vec(),
            public_key.clone(),
            key_identifier,
            None,
            publication,
        )
    }

    fn assemble(
        name: Vec<u8>,
        public_key: PublicKey,
        key_identifier: Vec<u8>,
        own: Option<OwnCertificate>,
        publication: Publication,
    ) -> Result<Self, IssuerError> {
        let algorithm = public_key.algorithm().signature_algorithm();
        let algorithm_der = identifier(algorithm)?;
        Ok(Self {
            name,
            public_key,
            key_identifier,
            algorithm,
            algorithm_der,
            own,
            publication,
        })
    }

    /// The same authority, signing with another algorithm that its key can make: RSA with a longer digest.
    ///
    /// # Errors
    /// [`IssuerError::Algorithm`].
    pub fn signing_with(mut self, algorithm: SignatureAlgorithm) -> Result<Self, IssuerError> {
        let key = self.public_key.algorithm();
        if !key.serves(algorithm) {
            return Err(IssuerError::Algorithm {
                key: key.to_string(),
                algorithm,
            });
        }
        self.algorithm_der = identifier(algorithm)?;
        self.algorithm = algorithm;
        Ok(self)
    }

    /// Its distinguished name, DER, as it stands in its certificate.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Its name for people.
    #[must_use]
    pub fn display(&self) -> String {
        crate::name::display(&self.name).unwrap_or_default()
    }

    /// Its public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Its subject key identifier.
    #[must_use]
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// What it signs with.
    #[must_use]
    pub const fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Its certificate (DER); `None` before it has one.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.own.as_ref().map(|own| own.der.as_slice())
    }

    /// Validity of its certificate; `None` before it has one.
    #[must_use]
    pub fn validity(&self) -> Option<Validity> {
        self.own.as_ref().map(|own| own.validity)
    }

    /// How many authorities may stand below it; `None` for no limit.
    #[must_use]
    pub fn path_length(&self) -> Option<u64> {
        self.own.as_ref().and_then(|own| own.path_length)
    }

    /// Where it publishes.
    #[must_use]
    pub const fn publication(&self) -> &Publication {
        &self.publication
    }

    /// Whether it is about to sign its own certificate.
    #[must_use]
    pub const fn is_self_signed(&self) -> bool {
        self.own.is_none()
    }

    pub(crate) fn algorithm_der(&self) -> &[u8] {
        &self.algorithm_der
    }

    /// Serial of its certificate, when that is one of ours.
    #[must_use]
    pub fn serial(&self) -> Option<SerialNumber> {
        let signed = Signed::parse(self.certificate()?).ok()?;
        SerialNumber::from_bytes(Tbs::parse(signed.tbs).ok()?.serial.content).ok()
    }
}

fn certifies(usage: KeyUsage) -> bool {
    usage.meets(KeyUsage::KEY_CERT_SIGN)
}

fn identifier(algorithm: SignatureAlgorithm) -> Result<Vec<u8>, IssuerError> {
    algorithm
        .identifier()
        .to_der()
        .map_err(|_| IssuerError::Lacks("signature algorithm"))
}

impl Explain for PublicationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "publication-address",
            Self::Many { .. } => "publication-many",
            Self::Arc { .. } => "publication-arc",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Address { kind, address }) => {
                format!("{kind} 地址 {address:?} 不是完整的 http、https 或 ldap 地址")
            }
            (Language::Chinese, Self::Many { kind }) => format!("{kind} 地址超过{ADDRESSES_MAX}个"),
            (Language::Chinese, Self::Arc { arc }) => format!("证书策略根 {arc:?} 不是运营者自有的对象标识符"),
        }
    }
}

impl Explain for IssuerError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "issuer-malformed",
            Self::Key(_) => "issuer-key",
            Self::NotAnAuthority => "issuer-not-an-authority",
            Self::Lacks(_) => "issuer-lacks",
            Self::Algorithm { .. } => "issuer-algorithm",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Malformed(_) => Kind::Malformed,
            Self::Key(_) | Self::NotAnAuthority | Self::Lacks(_) | Self::Algorithm { .. } => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::NotAnAuthority => Some(Citation::new("RFC 5280", "4.2.1.9")),
            Self::Lacks(_) => Some(Citation::new("RFC 5280", "4.2.1.2")),
            Self::Malformed(_) | Self::Key(_) | Self::Algorithm { .. } => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Malformed(malformed)) => format!("认证机构证书无法读取：{malformed}"),
            (Language::Chinese, Self::Key(problem)) => format!("认证机构密钥不可用：{problem}"),
            (Language::Chinese, Self::NotAnAuthority) => "该证书不是可签发证书的认证机构证书".to_owned(),
            (Language::Chinese, Self::Lacks(what)) => format!("认证机构证书缺少可用的 {what}"),
            (Language::Chinese, Self::Algorithm { key, algorithm }) => format!("{key} 密钥不能用 {algorithm} 签名"),
        }
    }
}
