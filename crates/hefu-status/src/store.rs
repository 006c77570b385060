//! The tables of this capability; its only SQL. Every function takes a connection.

pub(crate) mod announcements;

use futures_util::TryStreamExt as _;
use hefu_certificate::{NotASerial, SerialNumber, Status};
use hefu_database::{Connection, DatabaseError, Migration, Value, insert_rows_or_skip};
use jiff::Timestamp;
use pkix_status::RevocationReason;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::fact::{Act, Change, NewCertificate};
use crate::index::{Index, News};
use crate::standing::Standing;

/// The steps of this capability's schema.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "status",
        number: 1,
        name: "certificate",
        sql: include_str!("../migrations/0001_certificate.sql"),
    },
    Migration {
        capability: "status",
        number: 2,
        name: "announcement",
        sql: include_str!("../migrations/0002_announcement.sql"),
    },
];

/// The tables could not be read or written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A column holds what this program never writes.
    #[error("column {column} of status_certificate holds a value that this program never writes")]
    Unreadable {
        /// The column.
        column: &'static str,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<NotASerial> for StoreError {
    fn from(_: NotASerial) -> Self {
        Self::Unreadable { column: "serial" }
    }
}

/// A certificate without its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) serial: SerialNumber,
    pub(crate) issuer_key: Vec<u8>,
    pub(crate) authority: String,
    pub(crate) profile: String,
    pub(crate) law_scope: String,
    pub(crate) usage: String,
    pub(crate) pair_serial: Option<String>,
    pub(crate) replaces: Option<String>,
    pub(crate) holder: String,
    pub(crate) holder_masked: String,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) issued_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) ground: Option<String>,
    pub(crate) reason: Option<u8>,
    pub(crate) changed_at: Option<Timestamp>,
    pub(crate) invalidity_at: Option<Timestamp>,
    pub(crate) told_by: u64,
}

/// Columns of a [`Row`], in the order in which [`read_row`] takes them.
const COLUMNS: [&str; 19] = [
    "serial",
    "issuer_key",
    "authority",
    "profile",
    "law_scope",
    "usage",
    "pair_serial",
    "replaces",
    "holder",
    "holder_masked",
    "not_before",
    "not_after",
    "issued_at",
    "status",
    "ground",
    "reason",
    "changed_at",
    "invalidity_at",
    "told_by",
];

/// A statement that gives [`Row`]s; the columns are those of [`COLUMNS`].
macro_rules! select_rows {
    ($conditions:literal) => {
        concat!(
            "SELECT serial, issuer_key, authority, profile, law_scope, usage, pair_serial, replaces, holder, ",
            "holder_masked, not_before, not_after, issued_at, status, ground, reason, changed_at, invalidity_at, ",
            "told_by FROM status_certificate ",
            $conditions
        )
    };
}

/// Keeps what the acts say, in their order; gives what is news.
pub(crate) async fn apply(connection: &mut Connection, acts: &[Act]) -> Result<Vec<News>, StoreError> {
    let mut news = Vec::with_capacity(acts.len());
    let mut issued: Vec<&NewCertificate> = Vec::new();
    for act in acts {
        match act {
            Act::Issued(certificates) => issued.extend(certificates),
            Act::Changed(change) => {
                // What was issued before must be there before it can change.
                insert(connection, std::mem::take(&mut issued), &mut news).await?;
                update(connection, change, &mut news).await?;
            }
        }
    }
    insert(connection, issued, &mut news).await?;
    Ok(news)
}

/// Certificates that are there already stay as they are.
async fn insert(
    connection: &mut Connection,
    certificates: Vec<&NewCertificate>,
    news: &mut Vec<News>,
) -> Result<(), StoreError> {
    /// [`COLUMNS`] and the certificate itself.
    const WIDTH: usize = COLUMNS.len() + 1;
    let mut columns = [""; WIDTH];
    for (slot, name) in columns.iter_mut().zip(COLUMNS.into_iter().chain(["certificate"])) {
        *slot = name;
    }
    let rows = certificates.iter().map(|new| values(new));
    insert_rows_or_skip(connection, "status_certificate", columns, rows).await?;
    let names = certificates.iter().flat_map(|new| {
        new.names.found_by.iter().map(|(name, personal)| {
            [
                Value::from(name.as_str()),
                Value::from(new.row.serial.to_string()),
                Value::from(*personal),
            ]
        })
    });
    insert_rows_or_skip(connection, "status_name", ["name", "serial", "personal"], names).await?;
    news.extend(certificates.iter().map(|new| News {
        issuer_key: new.row.issuer_key.clone(),
        serial: new.row.serial,
        standing: None,
    }));
    Ok(())
}

