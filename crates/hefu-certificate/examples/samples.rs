//! Writes sample certificates of every profile, and their authorities, to the folder that `HEFU_SAMPLES` names, so
//! that other people's software can judge them.
//!
//! One folder per kind of key: `root.pem`, `issuing.pem`, and `<profile>[.sign|.encrypt].pem`.
//!
//! What pkilint's `lint_pkix_cert` says of them, and why it stays so:
//! - `pkix.key_usage_value_prohibited_for_ec` (error) on `*.encrypt`: RFC 8813 forbids key and data encipherment for
//!   keys under id-ecPublicKey because ECDSA keys cannot encipher; SM2 keys can, and GB/T 20518 wants it.
//! - `pkix.certificate_policies_policy_has_qualifier` (notice) on signature certificates: RFC 5280 recommends a bare
//!   identifier; the pointer to the practice statement stays, so that relying parties can learn what the law promises
//!   them (电子签名法 22). A profile without "cps" in `publish` leaves it out.

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
