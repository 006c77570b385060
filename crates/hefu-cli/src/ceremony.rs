//! Key ceremonies: a key is made in its device and never leaves it, its certificate passes the lints, is signed, checked
//! with the public key, written once, and every step stands in a transcript.
//!
//! Functions here take devices and times and give certificates; the commands around them are in `ceremonies`, and
//! `init` holds all the ceremonies of a new installation.

use std::{collections::BTreeMap, path::Path};

use gm_suite::{DigestAlgorithm, KeyAlgorithm, PublicKey, Signer};
use gm_syntax::pem_text;
use hefu_certificate::{Issuer, Order, Profile, Profiles, Publication, SerialNumber, Subject, Usage};
use jiff::{SignedDuration, Timestamp};
use key_device::KeyDevice;
use pkix_status::{CrlHead, CrlWriter, RevocationReason};
use rust_i18n::t;

use crate::{
    describe::{fingerprint, hex, when},
    failure::Failure,
    transcript::Transcript,
};

/// A key in a device: one that will be made, or one that signs.
#[derive(Clone, Copy)]
pub(crate) struct KeyPlace<'a> {
    /// The device.
    pub(crate) device: &'a dyn KeyDevice,
    /// Its folder, for the transcript.
    pub(crate) folder: &'a Path,
    /// The key's label in it.
    pub(crate) label: &'a str,
}

/// Whom a certificate is for.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    /// `root`, `issuing` or `ocsp-signer`: the profile.
    pub(crate) kind: &'a str,
    /// Common name.
    pub(crate) name: &'a str,
    /// Organisation.
    pub(crate) organisation: &'a str,
    /// Validity; the profile's default where absent.
    pub(crate) days: Option<u32>,
}

/// Who signs: a key and its certificate, and where the authority publishes.
#[derive(Clone, Copy)]
pub(crate) struct Authority<'a> {
    /// The key.
    pub(crate) key: KeyPlace<'a>,
    /// Its certificate, DER.
    pub(crate) certificate: &'a [u8],
    /// Its addresses.
    pub(crate) publication: &'a Publication,
}

/// What a ceremony made.
pub(crate) struct Made {
    /// The certificate, DER.
    pub(crate) certificate: Vec<u8>,
    /// What was done.
    pub(crate) transcript: Transcript,
}

impl Made {
    /// The certificate in PEM.
    pub(crate) fn pem(&self) -> String {
        pem_text::encode("CERTIFICATE", &self.certificate)
    }
}

/// Makes a root: its key signs its own certificate.
pub(crate) fn root(
    key: KeyPlace<'_>,
    algorithm: KeyAlgorithm,
    named: Named<'_>,
    now: Timestamp,
) -> Result<Made, Failure> {
    let mut bench = Bench::prepare(named, now)?;
    let public_key = bench.make_key(key, algorithm)?;
    let issuer = Issuer::self_signed(&bench.subject, &public_key, Publication::nowhere());
    let issuer = issuer.map_err(|why| Failure::explained(&why))?;
    bench.certify(&public_key, &issuer, key)
}

/// Makes an issuing authority or an OCSP signer below an authority.
pub(crate) fn below(
    key: KeyPlace<'_>,
    algorithm: KeyAlgorithm,
    named: Named<'_>,
    authority: Authority<'_>,
    now: Timestamp,
) -> Result<Made, Failure> {
    let issuer = Issuer::from_certificate(authority.certificate, authority.publication.clone());
    let issuer = issuer.map_err(|why| Failure::explained(&why))?;
    let mut bench = Bench::prepare(named, now)?;
    bench.transcript.fact("issuer", issuer.display());
    bench.transcript.fact("issuer_sm3", fingerprint(authority.certificate));
    let public_key = bench.make_key(key, algorithm)?;
    bench.certify(&public_key, &issuer, authority.key)
}

/// A ceremony under way.
struct Bench<'a> {
    named: Named<'a>,
    profile: std::sync::Arc<Profile>,
    subject: Subject,
    now: Timestamp,
    transcript: Transcript,
}

impl<'a> Bench<'a> {
    /// Checks what can be checked before a key exists.
    fn prepare(named: Named<'a>, now: Timestamp) -> Result<Self, Failure> {
        let profile = Profiles::builtin().get(named.kind).cloned();
        let profile = profile.ok_or_else(|| {
            Failure::fault(
                t!("ceremony.no-profile", profile = named.kind).into_owned(),
                &named.kind,
            )
        })?;
        let fields = [("common_name", named.name), ("organisation", named.organisation)];
        let fields: BTreeMap<String, String> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let subject = Subject::new(&profile, &fields).map_err(|why| Failure::explained(&why))?;
        let mut transcript = Transcript::begin(named.kind, now);
        transcript.fact("subject", subject.display());
        Ok(Self {
            named,
            profile,
            subject,
            now,
            transcript,
        })
    }

    fn make_key(&mut self, key: KeyPlace<'_>, algorithm: KeyAlgorithm) -> Result<PublicKey, Failure> {
        let made = key.device.generate(key.label, algorithm);
        let public_key =
            made.map_err(|why| Failure::device(t!("ceremony.key-not-made", label = key.label).into_owned(), &why))?;
        let digest = fingerprint(public_key.spki());
        self.transcript.fact("device", key.folder.display().to_string());
        self.transcript.fact("key_label", key.label);
        self.transcript.fact("key", algorithm.to_string());
        self.transcript.fact("key_sm3", digest.clone());
        self.transcript
            .step(self.now, "key-made", format!("{} {algorithm} {digest}", key.label));
        Ok(public_key)
    }