fn values(new: &NewCertificate) -> [Value<'_>; COLUMNS.len() + 1] {
    let row = &new.row;
    let time = |at: Option<Timestamp>| Value::from(at.map(Timestamp::as_microsecond));
    [
        Value::from(row.serial.to_string()),
        Value::from(row.issuer_key.as_slice()),
        Value::from(row.authority.as_str()),
        Value::from(row.profile.as_str()),
        Value::from(row.law_scope.as_str()),
        Value::from(row.usage.as_str()),
        Value::from(row.pair_serial.as_deref()),
        Value::from(row.replaces.as_deref()),
        Value::from(row.holder.as_str()),
        Value::from(row.holder_masked.as_str()),
        time(Some(row.not_before)),
        time(Some(row.not_after)),
        time(Some(row.issued_at)),
        Value::from(row.status.as_str()),
        Value::from(row.ground.as_deref()),
        Value::from(row.reason.map(i64::from)),
        time(row.changed_at),
        time(row.invalidity_at),
        Value::from(i64::try_from(row.told_by).unwrap_or(i64::MAX)),
        Value::from(new.der.as_slice()),
    ]
}

/// A change that a later record overtook already changes nothing; neither does one of a certificate never issued,
/// which stays unknown.
async fn update(connection: &mut Connection, change: &Change, news: &mut Vec<News>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE status_certificate SET status = $1, ground = $2, reason = $3, changed_at = $4, \
                       invalidity_at = $5, told_by = $6 WHERE serial = $7 AND told_by < $8 RETURNING issuer_key";
    let told_by = i64::try_from(change.told_by).unwrap_or(i64::MAX);
    for serial in &change.serials {
        let row = sqlx::query(SQL)
            .bind(change.status.as_str())
            .bind(change.ground)
            .bind(change.reason.map(|reason| i64::from(reason.code())))
            .bind(change.at.as_microsecond())
            .bind(change.invalidity.map(Timestamp::as_microsecond))
            .bind(told_by)
            .bind(serial.to_string())
            .bind(told_by)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = row {
            news.push(News {
                issuer_key: row.try_get(0)?,
                serial: *serial,
                standing: Some(Standing::new(change.status, change.reason, change.at)),
            });
        }
    }
    Ok(())
}

