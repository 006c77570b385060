//! A small certification authority made by the installed `openssl`, for the tests that ask strangers.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use der::{Decode, Encode};
use gm_suite::{PrivateKey, PublicKey, Signer};
use tempfile::TempDir;
use x509_cert::Certificate;

/// The serial number of the subscriber's certificate.
pub(crate) const LEAF_SERIAL: &[u8] = &[0x8a, 0x01, 0x02, 0x03];

const SETTINGS: &str = "
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier = hash
[ocsp]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[leaf]
keyUsage = critical,digitalSignature
[ca]
default_ca = desk
[desk]
database = index.txt
crlnumber = crlnumber
certificate = ca.crt
private_key = ca.key
default_md = default
default_crl_days = 7
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
";

/// A root, a delegated OCSP signer and a subscriber, whose own key may not sign answers.
pub(crate) struct Authority {
    dir: TempDir,
    sm2: bool,
}

impl Authority {
    pub(crate) fn p256() -> Self {
        Self::make(false)
    }

    pub(crate) fn sm2() -> Self {
        Self::make(true)
    }

    fn make(sm2: bool) -> Self {
        let authority = Self {
            dir: tempfile::tempdir().unwrap(),
            sm2,
        };
        authority.write("ca.cnf", SETTINGS.as_bytes());
        authority.key("ca");
        let mut root = vec![
            "req",
            "-x509",
            "-new",
            "-key",
            "ca.key",
            "-days",
            "30",
            "-subj",
            "/C=CN/O=Test/CN=Root",
        ];
        root.extend(["-config", "ca.cnf", "-extensions", "root", "-out", "ca.crt"]);
        authority.signing(root);
        authority.issue("signer", "ocsp", "0x5001");
        authority.issue("leaf", "leaf", "0x8a010203");
        authority
    }

    pub(crate) fn is_sm2(&self) -> bool {
        self.sm2
    }

    fn key(&self, name: &str) {
        let file = format!("{name}.key");
        if self.sm2 {
            self.openssl(["genpkey", "-algorithm", "SM2", "-out", &file]);
        } else {
            self.openssl([
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-out",
                &file,
            ]);
        }
    }

    fn issue(&self, name: &str, section: &str, serial: &str) {
        let (key, csr, crt) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.crt"));
        let subject = format!("/C=CN/O=Test/CN={name}");
        self.key(name);
        self.signing(vec![
            "req", "-new", "-config", "ca.cnf", "-key", &key, "-subj", &subject, "-out", &csr,
        ]);
        let mut words = vec![
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-set_serial",
            serial,
        ];
        words.extend([
            "-days",
            "20",
            "-extfile",
            "ca.cnf",
            "-extensions",
            section,
            "-out",
            &crt,
        ]);
        if self.sm2 {
            words.extend(["-vfyopt", "distid:1234567812345678"]);
        }
        self.signing(words);
    }

    fn signing(&self, mut words: Vec<&str>) {
        if self.sm2 {
            words.extend(["-sm3", "-sigopt", "distid:1234567812345678"]);
        }
        self.openssl(words);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.path(name), octets).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs openssl in the authority's folder; it must succeed.
    pub(crate) fn openssl<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        succeed(self.command("openssl", words))
    }

    /// Runs openssl in the authority's folder, whatever comes of it.
    pub(crate) fn try_openssl<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Output {
        self.command("openssl", words).output().unwrap()
    }

    fn command<'a>(&self, program: impl AsRef<OsStr>, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(program);
        command.args(words).current_dir(self.dir.path());
        command
    }

    /// Bouncy Castle's word: every line of output that begins with "ok" is a check that holds.
    pub(crate) fn bouncy_castle<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        const JARS: &str = "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar";
        let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strangers/StatusJudge.java");
        let mut command = self.command("java", ["-XX:TieredStopAtLevel=1", "-cp", JARS]);
        command.arg(judge).args(words);
        succeed(command)
    }

    pub(crate) fn signer(&self, name: &str) -> Arc<dyn Signer> {
        self.openssl([
            "pkcs8",
            "-topk8",
            "-nocrypt",
            "-in",
            &format!("{name}.key"),
            "-outform",
            "DER",
            "-out",
            "pkcs8",
        ]);
        Arc::new(PrivateKey::from_pkcs8(&self.read("pkcs8")).unwrap())
    }

    pub(crate) fn certificate(&self, name: &str) -> Vec<u8> {
        self.openssl([
            "x509",
            "-in",
            &format!("{name}.crt"),
            "-outform",
            "DER",
            "-out",
            "certificate",
        ]);
        self.read("certificate")
    }

    /// The root's subject name in DER and its key.
    pub(crate) fn issuer(&self) -> (Vec<u8>, PublicKey) {
        let certificate = Certificate::from_der(&self.certificate("ca")).unwrap();
        let tbs = certificate.tbs_certificate();
        let key = PublicKey::from_spki(&tbs.subject_public_key_info().to_der().unwrap()).unwrap();
        (tbs.subject().to_der().unwrap(), key)
    }
}

fn succeed(mut command: Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{command:?}\n{text}");
    text
}
