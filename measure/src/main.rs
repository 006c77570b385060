//! `measure BINARIES FOLDER`: load on a fresh Hefu and its peers, one after the other, on the same cores in the same run.
//!
//! What is measured and against which limits stands in `docs/performance.md`. It knows Hefu only from outside: its
//! binaries and its HTTP interface.

mod issuance;
mod load;
mod openssl;
mod report;
mod revocation_list;
mod service;
mod start;
mod status;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::{Failure, Figure};
use service::Service;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [binaries, folder] = arguments.as_slice() else {
        eprintln!("usage: measure BINARIES FOLDER");
        return ExitCode::from(2);
    };
    match measure(binaries, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("measure: {why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(binaries: &Path, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let (binaries, folder) = (&*binaries.canonicalize()?, folder.canonicalize()?);
    let mut figures: Vec<Figure> = start::measure(binaries, &folder.join("start"))?;
    let service = Service::fresh(binaries, &folder.join("issuance"))?;
    for kind in &issuance::KINDS {
        eprintln!("measuring issuance: {kind}");
        figures.extend(issuance::measure(&service, kind)?);
    }
    eprintln!("measuring the peer: openssl ca");
    figures.extend(issuance::beside_openssl(&folder.join("openssl-sm2"), &figures)?);
    eprintln!("measuring status");
    figures.extend(status::measure(&service, &folder.join("openssl-ocsp"))?);
    drop(service);
    report::write(&folder, &figures)?;
    eprintln!("measuring revocation lists");
    figures.extend(revocation_list::measure(binaries, &folder)?);
    report::write(&folder, &figures)
}