/// Whether the tables are there.
pub(crate) async fn probe(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("SELECT serial FROM status_certificate LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// Fills the index from the table.
pub(crate) async fn load(connection: &mut Connection, index: &Index) -> Result<(), StoreError> {
    /// Certificates that are taken into the index at once, so that it is locked for a moment only.
    const PORTION: usize = 8192;
    const SQL: &str = "SELECT issuer_key, serial, status, reason, changed_at FROM status_certificate \
                       ORDER BY issuer_key";
    let mut rows = sqlx::query(SQL).fetch(connection);
    let mut issuer_key = Vec::new();
    let mut portion = Vec::with_capacity(PORTION);
    while let Some(row) = rows.try_next().await? {
        let key: &[u8] = row.try_get(0)?;
        if key != issuer_key || portion.len() == PORTION {
            index.roll(&issuer_key).extend(portion.drain(..));
            issuer_key = key.to_vec();
        }
        portion.push(read_standing(&row)?);
    }
    index.roll(&issuer_key).extend(portion);
    Ok(())
}

fn read_standing(row: &AnyRow) -> Result<(SerialNumber, Standing), StoreError> {
    let serial = SerialNumber::from_hex(row.try_get::<&str, _>(1)?)?;
    let status = read_status(row.try_get::<&str, _>(2)?)?;
    let reason = row
        .try_get::<Option<i64>, _>(3)?
        .and_then(|code| u8::try_from(code).ok());
    let standing = read_time(row, 4, "changed_at")?.map_or(Standing::VALID, |at| {
        Standing::new(status, reason.and_then(RevocationReason::from_code), at)
    });
    Ok((serial, standing))
}

/// One certificate.
pub(crate) async fn find(connection: &mut Connection, serial: SerialNumber) -> Result<Option<Row>, StoreError> {
    const SQL: &str = select_rows!("WHERE serial = $1");
    let row = sqlx::query(SQL)
        .bind(serial.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| read_row(&row)).transpose()
}

/// The bytes of one certificate.
pub(crate) async fn certificate(
    connection: &mut Connection,
    serial: SerialNumber,
) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT certificate FROM status_certificate WHERE serial = $1";
    let row = sqlx::query(SQL)
        .bind(serial.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What to look for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    /// Serial numbers from the first to the last text, both included.
    Serials(String, String),
    /// Names that begin with this text.
    Names {
        /// The text, folded.
        prefix: String,
        /// Whether a natural person is found by the beginning of the name as well, and not by the whole name only.
        persons: bool,
    },
}

/// Certificates after `after` in the order of their serial numbers, at most `limit`.
pub(crate) async fn search(
    connection: &mut Connection,
    wanted: &Wanted,
    after: &str,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    const BY_SERIAL: &str =
        select_rows!("WHERE serial >= $1 AND serial <= $2 AND serial > $3 ORDER BY serial LIMIT $4");
    const BY_NAME: &str = select_rows!(
        "WHERE serial IN (SELECT serial FROM status_name WHERE name >= $1 AND name <= $2 \
         AND (personal <= $3 OR name = $4) AND serial > $5) ORDER BY serial LIMIT $6"
    );
    let limit = i64::from(limit);
    let rows = match wanted {
        Wanted::Serials(first, last) => {
            let query = sqlx::query(BY_SERIAL).bind(first.as_str()).bind(last.as_str());
            query.bind(after).bind(limit).fetch_all(connection).await?
        }
        Wanted::Names { prefix, persons } => {
            let last = format!("{prefix}{}", char::MAX);
            let query = sqlx::query(BY_NAME)
                .bind(prefix.as_str())
                .bind(last)
                .bind(i64::from(*persons));
            query
                .bind(prefix.as_str())
                .bind(after)
                .bind(limit)
                .fetch_all(connection)
                .await?
        }
    };
    rows.iter().map(read_row).collect()
}

fn read_row(row: &AnyRow) -> Result<Row, StoreError> {
    let reason: Option<i64> = row.try_get(15)?;
    let unreadable = |column| StoreError::Unreadable { column };
    Ok(Row {
        serial: SerialNumber::from_hex(row.try_get::<&str, _>(0)?)?,
        issuer_key: row.try_get(1)?,
        authority: row.try_get(2)?,
        profile: row.try_get(3)?,
        law_scope: row.try_get(4)?,
        usage: row.try_get(5)?,
        pair_serial: row.try_get(6)?,
        replaces: row.try_get(7)?,
        holder: row.try_get(8)?,
        holder_masked: row.try_get(9)?,
        not_before: read_time(row, 10, "not_before")?.ok_or(unreadable("not_before"))?,
        not_after: read_time(row, 11, "not_after")?.ok_or(unreadable("not_after"))?,
        issued_at: read_time(row, 12, "issued_at")?.ok_or(unreadable("issued_at"))?,
        status: read_status(row.try_get::<&str, _>(13)?)?,
        ground: row.try_get(14)?,
        reason: reason.map(u8::try_from).transpose().map_err(|_| unreadable("reason"))?,
        changed_at: read_time(row, 16, "changed_at")?,
        invalidity_at: read_time(row, 17, "invalidity_at")?,
        told_by: u64::try_from(row.try_get::<i64, _>(18)?).map_err(|_| unreadable("told_by"))?,
    })
}

fn read_time(row: &AnyRow, place: usize, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let microseconds: Option<i64> = row.try_get(place)?;
    microseconds
        .map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|_| StoreError::Unreadable { column })
}

fn read_status(word: &str) -> Result<Status, StoreError> {
    [Status::Valid, Status::Suspended, Status::Revoked]
        .into_iter()
        .find(|status| status.as_str() == word)
        .ok_or(StoreError::Unreadable { column: "status" })
}
