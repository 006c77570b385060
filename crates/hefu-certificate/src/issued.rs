//! Certificates that were signed, and what can be read from them.

use gm_suite::{BadSignature, PublicKey, SignatureAlgorithm};
use gm_syntax::{Malformed, Problem};
use jiff::Timestamp;
use spki::AlgorithmIdentifierOwned;

use crate::key_usage::KeyUsage;
use crate::oid;
use crate::serial::SerialNumber;
use crate::view::{self, GeneralName, Signed, Tbs};

/// A certificate that an authority of Hefu signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IssuedCertificate {
    der: Vec<u8>,
    serial: SerialNumber,
}

/// What a certificate says, for pages and checks. Nothing here was verified.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateFacts {
    /// The issuer's name for people.
    pub issuer: String,
    /// The subject's name for people.
    pub subject: String,
    /// The subject's name, DER.
    pub subject_der: Vec<u8>,
    /// The issuer's name, DER.
    pub issuer_der: Vec<u8>,
    /// First second of validity.
    pub not_before: Timestamp,
    /// Last second of validity.
    pub not_after: Timestamp,
    /// Key usage, when the extension is there.
    pub key_usage: Option<KeyUsage>,
    /// Whether it is an authority's.
    pub is_authority: bool,
    /// Names of the subject alternative name extension for people: "dns:…", "email:…", "ip:…", "uri:…".
    pub alternatives: Vec<String>,
    /// Subject key identifier.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// Authority key identifier.
    pub authority_key_identifier: Option<Vec<u8>>,
}

impl IssuedCertificate {
    pub(crate) const fn assembled(der: Vec<u8>, serial: SerialNumber) -> Self {
        Self { der, serial }
    }

    /// Reads a certificate (DER) with a serial number of ours.
    ///
    /// # Errors
    /// [`Malformed`] names the field.
    pub fn parse(der: &[u8]) -> Result<Self, Malformed> {
        let signed = Signed::parse(der)?;
        let tbs = Tbs::parse(signed.tbs)?;
        let foreign = || {
            tbs.serial
                .malformed("serialNumber", Problem::Value("is not one of ours"))
        };
        let serial = SerialNumber::from_bytes(tbs.serial.content).map_err(|_| foreign())?;
        Ok(Self {
            der: der.to_vec(),
            serial,
        })
    }

    /// The certificate, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate, DER, without a copy.
    #[must_use]
    pub fn into_der(self) -> Vec<u8> {
        self.der
    }

    /// Its serial number.
    #[must_use]
    pub const fn serial(&self) -> SerialNumber {
        self.serial
    }

    /// The octets that were signed.
    ///
    /// # Errors
    /// [`Malformed`]; never for a certificate that was parsed or signed here.
    pub fn tbs(&self) -> Result<&[u8], Malformed> {
        Ok(Signed::parse(&self.der)?.tbs)
    }

    /// The subject's key.
    ///
    /// # Errors
    /// [`Malformed`] when the key is of no supported kind.
    pub fn public_key(&self) -> Result<PublicKey, Malformed> {
        let tbs = Tbs::parse(self.tbs()?)?;
        let wrong = |_| {
            tbs.spki
                .malformed("subjectPublicKeyInfo", Problem::Value("is no key of a supported kind"))
        };
        PublicKey::from_spki(tbs.spki.whole).map_err(wrong)
    }

    /// What it says.
    ///
    /// # Errors
    /// [`Malformed`] names the field.
    pub fn facts(&self) -> Result<CertificateFacts, Malformed> {
        facts(&self.der)
    }

    /// Checks the signature with the issuer's key. Names, dates and status are for path validation.
    ///
    /// # Errors
    /// [`BadSignature`], also when the two algorithm fields differ or are of no supported kind.
    pub fn verify(&self, issuer: &PublicKey) -> Result<(), BadSignature> {
        use der::Decode;
        let signed = Signed::parse(&self.der).map_err(|_| BadSignature)?;
        let tbs = Tbs::parse(signed.tbs).map_err(|_| BadSignature)?;
        if tbs.algorithm.whole != signed.algorithm {
            return Err(BadSignature);
        }
        let identifier = AlgorithmIdentifierOwned::from_der(signed.algorithm).map_err(|_| BadSignature)?;
        let algorithm = SignatureAlgorithm::from_identifier(&identifier).map_err(|_| BadSignature)?;
        issuer.verify(algorithm, signed.tbs, signed.signature)
    }
}

/// What any certificate (DER) says, whoever issued it.
///
/// # Errors
/// [`Malformed`] names the field.
pub fn facts(der: &[u8]) -> Result<CertificateFacts, Malformed> {
    let tbs = Tbs::parse(Signed::parse(der)?.tbs)?;
    let no_time =
        |element: &gm_syntax::der_fields::Element<'_>| element.malformed("validity", Problem::Value("is no time"));
    let constraints = tbs.constraints()?;
    let alternatives = match tbs.extension(oid::CE_SUBJECT_ALT_NAME) {
        None => Vec::new(),
        Some(extension) => view::general_names(extension.value)?.iter().map(alternative).collect(),
    };
    let authority = match tbs.extension(oid::CE_AUTHORITY_KEY_IDENTIFIER) {
        None => None,
        Some(extension) => view::authority_key_identifier(extension.value)?.map(<[u8]>::to_vec),
    };
    Ok(CertificateFacts {
        issuer: crate::name::display(tbs.issuer.whole)?,
        subject: crate::name::display(tbs.subject.whole)?,
        subject_der: tbs.subject.whole.to_vec(),
        issuer_der: tbs.issuer.whole.to_vec(),
        not_before: tbs.not_before().ok_or_else(|| no_time(&tbs.start))?,
        not_after: tbs.not_after().ok_or_else(|| no_time(&tbs.end))?,
        key_usage: constraints.key_usage,
        is_authority: constraints.basic.is_some_and(|basic| basic.ca),
        alternatives,
        subject_key_identifier: tbs.subject_key_identifier()?.map(<[u8]>::to_vec),
        authority_key_identifier: authority,
    })
}

fn alternative(name: &GeneralName<'_>) -> String {
    let text = || name.ascii().map_or_else(|| hex::encode(name.content), str::to_owned);
    match name.number {
        GeneralName::EMAIL => format!("email:{}", text()),
        GeneralName::DNS => format!("dns:{}", text()),
        GeneralName::URI => format!("uri:{}", text()),
        GeneralName::IP => format!("ip:{}", address(name.content)),
        number => format!("[{number}]:{}", hex::encode(name.content)),
    }
}

fn address(octets: &[u8]) -> String {
    let v4 = <[u8; 4]>::try_from(octets).map(|octets| std::net::IpAddr::from(octets).to_string());
    let v6 = || <[u8; 16]>::try_from(octets).map(|octets| std::net::IpAddr::from(octets).to_string());
    v4.or_else(|_| v6()).unwrap_or_else(|_| hex::encode(octets))
}
