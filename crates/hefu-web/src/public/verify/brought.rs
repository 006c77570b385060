//! What somebody brings: PEM, Base64 or DER, read strictly, with the place of the mistake.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cert_path::{Certificate, MalformedCertificate};
use hefu_status::BESIDE_MAX;

use crate::words::verification::VerificationWords;

/// Octets of the largest content: a chain of four certificates with post-quantum keys, as PEM, is smaller.
pub(super) const CONTENT_MAX: usize = 64 * 1024;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificate asked about, and what came with it.
#[derive(Debug)]
pub(super) struct Brought {
    pub(super) certificate: Certificate,
    pub(super) beside: Vec<Certificate>,
}

/// The field that a mistake is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    File,
    Text,
    Time,
}

/// What is wrong with what was brought.
#[derive(Debug)]
pub(super) enum Mistake {
    Nothing,
    Both,
    Form,
    TooLarge(Place),
    NotBase64(Place),
    NoCertificate(Place),
    Malformed(Place, MalformedCertificate),
    Time,
    Future,
}

impl Mistake {
    pub(super) const fn place(&self) -> Place {
        match self {
            Self::Nothing | Self::Form => Place::File,
            Self::Both => Place::Text,
            Self::TooLarge(place) | Self::NotBase64(place) | Self::NoCertificate(place) | Self::Malformed(place, _) => {
                *place
            }
            Self::Time | Self::Future => Place::Time,
        }
    }

    /// The mistake in words; octets are counted from one.
    pub(super) fn text(&self, words: &VerificationWords) -> String {
        let plain = match self {
            Self::Nothing => words.missing,
            Self::Both => words.both,
            Self::Form => words.unreadable_form,
            Self::TooLarge(_) => words.too_large,
            Self::NotBase64(_) => words.not_base64,
            Self::NoCertificate(_) => words.no_certificate,
            Self::Time => words.bad_time,
            Self::Future => words.future,
            Self::Malformed(_, why) => return malformed(why, words),
        };
        plain.to_owned()
    }
}

fn malformed(why: &MalformedCertificate, words: &VerificationWords) -> String {
    let what = match why {
        // Without the place, which is said once, below.
        MalformedCertificate::Syntax(syntax) => syntax.kind().to_string(),
        _ => why.to_string(),
    };
    let told = format!("{}{what}", words.not_certificate);
    let position = match why {
        MalformedCertificate::Syntax(syntax) => syntax.position(),
        MalformedCertificate::Extension { source, .. } => source.position(),
        _ => None,
    };
    position.map_or_else(
        || told.clone(),
        |at| {
            let octet = u64::from(u32::from(at)) + 1;
            format!("{told} {}{octet}{}", words.at_octet, words.at_octet_after)
        },
    )
}

/// Reads a file: PEM if it says so, else DER.
pub(super) fn read(content: &[u8]) -> Result<Brought, Mistake> {
    if content.len() > CONTENT_MAX {
        return Err(Mistake::TooLarge(Place::File));
    }
    match std::str::from_utf8(content) {
        Ok(text) if text.contains("-----BEGIN") => pem(text, Place::File),
        Ok(text) if text.trim_start().starts_with("MI") => one(text, Place::File),
        _ => gathered(&[content.to_vec()], Place::File),
    }
}

/// Reads a text: PEM, or the Base64 of one certificate.
pub(super) fn read_text(text: &str) -> Result<Brought, Mistake> {
    if text.len() > CONTENT_MAX {
        return Err(Mistake::TooLarge(Place::Text));
    }
    if text.contains("-----BEGIN") {
        pem(text, Place::Text)
    } else {
        one(text, Place::Text)
    }
}

fn one(text: &str, place: Place) -> Result<Brought, Mistake> {
    gathered(&[decoded(text, place)?], place)
}

fn pem(text: &str, place: Place) -> Result<Brought, Mistake> {
    let bodies = text.split(BEGIN).skip(1).filter_map(|rest| rest.split(END).next());
    let found: Result<Vec<Vec<u8>>, Mistake> = bodies.take(BESIDE_MAX + 1).map(|body| decoded(body, place)).collect();
    gathered(&found?, place)
}

fn decoded(text: &str, place: Place) -> Result<Vec<u8>, Mistake> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    STANDARD.decode(digits).map_err(|_| Mistake::NotBase64(place))
}

fn gathered(found: &[Vec<u8>], place: Place) -> Result<Brought, Mistake> {
    let mut found = found.iter().map(|der| Certificate::from_der(der));
    let first = found.next().ok_or(Mistake::NoCertificate(place))?;
    Ok(Brought {
        certificate: first.map_err(|why| Mistake::Malformed(place, why))?,
        beside: found.filter_map(Result::ok).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &[u8]) -> String {
        let words = VerificationWords::of(hefu_rulebook::Language::English);
        match read(content) {
            Ok(_) => "read".to_owned(),
            Err(mistake) => mistake.text(words),
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_place() {
        assert_eq!(check(&vec![0; CONTENT_MAX + 1]), "This is more than 64 KB.");
        assert_eq!(
            check(b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"),
            "Neither PEM nor Base64."
        );
        assert_eq!(
            check(b"-----BEGIN PUBLIC KEY-----"),
            "The PEM text has no certificate in it."
        );
        assert!(check(b"\x30\x84\xff\xff\xff\xff").starts_with("Not a certificate: "));
        assert!(check(b"hello").starts_with("Not a certificate: "));
        let cut = check(b"\x30\x0a\x30\x03\x02");
        assert!(cut.contains(" at octet "), "{cut}");
    }

    #[test]
    fn a_text_without_frame_is_base64() {
        let words = VerificationWords::of(hefu_rulebook::Language::English);
        let told = read_text("你好").err().map(|mistake| mistake.text(words));
        assert_eq!(told.as_deref(), Some("Neither PEM nor Base64."));
    }
}
