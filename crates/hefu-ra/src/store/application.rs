//! `ra_application`: inserted once, moved from state to state, never deleted.

use std::collections::HashMap;
use std::fmt::Write as _;

use hefu_database::{Connection, DatabaseError, Engine, Value, insert_rows, value_rows};
use hefu_officers::OfficerId;
use sqlx::any::{Any, AnyArguments, AnyRow};
use sqlx::{Arguments as _, AssertSqlSafe, Row as _};

use super::{LIST_MAX, StoreError, impossible, json, list_size, octets, placeholders, read_json, time, time_if_any};
use crate::application::{
    Application, ApplicationId, ApplicationKind, Approved, Contracted, Entered, Form, Identified, Issued, Noticed,
    Reason, Rejected, Requested, Salt, Step,
};
use crate::approval::Approval;
use crate::case::Case;
use crate::contract::{Contract, Notice};
use crate::identity::Identity;
use crate::request::Request;
use crate::rule;
use crate::stage::Stage;

/// Columns of an INSERT: a new application has no approval yet.
const ENTRY_COLUMNS: [&str; 26] = [
    "id",
    "kind",
    "state",
    "profile",
    "law_scope",
    "applicant",
    "fields",
    "public_key",
    "key_digest",
    "temporary_key",
    "csr",
    "validity_days",
    "replaces",
    "salt",
    "entered_by",
    "entered_at",
    "notice",
    "noticed_by",
    "noticed_at",
    "contract",
    "contracted_by",
    "contracted_at",
    "identity",
    "identified_by",
    "identified_at",
    "updated_at",
];

/// Columns that an officer's step before the approval changes.
const STEP_COLUMNS: [&str; 9] = [
    "notice",
    "noticed_by",
    "noticed_at",
    "contract",
    "contracted_by",
    "contracted_at",
    "identity",
    "identified_by",
    "identified_at",
];

/// Columns that the approval and everything after it change.
const DECISION_COLUMNS: [&str; 10] = [
    "approval",
    "approved_by",
    "approved_at",
    "request",
    "requested_by",
    "requested_at",
    "issued_at",
    "rejection",
    "rejected_by",
    "rejected_at",
];

/// Writes new applications. A key or a renewed certificate that another one holds is refused by an index.
pub(crate) async fn insert(connection: &mut Connection, cases: &[&Case]) -> Result<(), DatabaseError> {
    let rows = cases
        .iter()
        .map(|case| entry_row(case))
        .collect::<Result<Vec<_>, _>>()?;
    insert_rows(connection, "ra_application", ENTRY_COLUMNS, rows).await
}

fn entry_row(case: &Case) -> Result<[Value<'_>; 26], DatabaseError> {
    let form = case.form();
    let [
        notice,
        noticed_by,
        noticed_at,
        contract,
        contracted_by,
        contracted_at,
        identity,
        identified_by,
        identified_at,
    ] = step_values(case)?;
    Ok([
        form.id.to_string().into(),
        form.kind.as_str().into(),
        case.stage().as_str().into(),
        form.profile.as_str().into(),
        rule::scope_word(form.law_scope).into(),
        form.applicant.as_deref().into(),
        json(&form.fields)?.into(),
        form.public_key.as_slice().into(),
        form.key_digest.as_slice().into(),
        form.temporary_key.as_deref().into(),
        form.csr.as_deref().into(),
        form.validity_days.map(i64::from).into(),
        form.replaces.as_deref().into(),
        form.salt.0.as_slice().into(),
        form.entered_by.number().into(),
        form.entered_at.as_microsecond().into(),
        notice,
        noticed_by,
        noticed_at,
        contract,
        contracted_by,
        contracted_at,
        identity,
        identified_by,
        identified_at,
        form.entered_at.as_microsecond().into(),
    ])
}

fn step_values(case: &Case) -> Result<[Value<'static>; 9], DatabaseError> {
    let steps = case.steps();
    let [notice, noticed_by, noticed_at] = step_value(steps.notice)?;
    let [contract, contracted_by, contracted_at] = step_value(steps.contract)?;
    let [identity, identified_by, identified_at] = step_value(steps.identity)?;
    Ok([
        notice,
        noticed_by,
        noticed_at,
        contract,
        contracted_by,
        contracted_at,
        identity,
        identified_by,
        identified_at,
    ])
}

fn step_value<T: serde::Serialize>(step: Option<&Step<T>>) -> Result<[Value<'static>; 3], DatabaseError> {
    Ok([
        step.map(|step| json(&step.what)).transpose()?.into(),
        step.map(|step| step.by.number()).into(),
        step.map(|step| step.at.as_microsecond()).into(),
    ])
}

