//! A sample as `openssl x509 -text` shows it, without key and signature.

use std::io::Write;
use std::process::{Command, Stdio};

use gm_suite::KeyAlgorithm;

use crate::samples::{hierarchy, samples};

/// The text of one sample; trailing spaces, which OpenSSL prints, are dropped.
pub(crate) fn text(algorithm: KeyAlgorithm, name: &str) -> String {
    let all = samples(&hierarchy(algorithm));
    let sample = all.iter().find(|sample| sample.name == name).unwrap();
    let arguments = "x509 -inform DER -noout -text -certopt no_header,no_version,no_sigdump,no_pubkey \
                     -nameopt utf8,sep_comma_plus_space";
    let mut child = Command::new("openssl")
        .args(arguments.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(sample.certificate.der()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
