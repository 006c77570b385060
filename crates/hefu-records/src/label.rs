//! Labels: by what a record can be found besides its place: time, kind, who did it, and the names that it mentions.
//!
//! A finding aid, like the cards of an archive. It is made behind the log from what the rows say, so that an act costs no
//! more for it, and it proves nothing: what is found is read from the log and looked at there ([`crate::Seen`]).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hefu_database::{Connection, DatabaseError, Value, insert_rows_or_skip};
use jiff::Timestamp;
use serde_json::Value as Json;
use sqlx::any::{Any, AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Row as _};

use crate::entry::Entry;
use crate::error::RecordsError;
use crate::feed::{advance, cursor};
use crate::records::Records;
use crate::seen::Seen;
use crate::store::{self, signed, unsigned};

/// The follower that fills the labels.
const FOLLOWER: &str = "labels";
/// Records in one transaction: it holds other acts up for some ten milliseconds.
const PORTION: u32 = 500;
/// Names of one record: a change of status has two serial numbers, a batch of keys none.
const NAMES_MAX: usize = 16;
/// Characters of a name; longer texts name nothing.
const NAME_CHARACTERS_MAX: usize = 128;
/// Fields of bodies, at any depth, by which facts name other things.
const NAMING: [&str; 16] = [
    "about",
    "agreement",
    "applicant",
    "application",
    "batch",
    "certificate",
    "check",
    "file",
    "officer",
    "pair_serial",
    "replaces",
    "request",
    "request_id",
    "serial",
    "serials",
    "session",
];
/// Items of one page.
const FIND_MAX: u32 = 500;

/// What is looked for. Everything given must fit.
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// Of one of these kinds; of any when there are none.
    pub kinds: Vec<String>,
    /// Done by this one, as records name them: "officer:3".
    pub actor: Option<String>,
    /// Mentions this name: an application, a serial number, a file; as it stands, or what comes after its colon.
    pub name: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before, this moment excluded.
    pub until: Option<Timestamp>,
    /// After these in the order of the answer: the time and the index of the last one seen.
    pub after: Option<(Timestamp, u64)>,
    /// At most so many.
    pub limit: u32,
}

/// What was found, newest first.
#[derive(Clone, Debug)]
pub struct Found {
    /// The records.
    pub items: Vec<Seen>,
    /// Whether there are more.
    pub is_more: bool,
    /// Records up to this index have labels; later ones cannot be found yet.
    pub labelled: u64,
}

impl Records {
    /// Gives labels to records that have none yet, at most `most` of them; answers how many records have labels.
    ///
    /// # Errors
    /// The database's. A row that cannot be read gets none.
    pub async fn label(&self, most: u32) -> Result<u64, RecordsError> {
        let _one = self.inner.labelling.lock().await;
        let mut left = most;
        loop {
            let mut connection = self.inner.database.read().await?;
            let done = cursor(&mut connection, FOLLOWER).await?;
            let portion = left.min(PORTION);
            if portion == 0 {
                return Ok(done);
            }
            let rows = store::entries(&mut connection, done, portion).await?;
            drop(connection);
            let Some(last) = rows.last() else { return Ok(done) };
            let next = last.index + 1;
            let read = rows
                .iter()
                .filter_map(|row| Entry::from_bytes(row.index, &row.bytes).ok());
            let entries: Vec<Entry> = read.collect();
            self.inner
                .database
                .write(move |connection| Box::pin(async move { write(connection, &entries, next).await }))
                .await?;
            left -= portion;
        }
    }

    /// Looks for records, newest first. New records get their labels first, as far as that is quickly done.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&self, find: &Find) -> Result<Found, RecordsError> {
        let labelled = self.labelled().await?;
        let limit = find.limit.clamp(1, FIND_MAX);
        let mut connection = self.inner.database.read().await?;
        let places = places(&mut connection, find, limit + 1).await?;
        drop(connection);
        let is_more = places.len() > limit as usize;
        let mut items = Vec::with_capacity(places.len());
        for (_, index) in places.into_iter().take(limit as usize) {
            items.extend(self.seen(index).await?);
        }
        Ok(Found {
            items,
            is_more,
            labelled,
        })
    }

    /// Labels what is new, as far as that is quickly done, and answers how many records have labels. Whoever inspects a
    /// store that takes no more rows (a full disk) still finds what was labelled before.
    async fn labelled(&self) -> Result<u64, RecordsError> {
        match self.label(PORTION * 10).await {
            Ok(done) => Ok(done),
            Err(why) => {
                tracing::warn!("new records get no labels: {why}");
                cursor(&mut *self.inner.database.read().await?, FOLLOWER).await
            }
        }
    }

    /// The kinds of records that there are, in alphabetical order.
    ///
    /// # Errors
    /// The database's.
    pub async fn kinds(&self) -> Result<Vec<String>, RecordsError> {
        self.labelled().await?;
        let mut connection = self.inner.database.read().await?;
        let mut kinds: Vec<String> = Vec::new();
        // From one kind to the next by the index, however many records there are of each.
        loop {
            let last = kinds.last().cloned().unwrap_or_default();
            let row = sqlx::query("SELECT MIN(kind) FROM record_label WHERE kind > $1")
                .bind(last)
                .fetch_one(&mut *connection)
                .await?;
            match row.try_get::<Option<String>, _>(0)? {
                Some(kind) => kinds.push(kind),
                None => return Ok(kinds),
            }
        }
    }
}

