//! The device's folder: files that appear whole or not at all, readable by their owner only, never overwritten.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::device::DeviceError;

/// Octets of a file of the device: an RSA-4096 key takes 2,400, an ML-DSA-87 key 5,000.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Makes the folder if it is missing.
pub(crate) fn make(folder: &Path) -> Result<(), DeviceError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|why| failed(folder, &why))
}

/// Reads a file; `None` when there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, DeviceError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > FILE_BYTES_MAX => Err(DeviceError::Damaged {
            path: path.to_owned(),
            why: "it is too large",
        }),
        Ok(_) => fs::read(path).map(Some).map_err(|why| failed(path, &why)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(failed(path, &why)),
    }
}

/// Writes a new file: durable under another name first, then linked to its own, which fails if that is taken.
/// Returns false in that case.
pub(crate) fn write_new(path: &Path, content: &[u8]) -> Result<bool, DeviceError> {
    let mark: [u8; 8] = gm_suite::random().map_err(|_| DeviceError::NoRandomness)?;
    let mut draft = PathBuf::from(path);
    draft.set_extension(format!("draft-{}", hex::encode(mark)));
    let written = write_durable(&draft, content).and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    match written {
        Ok(()) => {}
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(why) => return Err(failed(path, &why)),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|why| failed(folder, &why))?;
    Ok(true)
}

fn write_durable(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Names of files with this extension, without it.
pub(crate) fn stems(folder: &Path, extension: &str) -> Result<Vec<String>, DeviceError> {
    let listing = fs::read_dir(folder).map_err(|why| failed(folder, &why))?;
    let mut stems = Vec::new();
    for entry in listing {
        let path = entry.map_err(|why| failed(folder, &why))?.path();
        if path.extension().is_some_and(|found| found == extension) {
            stems.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    stems.sort();
    Ok(stems)
}

fn failed(path: &Path, why: &io::Error) -> DeviceError {
    DeviceError::File {
        path: path.to_owned(),
        why: why.to_string(),
    }
}
