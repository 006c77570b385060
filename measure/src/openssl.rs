//! OpenSSL as the peer: `openssl ca` for issuance and revocation lists, `openssl ocsp` for status. Same machine, same run.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::report::Failure;
use crate::wire::{Connection, Request};

const DISTID: &str = "distid:1234567812345678";
const SETTINGS: &str = "[ca]
default_ca=c
[c]
dir=.
database=$dir/index.txt
serial=$dir/serial
crlnumber=$dir/crlnumber
new_certs_dir=$dir/new
certificate=$dir/ca.crt
private_key=$dir/ca.key
default_md=MD
default_days=365
default_crl_days=7
policy=p
unique_subject=no
x509_extensions=leaf
[p]
commonName=supplied
[leaf]
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
crlDistributionPoints=URI:http://127.0.0.1/ca.crl
authorityInfoAccess=OCSP;URI:http://127.0.0.1/ocsp
[req]
distinguished_name=dn
[dn]
[root]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
";

/// A CA of `openssl ca` in a folder.
pub(crate) struct Authority {
    folder: PathBuf,
    sm2: bool,
}

impl Authority {
    /// Makes key, root and an empty database.
    pub(crate) fn fresh(folder: &Path, sm2: bool) -> Result<Self, Failure> {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder.join("new"))?;
        fs::write(
            folder.join("ca.cnf"),
            SETTINGS.replace("MD", if sm2 { "sm3" } else { "sha256" }),
        )?;
        fs::write(folder.join("index.txt"), "")?;
        fs::write(folder.join("crlnumber"), "01\n")?;
        fs::write(folder.join("serial"), "1000000000000001\n")?;
        let authority = Self {
            folder: folder.to_owned(),
            sm2,
        };
        let curve = if sm2 {
            "ec_paramgen_curve:SM2"
        } else {
            "ec_paramgen_curve:P-256"
        };
        for key in ["ca.key", "leaf.key"] {
            authority.run(&["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", key])?;
        }
        let mut root = vec![
            "req", "-config", "ca.cnf", "-new", "-x509", "-key", "ca.key", "-subj", "/CN=Root",
        ];
        root.extend([
            "-extensions",
            "root",
            "-days",
            "3650",
            "-out",
            "ca.crt",
            authority.digest(),
        ]);
        root.extend(authority.signing());
        authority.run(&root)?;
        Ok(authority)
    }

    /// Issues `count` certificates in one process (`-infiles`); certificates a second.
    pub(crate) fn issue(&self, count: u32) -> Result<f64, Failure> {
        let mut issue: Vec<String> = ["ca", "-config", "ca.cnf", "-batch", "-notext", "-outdir", "new"]
            .map(str::to_owned)
            .into();
        issue.extend(self.signing().into_iter().chain(self.verifying()).map(str::to_owned));
        issue.push("-infiles".to_owned());
        for place in 0..count {
            let (name, file) = (format!("/CN=h{place}.example"), format!("{place}.csr"));
            let mut request = vec![
                "req",
                "-config",
                "ca.cnf",
                "-new",
                "-key",
                "leaf.key",
                "-subj",
                &name,
                "-out",
                &file,
                self.digest(),
            ];
            request.extend(self.signing());
            self.run(&request)?;
            issue.push(file);
        }
        let arguments: Vec<&str> = issue.iter().map(String::as_str).collect();
        let start = Instant::now();
        self.run(&arguments)?;
        let took = start.elapsed();
        let issued = fs::read_to_string(self.folder.join("index.txt"))?.lines().count();
        if issued < count as usize {
            return Err(Failure::Tool("openssl ca issued too few"));
        }
        Ok(f64::from(count) / took.as_secs_f64())
    }

    /// Writes an index of `count` certificates, revoked or valid, with sixteen-octet serial numbers; returns these.
    pub(crate) fn index(&self, count: u32, revoked: bool) -> Result<Vec<u128>, Failure> {
        let mut index = String::with_capacity(count as usize * 100);
        let mut serials = Vec::with_capacity(count as usize);
        let mut state: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
        for place in 0..count {
            state = state
                .wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645)
                .wrapping_add(0x5851_F42D_4C95_7F2D);
            let serial = state >> 2 | 1 << 124;
            let (flag, when) = if revoked {
                ("R", "261101000000Z,keyCompromise")
            } else {
                ("V", "")
            };
            let _ = writeln!(
                index,
                "{flag}\t361122111856Z\t{when}\t{serial:032X}\tunknown\t/CN=h{place}.example"
            );
            serials.push(serial);
        }
        fs::write(self.folder.join("index.txt"), index)?;
        Ok(serials)
    }

    /// `openssl ca -gencrl`: time taken and peak resident memory in MiB.
    pub(crate) fn revocation_list(&self) -> Result<(Duration, f64), Failure> {
        let mut list = vec!["ca", "-config", "ca.cnf", "-gencrl", "-out", "ca.crl"];
        list.extend(self.signing());
        let start = Instant::now();
        let mut process = self.command(&list).spawn()?;
        let mut peak: f64 = 0.0;
        while process.try_wait()?.is_none() {
            peak = peak.max(crate::service::resident_mib(process.id(), "VmHWM:").unwrap_or(0.0));
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok((start.elapsed(), peak))
    }

    /// `openssl ocsp -multi 2` on a free port, with the CA's own key as the signer. It ends at the first request that it
    /// cannot read, so that even the one that asks whether it is there yet must be a real `question`.
    pub(crate) fn responder(&self, question: &Request) -> Result<Responder, Failure> {
        let port = crate::service::free_port()?;
        let text = port.to_string();
        let arguments = [
            "ocsp",
            "-index",
            "index.txt",
            "-CA",
            "ca.crt",
            "-rsigner",
            "ca.crt",
            "-rkey",
            "ca.key",
            "-ndays",
            "1",
            "-multi",
            "2",
            "-port",
            &text,
        ];
        let process = self.command(&arguments).spawn()?;
        let responder = Responder {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            process,
        };
        let start = Instant::now();
        let mut connection = Connection::new(responder.address);
        while connection.send(question).is_err() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(Failure::Tool("openssl ocsp did not answer"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(responder)
    }

    /// The CA's certificate, DER.
    pub(crate) fn certificate(&self) -> Result<Vec<u8>, Failure> {
        self.run(&["x509", "-in", "ca.crt", "-outform", "DER", "-out", "ca.der"])?;
        Ok(fs::read(self.folder.join("ca.der"))?)
    }

    fn digest(&self) -> &'static str {
        if self.sm2 { "-sm3" } else { "-sha256" }
    }

    fn signing(&self) -> Vec<&'static str> {
        if self.sm2 { vec!["-sigopt", DISTID] } else { Vec::new() }
    }

    fn verifying(&self) -> Vec<&'static str> {
        if self.sm2 { vec!["-vfyopt", DISTID] } else { Vec::new() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        if self.command(arguments).status()?.success() {
            Ok(())
        } else {
            Err(Failure::Tool("openssl"))
        }
    }
}

/// A running `openssl ocsp`. Its children end with it.
pub(crate) struct Responder {
    pub(crate) address: SocketAddr,
    process: Child,
}

impl Drop for Responder {
    fn drop(&mut self) {
        // With `-multi` it leads a group of its own, and notices that it was asked to end only when a worker has ended.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["--", &group]).status();
        let _ = self.process.wait();
    }
}
