//! Every parser that takes bytes from outside, by name.
//!
//! A target is a function of its crate's `fuzzing` module: it parses, and where parsing succeeds it checks what must hold
//! then (usually that writing gives the same bytes). A parser that is not in [`TARGETS`] is not fuzzed: put it here.
//! `tests/smoke.rs` runs each for a moment on stable Rust; `fuzz/run.sh` runs each under libFuzzer for as long as you like.

/// A target.
pub type Target = fn(&[u8]);

/// All targets; a folder `fuzz/seeds/NAME/` may hold inputs to start from.
pub const TARGETS: &[(&str, Target)] = &[
    ("certificate", cert_path::fuzzing::certificate),
    ("certificate_bag", cert_path::fuzzing::bag),
    ("checkpoint", record_log::fuzzing::checkpoint),
    ("crl", pkix_status::fuzzing::crl),
    ("csr", gm_syntax::fuzzing::request),
    ("csr_response", gm_syntax::fuzzing::csr_response),
    ("document", document),
    ("enveloped_key", gm_syntax::fuzzing::enveloped_key),
    ("holidays", hefu_rulebook::fuzzing::holidays),
    ("issued_certificate", hefu_certificate::fuzzing::certificate),
    ("kmc_answer", gm_kmc::fuzzing::answer),
    ("kmc_request", gm_kmc::fuzzing::request),
    ("lints", hefu_certificate::fuzzing::lints),
    ("obligations", hefu_rulebook::fuzzing::obligations),
    ("ocsp_get", pkix_status::fuzzing::ocsp_get),
    ("ocsp_request", pkix_status::fuzzing::ocsp_request),
    ("ocsp_response", pkix_status::fuzzing::ocsp_response),
    ("official_text", hefu_rulebook::fuzzing::official_text),
    ("pem", gm_syntax::fuzzing::pem),
    ("private_key", gm_syntax::fuzzing::private_key),
    ("profile", hefu_certificate::fuzzing::profile),
    ("registration_batch", registration_protocol::fuzzing::batch),
    ("registration_reply", registration_protocol::fuzzing::reply),
    ("sheet", hefu_batch::fuzzing::sheet),
    ("signed_and_enveloped", gm_syntax::fuzzing::signed_and_enveloped),
    ("signed_data", gm_syntax::fuzzing::signed_data),
    ("webauthn", webauthn_es256::fuzzing::ceremonies),
];

/// Reads the description of a document.
fn document(data: &[u8]) {
    let _ = hefu_documents::Document::read(data);
}

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, target)| *target)
}
