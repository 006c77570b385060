//! The device's folder: files that appear whole or not at all, readable by their owner only, never overwritten.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::device::DeviceError;

/// Extension of files that are being written; what follows tells writers apart.
const DRAFT_EXTENSION: &str = "draft-";

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
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed(path, &why)),
    };
    let mut content = Vec::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content);
    read.map_err(|why| failed(path, &why))?;
    if content.len() as u64 > FILE_BYTES_MAX {
        let why = "it is too large";
        return Err(DeviceError::Damaged {
            path: path.to_owned(),
            why,
        });
    }
    Ok(Some(content))
}

/// Writes a new file: durable under another name first, then linked to its own, which fails if that is taken.
/// Returns false in that case.
pub(crate) fn write_new(path: &Path, content: &[u8]) -> Result<bool, DeviceError> {
    let mark: [u8; 8] = gm_suite::random().map_err(|_| DeviceError::NoRandomness)?;
    let mut draft = PathBuf::from(path);
    draft.set_extension(format!("{DRAFT_EXTENSION}{}", hex::encode(mark)));
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
    let mut paths = paths(folder)?;
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    let stem = |path: &PathBuf| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let mut stems: Vec<String> = paths.iter().filter_map(stem).collect();
    stems.sort();
    Ok(stems)
}

/// Removes the drafts that interrupted writes left behind. A writer that is at work in another process fails cleanly.
pub(crate) fn sweep(folder: &Path) -> Result<(), DeviceError> {
    let draft = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extension.starts_with(DRAFT_EXTENSION))
    };
    for path in paths(folder)?.into_iter().filter(draft) {
        match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(failed(&path, &why)),
            _ => {}
        }
    }
    Ok(())
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, DeviceError> {
    let listing = fs::read_dir(folder).map_err(|why| failed(folder, &why))?;
    let paths = listing.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<io::Result<_>>().map_err(|why| failed(folder, &why))
}

fn failed(path: &Path, why: &io::Error) -> DeviceError {
    DeviceError::File {
        path: path.to_owned(),
        why: why.to_string(),
    }
}
