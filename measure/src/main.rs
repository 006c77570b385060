//! `measure BINARIES FOLDER [PART…]`: load on a fresh Hefu and its peers, one after the other, on the same cores in the same run.
//!
//! What is measured and against which limits stands in `docs/performance.md`. It knows Hefu only from outside: its
//! binaries and its HTTP interface. Parts: start, issuance, status, lists, desk, batch; without any,
//! all of them.

mod batch;
mod desk;
mod issuance;
mod load;
mod openssl;
mod report;
mod revocation_list;
mod service;
mod start;
mod status;
mod wire;

use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use report::{Failure, Figure};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(binaries), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: measure BINARIES FOLDER [PART…]");
        return ExitCode::from(2);
    };
    let parts: Result<Vec<Part>, String> = arguments.map(|name| name.parse()).collect();
    let measured = match parts {
        Ok(parts) if parts.is_empty() => measure(binaries.as_ref(), folder.as_ref(), &Part::ALL),
        Ok(parts) => measure(binaries.as_ref(), folder.as_ref(), &parts),
        Err(name) => {
            eprintln!("measure: no part is called {name}; there are start, issuance, status, lists, desk, batch");
            return ExitCode::from(2);
        }
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("measure: {why}");
            ExitCode::FAILURE
        }
    }
}

/// What can be measured by itself.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Start,
    Issuance,
    Status,
    Lists,
    Desk,
    Batch,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Start,
        Self::Issuance,
        Self::Status,
        Self::Lists,
        Self::Desk,
        Self::Batch,
    ];
}

impl FromStr for Part {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "start" => Ok(Self::Start),
            "issuance" => Ok(Self::Issuance),
            "status" => Ok(Self::Status),
            "lists" => Ok(Self::Lists),
            "desk" => Ok(Self::Desk),
            "batch" => Ok(Self::Batch),
            other => Err(other.to_owned()),
        }
    }
}

fn measure(binaries: &Path, folder: &Path, parts: &[Part]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let (binaries, folder) = (&*binaries.canonicalize()?, &*folder.canonicalize()?);
    let mut figures: Vec<Figure> = Vec::new();
    for part in parts {
        figures.extend(match part {
            Part::Start => start::measure(binaries, &folder.join("start"))?,
            Part::Issuance => issuance::measure(binaries, folder)?,
            Part::Status => status::measure(binaries, folder)?,
            Part::Desk => desk::measure(binaries, folder)?,
            Part::Lists => revocation_list::measure(binaries, folder)?,
            Part::Batch => batch::measure(binaries, folder)?,
        });
        report::write(folder, &figures)?;
    }
    Ok(())
}
