//! What OpenSSL says of the samples. Bouncy Castle and pkilint judge the same samples in the trials.

use std::path::Path;
use std::process::Command;

use gm_suite::KeyAlgorithm;

use crate::samples::{hierarchy, samples};
use crate::tree::Node;

/// `openssl verify` reaches only the target with `-vfyopt`, so each SM2 link is checked alone.
fn verify(folder: &Path, issuer: &str, target: &str, algorithm: KeyAlgorithm) -> String {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(["verify", "-x509_strict", "-partial_chain"]);
    command.args(["-attime", "1795500000", "-trusted", issuer]);
    if algorithm == KeyAlgorithm::Sm2 {
        command.args(["-vfyopt", "distid:1234567812345678"]);
    }
    if algorithm != KeyAlgorithm::Sm2 {
        command.arg("-check_ss_sig");
    }
    let output = command.arg(target).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}

fn check(algorithm: KeyAlgorithm) {
    let folder = tempfile::tempdir().unwrap();
    let hierarchy = hierarchy(algorithm);
    let write = |name: &str, der: &[u8]| {
        std::fs::write(
            folder.path().join(name),
            gm_syntax::pem_text::encode("CERTIFICATE", der),
        )
        .unwrap();
    };
    for sample in samples(&hierarchy) {
        write(&sample.name, sample.certificate.der());
        let mut forged = sample.certificate.der().to_vec();
        let last = forged.len() - 6;
        forged[last] ^= 0x5a;
        write(&format!("{}.forged", sample.name), &forged);
    }
    for sample in samples(&hierarchy) {
        let issuer = match sample.name.as_str() {
            "root" | "issuing" => "root",
            _ => "issuing",
        };
        let name = &sample.name;
        assert_eq!(verify(folder.path(), issuer, name, algorithm), format!("{name}: OK"));
        let forged = verify(folder.path(), issuer, &format!("{name}.forged"), algorithm);
        // A partial chain ends at the root itself, so a forged root is never looked up.
        assert!(
            name == "root" || forged.contains("certificate signature failure"),
            "{name}: {forged}"
        );
    }
}

#[test]
fn openssl_verifies_every_sm2_sample_under_its_issuer_and_no_forgery() {
    check(KeyAlgorithm::Sm2);
}

#[test]
fn openssl_verifies_the_sm2_roots_own_signature() {
    // `openssl verify` cannot be told the SM2 identity of a self-signed certificate, `openssl pkeyutl` can.
    let folder = tempfile::tempdir().unwrap();
    let root = hierarchy(KeyAlgorithm::Sm2).root;
    let signature = Node::parse(root.der()).children[2].content[1..].to_vec();
    let spki = gm_syntax::pem_text::encode("PUBLIC KEY", root.public_key().unwrap().spki());
    let files = [
        ("tbs", root.tbs().unwrap()),
        ("signature", &signature),
        ("key", spki.as_bytes()),
    ];
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let arguments = "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey key -in tbs -sigfile signature";
    let output = Command::new("openssl")
        .current_dir(folder.path())
        .args(arguments.split(' '))
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "Signature Verified Successfully"
    );
}

#[test]
fn openssl_verifies_every_p256_sample_under_its_issuer_and_no_forgery() {
    check(KeyAlgorithm::P256);
}

#[test]
fn openssl_verifies_every_rsa_and_ed25519_sample_and_no_forgery() {
    check(KeyAlgorithm::Rsa3072);
    check(KeyAlgorithm::Ed25519);
}

#[test]
fn ml_dsa_samples_verify_with_our_own_eyes_only() {
    // OpenSSL 3.0 does not know ML-DSA.
    for algorithm in [KeyAlgorithm::MlDsa44, KeyAlgorithm::MlDsa65, KeyAlgorithm::MlDsa87] {
        let hierarchy = hierarchy(algorithm);
        for sample in samples(&hierarchy) {
            let issuer = match sample.name.as_str() {
                "root" | "issuing" => hierarchy.root_key.public_key(),
                _ => hierarchy.key.public_key(),
            };
            assert!(sample.certificate.verify(issuer).is_ok(), "{algorithm} {}", sample.name);
        }
    }
}