fn decision_values(case: &Case) -> [Value<'static>; 10] {
    let steps = case.steps();
    [
        steps.approval.map(|approval| approval.record().to_vec()).into(),
        steps.approval.map(|approval| approval.by().number()).into(),
        steps.approval.map(|approval| approval.at().as_microsecond()).into(),
        steps.request.map(|request| request.id.to_vec()).into(),
        steps.request.map(|request| request.by.number()).into(),
        steps.request.map(|request| request.at.as_microsecond()).into(),
        steps.issued_at.map(jiff::Timestamp::as_microsecond).into(),
        steps
            .rejection
            .map(|rejection| rejection.what.as_str().to_owned())
            .into(),
        steps.rejection.map(|rejection| rejection.by.number()).into(),
        steps.rejection.map(|rejection| rejection.at.as_microsecond()).into(),
    ]
}

/// Which columns of an application changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Changed {
    /// Notice, contract or identity, and maybe what follows.
    Steps,
    /// Only the approval and what follows.
    Decision,
}

/// An application that moves: where it was found, where it is now, when, and what of it changed.
pub(crate) struct Move<'a> {
    pub(crate) from: Stage,
    pub(crate) case: &'a Case,
    pub(crate) at: jiff::Timestamp,
    pub(crate) changed: Changed,
}

/// Writes applications that moved.
///
/// # Errors
/// [`StoreError::Moved`] when one of them is not in the state it was found in; the transaction must then be undone.
pub(crate) async fn update(connection: &mut Connection, moves: &[Move<'_>]) -> Result<(), StoreError> {
    let (decided, stepped): (Vec<&Move<'_>>, Vec<_>) =
        moves.iter().partition(|moved| moved.changed == Changed::Decision);
    for portion in decided.chunks(LIST_MAX) {
        let rows = portion.iter().map(|moved| moved.row(&[])).collect();
        update_portion(connection, portion.len(), DECISION_COLUMNS.to_vec(), rows).await?;
    }
    for portion in stepped.chunks(LIST_MAX) {
        let rows = portion.iter().map(|moved| Ok(moved.row(&step_values(moved.case)?)));
        let rows = rows.collect::<Result<_, DatabaseError>>()?;
        update_portion(
            connection,
            portion.len(),
            [&DECISION_COLUMNS[..], &STEP_COLUMNS].concat(),
            rows,
        )
        .await?;
    }
    Ok(())
}

impl Move<'_> {
    fn row(&self, steps: &[Value<'static>]) -> Vec<Value<'static>> {
        let mut row = vec![
            self.case.id().to_string().into(),
            self.from.as_str().into(),
            self.case.stage().as_str().into(),
            self.at.as_microsecond().into(),
        ];
        row.extend(decision_values(self.case));
        row.extend_from_slice(steps);
        row
    }
}

/// One UPDATE from a list of rows: number, state found, state now, time, then `columns`.
async fn update_portion(
    connection: &mut Connection,
    count: usize,
    columns: Vec<&'static str>,
    mut rows: Vec<Vec<Value<'static>>>,
) -> Result<(), StoreError> {
    let size = list_size(count);
    if let Some(last) = rows.last().cloned() {
        rows.resize(size, last);
    }
    let text = update_text(Engine::of(connection), &columns, size);
    let mut arguments = AnyArguments::default();
    for value in rows.into_iter().flatten() {
        bind(&mut arguments, value)?;
    }
    let done = sqlx::query_with::<Any, _>(AssertSqlSafe(text), arguments)
        .execute(connection)
        .await?;
    if usize::try_from(done.rows_affected()) == Ok(count) {
        Ok(())
    } else {
        Err(StoreError::Moved)
    }
}

fn update_text(engine: Engine, columns: &[&str], size: usize) -> String {
    let mut text = String::from("UPDATE ra_application SET state = v.column3, updated_at = v.column4");
    for (place, column) in columns.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, ", {column} = v.column{}", place + 5);
    }
    let rows = value_rows(engine, size, columns.len() + 4);
    let _ = write!(
        text,
        " FROM (VALUES {rows}) AS v WHERE ra_application.id = v.column1 AND ra_application.state = v.column2"
    );
    text
}

fn bind(arguments: &mut AnyArguments, value: Value<'static>) -> Result<(), DatabaseError> {
    match value {
        Value::Integer(value) => arguments.add(value),
        Value::Text(value) => arguments.add(value.map(std::borrow::Cow::into_owned)),
        Value::Bytes(value) => arguments.add(value.map(std::borrow::Cow::into_owned)),
    }
    .map_err(|error| DatabaseError::Statement {
        detail: error.to_string(),
    })
}

/// Binds a list, filled up to its size.
fn list(mut values: Vec<Value<'static>>) -> Result<AnyArguments, DatabaseError> {
    let size = list_size(values.len());
    if let Some(last) = values.last().cloned() {
        values.resize(size, last);
    }
    let mut arguments = AnyArguments::default();
    for value in values {
        bind(&mut arguments, value)?;
    }
    Ok(arguments)
}

/// Reads applications by their numbers, at most [`LIST_MAX`] of them; unknown numbers are left out.
pub(crate) async fn load(
    connection: &mut Connection,
    ids: &[ApplicationId],
) -> Result<HashMap<ApplicationId, Case>, DatabaseError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Value<'static>> = ids.iter().take(LIST_MAX).map(|id| id.to_string().into()).collect();
    let places = placeholders(1, list_size(ids.len()));
    let text = format!("SELECT * FROM ra_application WHERE id IN ({places})");
    let rows = sqlx::query_with::<Any, _>(AssertSqlSafe(text), list(ids)?)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| read(row).map(|case| (case.id(), case))).collect()
}

