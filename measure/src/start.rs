//! Start and rest: from an empty folder to the first certificate, from the process's start to its first answer, idle memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gm_suite::{KeyAlgorithm, PrivateKey};

use crate::report::{Failure, Figure, Target};
use crate::service::Service;

/// Long enough for the spare store and the followers to come to rest.
const REST: Duration = Duration::from_secs(3);

pub(crate) fn measure(binaries: &Path, folder: &Path) -> Result<Vec<Figure>, Failure> {
    let begin = Instant::now();
    let service = Service::fresh(binaries, folder)?;
    let ready = begin.elapsed();
    first_certificate(binaries, &service)?;
    let first = begin.elapsed();
    std::thread::sleep(REST);
    let idle = service.resident_mib()?;
    let address = service.address;
    drop(service);
    let again = Service::start(binaries, folder, address)?;
    let opening = format!(
        "empty folder, init, start ({:.2} s so far), apply, approve: an SM2 pair",
        ready.as_secs_f64()
    );
    let existing = "hefud all on an existing folder, to the first answer";
    let resident = "resident, all roles, after the first pair";
    Ok(vec![
        Figure::plain("first certificate", first.as_secs_f64(), "s", opening).against(Target::AtMost(1.0)),
        Figure::plain("start", again.start.as_secs_f64(), "s", existing).against(Target::AtMost(0.3)),
        Figure::plain("idle memory", idle, "MiB", resident).against(Target::AtMost(40.0)),
    ])
}

fn first_certificate(binaries: &Path, service: &Service) -> Result<(), Failure> {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).map_err(|_| Failure::Tool("key generation"))?;
    let subject = "CN=device".parse().map_err(|_| Failure::Tool("name"))?;
    let request =
        gm_syntax::CertificationRequest::sign_request(&subject, &key, None).map_err(|_| Failure::Tool("CSR"))?;
    fs::write(
        service.folder.join("first.csr"),
        gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &request),
    )?;
    let hefu = |officer: &str| {
        let mut command = Command::new(binaries.join("hefu"));
        command
            .current_dir(&service.folder)
            .env("HEFU_URL", format!("http://{}", service.address))
            .env(
                "HEFU_TOKEN_FILE",
                service.folder.join("officers").join(format!("{officer}.token")),
            )
            .stderr(Stdio::inherit());
        command
    };
    let apply = "apply first.csr --profile device-sm2 --subject common_name=device --subject organisation=Example \
                 --subject country=CN --notice 1 --contract 1 --signed-by Example --identity in-person --document original --json";
    let entered = hefu("entry").args(apply.split_whitespace()).output()?;
    let application: serde_json::Value =
        serde_json::from_slice(&entered.stdout).map_err(|_| Failure::Tool("hefu apply"))?;
    let id = application
        .get("id")
        .and_then(serde_json::Value::as_str)
        .ok_or(Failure::Tool("hefu apply"))?;
    let approved = hefu("approver")
        .args(["approve", id, "--issue", "--json"])
        .stdout(Stdio::null())
        .status()?;
    if approved.success() {
        Ok(())
    } else {
        Err(Failure::Tool("hefu approve"))
    }
}
