//! Files that are read and written: certificates in PEM or DER, evidence, keys; atomic writes, secrets for the owner only.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use cert_path::{Anchor, Certificate};
use gm_suite::PublicKey;
use gm_syntax::pem_text;
use rust_i18n::t;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Largest file read, in octets: the largest CRL that the client downloads.
const MAX_FILE_BYTES: u64 = hefu_client::MAX_CRL_BYTES;

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display().to_string();
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| Failure::unreadable(&shown, &error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Failure::malformed(&shown, &t!("file.any"), &t!("file.too-long")));
    }
    Ok(bytes)
}

/// A passphrase, without the line's end; wiped when dropped.
pub(crate) fn passphrase(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let text = Zeroizing::new(read(path)?);
    Ok(Zeroizing::new(text.trim_ascii_end().to_vec()))
}

/// Every certificate of a file: PEM with one or more, or DER with one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let shown = path.display().to_string();
    let wanted = t!("file.certificate");
    let ders = pem_text::decode_all(&read(path)?, "CERTIFICATE");
    let ders = ders.map_err(|error| Failure::malformed(&shown, &wanted, &error))?;
    ders.iter()
        .map(|der| Certificate::from_der(der).map_err(|error| Failure::malformed(&shown, &wanted, &error)))
        .collect()
}

/// The first certificate of a file.
pub(crate) fn certificate(path: &Path) -> Result<Certificate, Failure> {
    let first = certificates(path)?.into_iter().next();
    first.ok_or_else(|| Failure::malformed(&path.display().to_string(), &t!("file.certificate"), &t!("file.empty")))
}

/// Every certificate of several files.
pub(crate) fn all_certificates(paths: &[impl AsRef<Path>]) -> Result<Vec<Certificate>, Failure> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(certificates(path.as_ref())?);
    }
    Ok(all)
}

/// Every certificate of several files, as trust anchors: by naming the files the caller decides to trust them.
pub(crate) fn anchors(paths: &[impl AsRef<Path>]) -> Result<Vec<Anchor>, Failure> {
    Ok(all_certificates(paths)?.into_iter().map(Anchor::trust).collect())
}

/// A CRL in PEM or DER.
pub(crate) fn crl(path: &Path) -> Result<Vec<u8>, Failure> {
    let decoded = pem_text::decode(&read(path)?, "X509 CRL");
    decoded.map_err(|error| Failure::malformed(&path.display().to_string(), &t!("file.crl"), &error))
}

/// A public key (`SubjectPublicKeyInfo`) in PEM or DER.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let shown = path.display().to_string();
    let wanted = t!("file.public-key");
    let der = pem_text::decode(&read(path)?, "PUBLIC KEY");
    let der = der.map_err(|error| Failure::malformed(&shown, &wanted, &error))?;
    PublicKey::from_spki(&der).map_err(|error| Failure::malformed(&shown, &wanted, &error))
}

/// The address of a database file.
pub(crate) fn database_url(path: &Path) -> String {
    let path = path.display().to_string().replace('%', "%25").replace('?', "%3F");
    format!("sqlite://{path}")
}

/// Who may read a file that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner: passphrases, tokens.
    Owner,
    /// Everybody the system lets.
    Everybody,
}

/// Writes a new file whole or not at all; an existing file is never overwritten.
pub(crate) fn create(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::unwritable(&path.display().to_string(), &error);
    let mut file = open_new(path, readers).map_err(fail)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // A file that is not whole would be taken for one that is.
        drop(fs::remove_file(path));
        fail(error)
    })
}

/// Writes a file that may exist already: a download, a certificate that was asked for again.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::unwritable(&path.display().to_string(), &error);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .map_err(fail)
}

#[cfg(unix)]
fn open_new(path: &Path, readers: Readers) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Everybody => 0o644,
    };
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn open_new(path: &Path, _readers: Readers) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| Failure::unwritable(&path.display().to_string(), &error))
}
