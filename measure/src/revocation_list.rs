//! A revocation list of a million entries: the daemon makes it at its start from its own tables; `openssl ca -gencrl` is
//! the peer. The rows are put into the CA's database directly: revoking a million certificates one by one is not what
//! is measured here.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection, Executor};

use crate::openssl::Authority;
use crate::report::{Failure, Figure, Target};
use crate::service::Service;

const ENTRIES: u32 = 1_000_000;
const LIST_WITHIN: Duration = Duration::from_mins(1);

/// Ours, theirs, and the ratio.
pub(crate) fn measure(binaries: &Path, folder: &Path) -> Result<Vec<Figure>, Failure> {
    eprintln!("measuring revocation lists");
    let (ours, memory, size) = ours(binaries, &folder.join("crl"))?;
    let authority = Authority::fresh(&folder.join("openssl-crl"), true)?;
    authority.index(ENTRIES, true)?;
    let (theirs, their_memory) = authority.revocation_list()?;
    let (ours, theirs) = (ours.as_secs_f64(), theirs.as_secs_f64());
    let made = format!("{size} octets, from the tables to the file, made in the daemon");
    let peer = format!("peak {their_memory:.0} MiB");
    Ok(vec![
        Figure::plain("CRL of 1,000,000, SM2", ours, "s", made).against(Target::AtMost(3.0)),
        Figure::plain("CRL peak memory", memory, "MiB", "the whole daemon, all roles").against(Target::AtMost(150.0)),
        Figure::plain("openssl ca -gencrl, SM2", theirs, "s", peer),
        Figure::plain("openssl ÷ ours", theirs / ours, "×", "same run"),
    ])
}

/// Time from the daemon's first answer to the new list, peak memory of the daemon, size of the list.
fn ours(binaries: &Path, folder: &Path) -> Result<(Duration, f64, u64), Failure> {
    let service = Service::fresh(binaries, folder)?;
    let address = service.address;
    service.stop()?;
    fill(&folder.join("ca/ca.db"))?;
    let list = folder.join("ca/crl/sm2.crl");
    fs::remove_file(&list)?;
    let begin = Instant::now();
    let service = Service::start(binaries, folder, address)?;
    let size = appearance(&list, begin)?;
    Ok((begin.elapsed(), service.peak_mib()?, size))
}

fn appearance(list: &PathBuf, begin: Instant) -> Result<u64, Failure> {
    loop {
        if let Ok(metadata) = fs::metadata(list) {
            return Ok(metadata.len());
        }
        if begin.elapsed() > LIST_WITHIN {
            return Err(Failure::Tool("the daemon made no list"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A million certificates of authority `sm2`, all revoked, with serial numbers of sixteen octets.
fn fill(database: &Path) -> Result<(), Failure> {
    let now = jiff::Timestamp::now().as_microsecond();
    let year = 365 * 86_400 * 1_000_000_i64;
    let rows = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ENTRIES})
         INSERT INTO ca_certificate
             (serial, request, authority, certificate_usage, not_after, der, status, status_at, ground, reason)
         SELECT CAST(X'41' || randomblob(15) AS BLOB), randomblob(16), 'sm2', 'single', {now} + {year}, X'30', 'revoked', {now} - i * 1000,
             'subscriber-request', 1 + i % 5 FROM n"
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let filled = runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&format!("sqlite://{}", database.display())).await?;
        connection.execute("PRAGMA foreign_keys = OFF").await?;
        connection.execute(sqlx::AssertSqlSafe(rows)).await?;
        connection.close().await
    });
    filled.map_err(|_: sqlx::Error| Failure::Tool("filling the database"))
}