/// Which of these key digests stand in an application that holds its key: not rejected, and no renewal.
pub(crate) async fn keys_taken(
    connection: &mut Connection,
    digests: &[[u8; 32]],
) -> Result<Vec<[u8; 32]>, DatabaseError> {
    let digests = digests.iter().map(|digest| digest.to_vec().into()).collect();
    let holds = "kind <> 'renewal' AND state <> 'rejected'";
    let rows = taken(connection, "key_digest", holds, digests).await?;
    rows.iter().map(|row| octets(row, "key_digest")).collect()
}

/// Which of these serial numbers are being renewed or were.
pub(crate) async fn renewals_taken(
    connection: &mut Connection,
    serials: &[String],
) -> Result<Vec<String>, DatabaseError> {
    let serials = serials.iter().map(|serial| serial.clone().into()).collect();
    let rows = taken(connection, "replaces", "state <> 'rejected'", serials).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Which of `values` stand in `column` of a row that meets `condition`; the words of the partial index.
async fn taken(
    connection: &mut Connection,
    column: &'static str,
    condition: &'static str,
    values: Vec<Value<'static>>,
) -> Result<Vec<AnyRow>, DatabaseError> {
    let mut found = Vec::new();
    for portion in values.chunks(LIST_MAX) {
        let places = placeholders(1, list_size(portion.len()));
        let text = format!("SELECT {column} FROM ra_application WHERE {column} IN ({places}) AND {condition}");
        let rows = sqlx::query_with::<Any, _>(AssertSqlSafe(text), list(portion.to_vec())?);
        found.extend(rows.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// Applications whose outcome only the certification authority knows, oldest first, after `after`.
pub(crate) async fn requested(
    connection: &mut Connection,
    after: &str,
    limit: i64,
) -> Result<Vec<Application<Requested>>, DatabaseError> {
    // The second condition is the words of the partial index.
    let text = "SELECT * FROM ra_application WHERE state = 'requested' AND state <> 'issued' AND id > $1 \
                ORDER BY id LIMIT $2";
    let rows = sqlx::query(text).bind(after).bind(limit).fetch_all(connection).await?;
    rows.iter()
        .map(|row| match read(row)? {
            Case::Requested(application) => Ok(application),
            _ => Err(impossible("state")),
        })
        .collect()
}

/// Reads a row into the type of its state.
pub(super) fn read(row: &AnyRow) -> Result<Case, DatabaseError> {
    let reached: Stage = row
        .try_get::<String, _>("state")?
        .parse()
        .map_err(|_| impossible("state"))?;
    let form = read_form(row)?;
    Ok(match reached {
        Stage::Entered => Case::Entered(Application { form, state: Entered }),
        Stage::Noticed => Case::Noticed(Application {
            form,
            state: noticed(row)?,
        }),
        Stage::Contracted => Case::Contracted(Application {
            form,
            state: contracted(row)?,
        }),
        Stage::Identified => Case::Identified(Application {
            form,
            state: identified(row)?,
        }),
        Stage::Approved => Case::Approved(Application {
            form,
            state: approved(row)?,
        }),
        Stage::Requested => Case::Requested(Application {
            form,
            state: read_requested(row)?,
        }),
        Stage::Issued => {
            let state = Issued {
                requested: read_requested(row)?,
                issued_at: time(row, "issued_at")?,
            };
            Case::Issued(Application { form, state })
        }
        Stage::Rejected => Case::Rejected(Application {
            form,
            state: rejected(row)?,
        }),
    })
}

fn read_form(row: &AnyRow) -> Result<Form, DatabaseError> {
    let days: Option<i64> = row.try_get("validity_days")?;
    Ok(Form {
        id: id(row, "id")?,
        kind: ApplicationKind::parse(row.try_get("kind")?).ok_or_else(|| impossible("kind"))?,
        profile: row.try_get("profile")?,
        law_scope: rule::scope_from(row.try_get("law_scope")?).ok_or_else(|| impossible("law_scope"))?,
        applicant: row.try_get("applicant")?,
        fields: read_json(row.try_get("fields")?, "fields")?,
        public_key: row.try_get("public_key")?,
        key_digest: octets(row, "key_digest")?,
        temporary_key: row.try_get("temporary_key")?,
        csr: row.try_get("csr")?,
        validity_days: days
            .map(u32::try_from)
            .transpose()
            .map_err(|_| impossible("validity_days"))?,
        replaces: row.try_get("replaces")?,
        salt: Salt(octets(row, "salt")?),
        entered_by: officer(row, "entered_by")?,
        entered_at: time(row, "entered_at")?,
    })
}

/// Reads an application's number.
pub(super) fn id(row: &AnyRow, column: &str) -> Result<ApplicationId, DatabaseError> {
    row.try_get::<String, _>(column)?
        .parse()
        .map_err(|_| impossible(column))
}

/// Reads an officer's number.
pub(super) fn officer(row: &AnyRow, column: &str) -> Result<OfficerId, DatabaseError> {
    OfficerId::new(row.try_get(column)?).ok_or_else(|| impossible(column))
}

fn step<T: serde::de::DeserializeOwned>(row: &AnyRow, columns: [&str; 3]) -> Result<Step<T>, DatabaseError> {
    let [what, by, at] = columns;
    Ok(Step {
        what: read_json(row.try_get(what)?, what)?,
        by: officer(row, by)?,
        at: time(row, at)?,
    })
}

fn step_if_any<T: serde::de::DeserializeOwned>(
    row: &AnyRow,
    columns: [&str; 3],
) -> Result<Option<Step<T>>, DatabaseError> {
    let [_, _, at] = columns;
    time_if_any(row, at)?.map(|_| step(row, columns)).transpose()
}

const NOTICE: [&str; 3] = ["notice", "noticed_by", "noticed_at"];
const CONTRACT: [&str; 3] = ["contract", "contracted_by", "contracted_at"];
const IDENTITY: [&str; 3] = ["identity", "identified_by", "identified_at"];

fn noticed(row: &AnyRow) -> Result<Noticed, DatabaseError> {
    Ok(Noticed {
        notice: step::<Notice>(row, NOTICE)?,
    })
}

fn contracted(row: &AnyRow) -> Result<Contracted, DatabaseError> {
    Ok(Contracted {
        noticed: noticed(row)?,
        contract: step::<Contract>(row, CONTRACT)?,
    })
}

fn identified(row: &AnyRow) -> Result<Identified, DatabaseError> {
    Ok(Identified {
        contracted: contracted(row)?,
        identity: step::<Identity>(row, IDENTITY)?,
    })
}

fn approval(row: &AnyRow) -> Result<Approval, DatabaseError> {
    Ok(Approval::stored(
        officer(row, "approved_by")?,
        time(row, "approved_at")?,
        octets(row, "approval")?,
    ))
}

fn approved(row: &AnyRow) -> Result<Approved, DatabaseError> {
    Ok(Approved {
        identified: identified(row)?,
        approval: approval(row)?,
    })
}

fn read_requested(row: &AnyRow) -> Result<Requested, DatabaseError> {
    let request = Request {
        id: octets(row, "request")?,
        by: officer(row, "requested_by")?,
        at: time(row, "requested_at")?,
    };
    Ok(Requested {
        approved: approved(row)?,
        request,
    })
}

fn rejected(row: &AnyRow) -> Result<Rejected, DatabaseError> {
    let reason = Reason::new(row.try_get("rejection")?).map_err(|_| impossible("rejection"))?;
    Ok(Rejected {
        notice: step_if_any(row, NOTICE)?,
        contract: step_if_any(row, CONTRACT)?,
        identity: step_if_any(row, IDENTITY)?,
        approval: time_if_any(row, "approved_at")?.map(|_| approval(row)).transpose()?,
        rejection: Step {
            what: reason,
            by: officer(row, "rejected_by")?,
            at: time(row, "rejected_at")?,
        },
    })
}
