//! The subscriber's side of a pair: takes the encryption key out of its envelope (`SM2EnvelopedKey`, GB/T 35276).

use gm_suite::PrivateKey;
use gm_syntax::{Sm2EnvelopedKey, pem_text, pkcs8_text};
use rust_i18n::t;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    arguments::EnvelopeOpen,
    failure::Failure,
    files::{self, Readers},
    screen::{Screen, Tone},
};

/// `hefu envelope open`: the signing key opens the envelope, the encryption key goes into a new file for its owner only.
pub(crate) fn open(asked: &EnvelopeOpen, screen: Screen) -> Result<(), Failure> {
    let signing = signing_key(asked)?;
    let shown = asked.envelope.display().to_string();
    let wanted = t!("file.envelope");
    let envelope = Sm2EnvelopedKey::from_der(&files::read(&asked.envelope)?);
    let envelope = envelope.map_err(|why| Failure::malformed(&shown, &wanted, &why))?;
    let key = envelope
        .open(&signing)
        .map_err(|why| Failure::malformed(&shown, &wanted, &why))?;
    let text = match &asked.out_passphrase_file {
        Some(path) => pkcs8_text::encrypt(&key, files::passphrase(path)?.as_slice()).map(Zeroizing::new),
        None => pkcs8_text::plain(&key),
    };
    let text = text.map_err(|why| Failure::fault(t!("envelope.not-written").into_owned(), &why))?;
    files::create(&asked.out, text.as_bytes(), Readers::Owner)?;
    let public = pem_text::encode("PUBLIC KEY", key.public_key().spki());
    let machine = json!({ "key": asked.out.display().to_string(), "public_key": public });
    screen.show(&machine, |page| {
        page.outcome(
            Tone::Good,
            &t!("envelope.opened", file = asked.out.display().to_string()),
        )
    })
}

fn signing_key(asked: &EnvelopeOpen) -> Result<PrivateKey, Failure> {
    let shown = asked.key.display().to_string();
    let text = Zeroizing::new(files::read(&asked.key)?);
    let key = match &asked.passphrase_file {
        Some(path) => pkcs8_text::decrypt(&text, &files::passphrase(path)?),
        None => pkcs8_text::read_plain(&text),
    };
    key.map_err(|why| Failure::malformed(&shown, &t!("file.private-key"), &why))
}
