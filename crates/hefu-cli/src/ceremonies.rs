//! `hefu ceremony`: the ceremonies as commands for the people in the room: what will be done is said and asked first,
//! what was done is shown and kept.

use std::path::Path;

use cert_path::Certificate;
use gm_suite::KeyAlgorithm;
use gm_syntax::pem_text;
use hefu_certificate::Publication;
use jiff::Timestamp;
use key_device::SoftwareDevice;
use pkix_status::{CrlReader, RevocationReason};
use rust_i18n::t;

use crate::{
    arguments::{
        Ceremony, CeremonyBelow, CeremonyCrl, CeremonyList, CeremonyOutput, CeremonyRoot, NewKey, NewName, SigningKey,
    },
    ceremony::{self, Authority, KeyPlace, ListOrder, Made, Named, Revoked},
    describe::when,
    failure::Failure,
    files::{self, Readers},
    init::{Responder, publication},
    screen::Screen,
    transcript::Transcript,
    words::{columns, word_or_slug},
};

/// `hefu ceremony …`.
pub(crate) fn run(asked: &Ceremony, screen: Screen, now: Timestamp) -> Result<(), Failure> {
    match asked {
        Ceremony::Root(asked) => root(asked, screen, now),
        Ceremony::Issuing(asked) => below("issuing", asked, screen, now),
        Ceremony::OcspSigner(asked) => below("ocsp-signer", asked, screen, now),
        Ceremony::Crl(asked) => crl(asked, screen, now),
        Ceremony::List(asked) => list(asked, screen),
    }
}

fn root(asked: &CeremonyRoot, screen: Screen, now: Timestamp) -> Result<(), Failure> {
    ask("root", &asked.named.name, asked.key.algorithm, &asked.output, screen)?;
    let device = device_for(&asked.key)?;
    let key = KeyPlace {
        device: &device,
        folder: &asked.key.device,
        label: &asked.key.key,
    };
    let made = ceremony::root(key, asked.key.algorithm, named("root", &asked.named), now)?;
    finish(made, &asked.output, screen)
}

fn below(kind: &str, asked: &CeremonyBelow, screen: Screen, now: Timestamp) -> Result<(), Failure> {
    ask(kind, &asked.named.name, asked.key.algorithm, &asked.output, screen)?;
    let issuer = files::certificate(&asked.issuer.issuer_certificate)?;
    let publication = addresses(&asked.issuer)?;
    let above = unlock(&asked.issuer.issuer_device, &asked.issuer.issuer_passphrase_file)?;
    let authority = authority(&asked.issuer, &above, &issuer, &publication);
    // A device is unlocked by one holder at a time, so a key that stays in the issuer's device uses that one.
    let same = asked.key.device == asked.issuer.issuer_device;
    let own = if same { None } else { Some(device_for(&asked.key)?) };
    let key = KeyPlace {
        device: own.as_ref().unwrap_or(&above),
        folder: &asked.key.device,
        label: &asked.key.key,
    };
    let made = ceremony::below(key, asked.key.algorithm, named(kind, &asked.named), authority, now)?;
    finish(made, &asked.output, screen)
}

fn crl(asked: &CeremonyCrl, screen: Screen, now: Timestamp) -> Result<(), Failure> {
    let issuer = files::certificate(&asked.issuer.issuer_certificate)?;
    let (mut revoked, number_before) = match &asked.previous {
        Some(path) => carried_over(path, &issuer)?,
        None => (Vec::new(), 0),
    };
    for certificate in files::all_certificates(&asked.revoke)? {
        revoked.push(Revoked {
            serial: certificate.serial().to_vec(),
            at: now,
            reason: RevocationReason::CessationOfOperation,
        });
    }
    if !asked.output.yes {
        let count = revoked.len();
        screen.confirm(&t!("ceremony.ask-crl", issuer = issuer.subject(), count = count))?;
    }
    let device = unlock(&asked.issuer.issuer_device, &asked.issuer.issuer_passphrase_file)?;
    let publication = Publication::nowhere();
    let authority = authority(&asked.issuer, &device, &issuer, &publication);
    let order = ListOrder {
        revoked: &revoked,
        days: asked.validity_days,
        number_before,
    };
    let (der, mut transcript) = ceremony::list(authority, order, now)?;
    transcript.witnesses.clone_from(&asked.output.witnesses);
    files::replace(&asked.output.out, &der)?;
    conclude(&transcript, &asked.output, screen)
}

