//! The table of announcements: kept once, read newest first.

use hefu_database::Connection;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{StoreError, read_time};
use crate::announcement::{AnnouncedNames, Announcement, AnnouncementKind, NewAnnouncement, Place, Span};

/// Keeps an announcement; whether it is new. What is announced of a certificate never issued here is nothing.
pub(crate) async fn keep(connection: &mut Connection, new: &NewAnnouncement) -> Result<bool, StoreError> {
    const KNOWN: &str = "SELECT serial FROM status_certificate WHERE serial = $1";
    const SQL: &str = "INSERT INTO status_announcement (number, kind, serial, pair_serial, replaces, ground, at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number) DO NOTHING";
    let serial = new.serial.to_string();
    let known = sqlx::query(KNOWN)
        .bind(serial.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if known.is_none() {
        return Ok(false);
    }
    let kept = sqlx::query(SQL)
        .bind(i64::try_from(new.number).unwrap_or(i64::MAX))
        .bind(new.kind.as_str())
        .bind(serial.as_str())
        .bind(new.pair_serial.as_deref())
        .bind(new.replaces.as_deref())
        .bind(new.ground)
        .bind(new.at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(kept.rows_affected() > 0)
}

/// A statement that gives announcements; `read` takes its columns in this order.
macro_rules! select_announcements {
    ($conditions:literal) => {
        concat!(
            "SELECT a.number, a.kind, a.serial, a.pair_serial, a.replaces, c.authority, c.holder, c.holder_masked, ",
            "a.ground, a.at FROM status_announcement a JOIN status_certificate c ON c.serial = a.serial WHERE ",
            $conditions,
            "a.at >= $1 AND a.at < $2 AND (a.at < $3 OR (a.at = $4 AND a.number < $5)) ",
            "ORDER BY a.at DESC, a.number DESC LIMIT $6"
        )
    };
}

/// Announcements of a span before a place, newest first.
pub(crate) async fn page(
    connection: &mut Connection,
    kind: Option<AnnouncementKind>,
    span: Span,
    before: Place,
    limit: u32,
    names: AnnouncedNames,
) -> Result<Vec<Announcement>, StoreError> {
    const ALL: &str = select_announcements!("");
    const OF_KIND: &str = select_announcements!("a.kind = $7 AND ");
    let query = sqlx::query(if kind.is_some() { OF_KIND } else { ALL })
        .bind(span.from)
        .bind(span.until.min(before.at.saturating_add(1)))
        .bind(before.at)
        .bind(before.at)
        .bind(before.number)
        .bind(i64::from(limit));
    let query = match kind {
        Some(kind) => query.bind(kind.as_str()),
        None => query,
    };
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| read(row, names)).collect()
}

fn read(row: &AnyRow, names: AnnouncedNames) -> Result<Announcement, StoreError> {
    let unreadable = |column| StoreError::Unreadable { column };
    let at: Option<Timestamp> = read_time(row, 9, "at")?;
    Ok(Announcement {
        number: u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| unreadable("number"))?,
        kind: AnnouncementKind::named(row.try_get(1)?).ok_or(unreadable("kind"))?,
        serial: row.try_get(2)?,
        pair_serial: row.try_get(3)?,
        replaces: row.try_get(4)?,
        authority: row.try_get(5)?,
        holder: names.shown(row.try_get(6)?, row.try_get(7)?),
        ground: row.try_get(8)?,
        at: at.ok_or(unreadable("at"))?,
    })
}