    /// Drafts, lints, signs, checks.
    fn certify(mut self, public_key: &PublicKey, issuer: &Issuer, key: KeyPlace<'_>) -> Result<Made, Failure> {
        let serial = SerialNumber::random().map_err(|why| Failure::fault(t!("fail.random").into_owned(), &why))?;
        let validity = self.profile.validity(self.now, self.named.days, issuer);
        let validity = validity.map_err(|why| Failure::explained(&why))?;
        let order = Order {
            subject: &self.subject,
            public_key,
            usage: Usage::Single,
            serial,
            validity,
        };
        let draft = self
            .profile
            .draft(issuer, &order)
            .map_err(|why| Failure::explained(&why))?;
        let linted = draft.pass().map_err(|why| Failure::explained(&why))?;
        let findings: Vec<String> = linted.findings().iter().map(|it| it.name().to_owned()).collect();
        self.transcript.step(self.now, "lints-passed", findings.join(", "));
        let signer = signer(key)?;
        let certificate = linted.sign(&*signer).map_err(|why| Failure::explained(&why))?;
        self.transcript.step(
            self.now,
            "signed",
            format!("{} {}", key.label, signer.signature_algorithm()),
        );
        let checked = certificate.verify(issuer.public_key());
        checked.map_err(|why| Failure::fault(t!("ceremony.not-verified").into_owned(), &why))?;
        let der = certificate.into_der();
        self.transcript
            .step(self.now, "checked", fingerprint(issuer.public_key().spki()));
        self.transcript.fact("serial", serial.to_string());
        self.transcript.fact("not_before", when(validity.not_before()));
        self.transcript.fact("not_after", when(validity.not_after()));
        self.transcript.fact("sm3", fingerprint(&der));
        self.transcript
            .fact("sha256", hex(&DigestAlgorithm::Sha256.digest(&der)));
        Ok(Made {
            certificate: der,
            transcript: self.transcript,
        })
    }
}

fn signer(key: KeyPlace<'_>) -> Result<std::sync::Arc<dyn Signer>, Failure> {
    let signer = key.device.signer(key.label);
    signer.map_err(|why| Failure::device(t!("ceremony.no-key", label = key.label).into_owned(), &why))
}

/// One revoked certificate of an offline authority.
#[derive(Clone, Debug)]
pub(crate) struct Revoked {
    /// Its serial number.
    pub(crate) serial: Vec<u8>,
    /// Since when.
    pub(crate) at: Timestamp,
    /// Why.
    pub(crate) reason: RevocationReason,
}

/// What stands on a list that an offline authority signs by hand.
#[derive(Clone, Copy)]
pub(crate) struct ListOrder<'a> {
    /// Everything that is revoked, the entries of the list before included.
    pub(crate) revoked: &'a [Revoked],
    /// How long the list is good.
    pub(crate) days: u32,
    /// Number of the list before.
    pub(crate) number_before: u64,
}

/// Signs a CRL with the key of an offline authority. Its number is the time in seconds, or one more than the number
/// before, whichever is larger: so it grows even where the list before is lost.
pub(crate) fn list(
    authority: Authority<'_>,
    order: ListOrder<'_>,
    now: Timestamp,
) -> Result<(Vec<u8>, Transcript), Failure> {
    let issuer = Issuer::from_certificate(authority.certificate, authority.publication.clone());
    let issuer = issuer.map_err(|why| Failure::explained(&why))?;
    let fault = |why: pkix_status::CrlWriteError| Failure::fault(t!("ceremony.no-list").into_owned(), &why);
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let next_update = now + SignedDuration::from_hours(24 * i64::from(order.days));
    let mut writer = CrlWriter::new(&CrlHead {
        issuer: issuer.name(),
        algorithm: issuer.signature_algorithm(),
        this_update: now,
        next_update,
        number: u64::try_from(now.as_second())
            .unwrap_or_default()
            .max(order.number_before.saturating_add(1)),
        authority_key_identifier: issuer.key_identifier(),
    })
    .map_err(fault)?;
    let mut transcript = Transcript::begin("crl", now);
    transcript.fact("issuer", issuer.display());
    transcript.fact("issuer_sm3", fingerprint(authority.certificate));
    transcript.fact("device", authority.key.folder.display().to_string());
    transcript.fact("key_label", authority.key.label);
    for entry in order.revoked {
        let pushed = writer.push(&entry.serial, entry.at, entry.reason, None);
        pushed.map_err(fault)?;
        transcript.step(now, "listed", format!("{} {}", hex(&entry.serial), entry.reason));
    }
    let signer = signer(authority.key)?;
    let der = writer.finish(&*signer).map_err(fault)?;
    transcript.step(
        now,
        "signed",
        format!("{} {}", authority.key.label, signer.signature_algorithm()),
    );
    transcript.fact("next_update", when(next_update));
    transcript.fact("sm3", fingerprint(&der));
    Ok((der, transcript))
}