/// The entries and the number of the list before, which must be the issuer's own: nobody else can add to it or leave something out.
fn carried_over(path: &Path, issuer: &Certificate) -> Result<(Vec<Revoked>, u64), Failure> {
    let shown = path.display().to_string();
    let malformed = |why: &dyn core::fmt::Display| Failure::malformed(&shown, &t!("file.crl"), why);
    let der = files::crl(path)?;
    let list = CrlReader::from_der(&der).map_err(|why| malformed(&why))?;
    let key = issuer.public_key().map_err(|why| malformed(why))?;
    let list = list.verify(key).map_err(|why| malformed(&why))?;
    let entries = list.entries().map(|entry| Revoked {
        serial: entry.serial.to_vec(),
        at: entry.revoked_at,
        reason: entry.reason.unwrap_or(RevocationReason::Unspecified),
    });
    let number = list.number().unwrap_or_default().iter();
    let number = number.fold(0_u64, |number, octet| number.wrapping_shl(8) | u64::from(*octet));
    Ok((entries.collect(), number))
}

fn list(asked: &CeremonyList, screen: Screen) -> Result<(), Failure> {
    let transcripts = Transcript::list(&asked.folder)?;
    screen.show(&transcripts, |page| {
        if transcripts.is_empty() {
            return page.line(&t!("search.nothing"));
        }
        let head = columns(&["held_at", "ceremony", "held_by", "subject", "key_label", "sm3"]);
        let rows = transcripts.iter().map(|it| {
            let subject = if it.value("subject").is_empty() {
                it.value("issuer")
            } else {
                it.value("subject")
            };
            vec![
                when(it.held_at),
                word_or_slug("ceremony", &it.kind),
                it.held_by.clone(),
                subject.to_owned(),
                it.value("key_label").to_owned(),
                it.value("sm3").chars().take(16).collect(),
            ]
        });
        page.table(&head, rows.collect())
    })
}

fn named<'a>(kind: &'a str, asked: &'a NewName) -> Named<'a> {
    Named {
        kind,
        name: &asked.name,
        organisation: &asked.organisation,
        days: asked.validity_days,
    }
}

fn authority<'a>(
    asked: &'a SigningKey,
    device: &'a SoftwareDevice,
    certificate: &'a Certificate,
    publication: &'a Publication,
) -> Authority<'a> {
    Authority {
        key: KeyPlace {
            device,
            folder: &asked.issuer_device,
            label: &asked.issuer_key,
        },
        certificate: certificate.der(),
        publication,
    }
}

/// A root publishes a list and no OCSP answers; an issuing authority both. Which one signs here is told by its path
/// length: an authority with room for others below it is a root.
fn addresses(asked: &SigningKey) -> Result<Publication, Failure> {
    let issuer = files::certificate(&asked.issuer_certificate)?;
    let responder = if issuer.is_self_issued() {
        Responder::None
    } else {
        Responder::Ours
    };
    let label = asked.authority.as_deref().unwrap_or(&asked.issuer_key);
    publication(&asked.public_url, label, responder)
}

fn unlock(folder: &Path, passphrase_file: &Path) -> Result<SoftwareDevice, Failure> {
    let passphrase = zeroize::Zeroizing::new(files::read(passphrase_file)?);
    SoftwareDevice::unlock(folder, passphrase.trim_ascii_end())
        .map_err(|why| Failure::device(t!("ceremony.locked", folder = folder.display()).into_owned(), &why))
}

/// The device of a new key; a folder that does not exist becomes one.
fn device_for(key: &NewKey) -> Result<SoftwareDevice, Failure> {
    if key.device.exists() {
        return unlock(&key.device, &key.passphrase_file);
    }
    let passphrase = zeroize::Zeroizing::new(files::read(&key.passphrase_file)?);
    SoftwareDevice::create(&key.device, passphrase.trim_ascii_end())
        .map_err(|why| Failure::device(t!("init.no-device").into_owned(), &why))
}

fn ask(
    kind: &str,
    name: &str,
    algorithm: KeyAlgorithm,
    output: &CeremonyOutput,
    screen: Screen,
) -> Result<(), Failure> {
    if output.out.exists() {
        let exists = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(Failure::unwritable(&output.out.display().to_string(), &exists));
    }
    if output.yes {
        return Ok(());
    }
    let kind = word_or_slug("ceremony", kind);
    screen.confirm(&t!("ceremony.ask", kind = kind, name = name, algorithm = algorithm))
}

fn finish(mut made: Made, output: &CeremonyOutput, screen: Screen) -> Result<(), Failure> {
    made.transcript.witnesses.clone_from(&output.witnesses);
    files::create(
        &output.out,
        pem_text::encode("CERTIFICATE", &made.certificate).as_bytes(),
        Readers::Everybody,
    )?;
    conclude(&made.transcript, output, screen)
}

fn conclude(transcript: &Transcript, output: &CeremonyOutput, screen: Screen) -> Result<(), Failure> {
    let path = transcript.save(&output.transcripts)?;
    screen.show(transcript, |page| {
        page.line(&transcript.markdown())?;
        page.line(&t!(
            "ceremony.saved",
            certificate = output.out.display(),
            transcript = path.display()
        ))
    })
}