async fn write(connection: &mut Connection, entries: &[Entry], next: u64) -> Result<(), RecordsError> {
    let mut labels = Vec::with_capacity(entries.len());
    let mut names = Vec::new();
    for entry in entries {
        let (index, at) = (signed(entry.index)?, entry.at.as_microsecond());
        labels.push([
            index.into(),
            at.into(),
            entry.kind.clone().into(),
            entry.actor.clone().into(),
        ]);
        for name in names_of(entry) {
            names.push([Value::from(name), at.into(), index.into()]);
        }
    }
    insert_rows_or_skip(connection, "record_label", ["idx", "at", "kind", "actor"], labels).await?;
    insert_rows_or_skip(connection, "record_name", ["name", "at", "idx"], names).await?;
    advance(connection, FOLLOWER, next).await
}

/// The names that a record mentions, in small letters; what comes after a colon also by itself.
fn names_of(entry: &Entry) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    note(&entry.subject, &mut names);
    gather(&entry.body, None, &mut names);
    names
}

fn gather(value: &Json, under: Option<&str>, names: &mut BTreeSet<String>) {
    match value {
        Json::String(text) if under.is_some_and(|field| NAMING.contains(&field)) => note(text, names),
        Json::Array(items) => items.iter().for_each(|item| gather(item, under, names)),
        Json::Object(fields) => fields
            .iter()
            .for_each(|(field, value)| gather(value, Some(field), names)),
        _ => {}
    }
}

fn note(text: &str, names: &mut BTreeSet<String>) {
    let name = normal(text);
    let short = name.split_once(':').map(|(_, rest)| rest.to_owned());
    for name in [Some(name), short].into_iter().flatten() {
        let fits = !name.is_empty() && name.chars().count() <= NAME_CHARACTERS_MAX;
        if fits && names.len() < NAMES_MAX {
            names.insert(name);
        }
    }
}

/// A name as it is kept and looked for: small letters; a serial number that was read aloud in groups, in one piece.
fn normal(text: &str) -> String {
    let name = text.trim().to_lowercase();
    if name.chars().all(|c| c.is_ascii_hexdigit() || c == ' ') {
        name.replace(' ', "")
    } else {
        name
    }
}

/// Where the records are that fit: their times and indices, newest first. Each kind is looked for by itself, which an
/// index answers in order, and the newest of all are kept.
async fn places(connection: &mut Connection, find: &Find, limit: u32) -> Result<Vec<(i64, u64)>, RecordsError> {
    let mut places = Vec::new();
    let each: Vec<Option<&str>> = match find.kinds.as_slice() {
        [] => vec![None],
        kinds => kinds.iter().map(|kind| Some(kind.as_str())).collect(),
    };
    for kind in each {
        let rows = text(find, kind)?.query(limit).fetch_all(&mut *connection).await?;
        for row in &rows {
            places.push(place(row)?);
        }
    }
    places.sort_unstable();
    places.reverse();
    places.dedup();
    places.truncate(limit as usize);
    Ok(places)
}

fn place(row: &AnyRow) -> Result<(i64, u64), RecordsError> {
    let at: i64 = row.try_get(0).map_err(DatabaseError::from)?;
    Ok((at, unsigned(row, 1)?))
}

/// A query that grows by conditions.
struct Text {
    from: String,
    conditions: Vec<String>,
    values: Vec<Value<'static>>,
}

impl Text {
    /// A condition, in which `?` stands for the next of `values`.
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value<'static>>) {
        let mut text = String::new();
        let mut parts = condition.split('?');
        text.extend(parts.next());
        for (value, part) in values.into_iter().zip(parts) {
            self.values.push(value);
            // Writing to a String cannot fail.
            let _ = write!(text, "${}{part}", self.values.len());
        }
        self.conditions.push(text);
    }

    fn query(self, limit: u32) -> Query<'static, Any, AnyArguments> {
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.conditions.join(" AND "))
        };
        let order = "ORDER BY l.at DESC, l.idx DESC";
        let text = format!(
            "SELECT l.at, l.idx FROM {} {conditions} {order} LIMIT {limit}",
            self.from
        );
        let query = sqlx::query(AssertSqlSafe(text));
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Integer(number) => query.bind(number),
            Value::Text(text) => query.bind(text.map(std::borrow::Cow::into_owned)),
            Value::Bytes(bytes) => query.bind(bytes.map(std::borrow::Cow::into_owned)),
        })
    }
}

fn text(find: &Find, kind: Option<&str>) -> Result<Text, RecordsError> {
    let by_name = find.name.as_deref().map(normal).filter(|name| !name.is_empty());
    // In the order of the names' own key, where one is asked for: it is the narrowest.
    let mut text = Text {
        from: match by_name {
            Some(_) => "record_name l JOIN record_label k ON k.idx = l.idx".to_owned(),
            None => "record_label l".to_owned(),
        },
        conditions: Vec::new(),
        values: Vec::new(),
    };
    let of = if by_name.is_some() { "k" } else { "l" };
    if let Some(name) = by_name {
        text.and("l.name = ?", [name.into()]);
    }
    if let Some(kind) = kind {
        text.and(&format!("{of}.kind = ?"), [kind.to_owned().into()]);
    }
    if let Some(actor) = &find.actor {
        text.and(&format!("{of}.actor = ?"), [actor.clone().into()]);
    }
    if let Some(from) = find.from {
        text.and("l.at >= ?", [from.as_microsecond().into()]);
    }
    if let Some(until) = find.until {
        text.and("l.at < ?", [until.as_microsecond().into()]);
    }
    if let Some((at, index)) = find.after {
        text.and(
            "(l.at, l.idx) < (?, ?)",
            [at.as_microsecond().into(), signed(index)?.into()],
        );
    }
    Ok(text)
}
