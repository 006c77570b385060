//! Writes sample certificates of every profile, and their authorities, to the folder that `HEFU_SAMPLES` names, so
//! that other people's software can judge them.
//!
//! One folder per kind of key: `root.pem`, `issuing.pem`, and `<profile>[.sign|.encrypt].pem`.

#[path = "../tests/certificate/samples.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "shared with the tests"
)]
mod samples;

use std::io::{Error, Result};
use std::path::PathBuf;

use gm_suite::KeyAlgorithm;

fn main() -> Result<()> {
    let folder = std::env::var_os("HEFU_SAMPLES").map(PathBuf::from);
    let folder = folder.ok_or_else(|| Error::other("HEFU_SAMPLES names no folder"))?;
    for algorithm in KeyAlgorithm::ALL {
        let below = folder.join(algorithm.to_string());
        if !samples::profile("root").keys().contains(&algorithm) {
            continue;
        }
        std::fs::create_dir_all(&below)?;
        let hierarchy = samples::hierarchy(algorithm);
        for sample in samples::samples(&hierarchy) {
            let pem = gm_syntax::pem_text::encode("CERTIFICATE", sample.certificate.der());
            std::fs::write(below.join(format!("{}.pem", sample.name)), pem)?;
        }
    }
    Ok(())
}
