//! Enrolment: a person becomes an officer, gets a token, and a record says so.
//!
//! The record names number, role and branch; the name, being personal data, stays in the table.

use hefu_database::{Connection, DatabaseError};
use hefu_records::{NewEntry, RecordsError};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use serde_json::json;

use crate::facts;
use crate::officer::{Duty, Officer, OfficerId};
use crate::role::Role;
use crate::store;
use crate::token::Token;

/// Longest name in characters: room for long foreign names, short enough for a duty roster.
const NAME_CHARACTERS_MAX: usize = 64;

/// Who the records name as the doer where there are no officers yet.
const ACTOR: &str = "operator";

/// Enrols a person at the start of an installation, before there are officers who appoint officers: row, token digest and record `officer-enrolled/1` in the caller's transaction.
///
/// The token is in the answer and nowhere else. A running daemon sees the new officer after
/// [`Officers::refresh`](crate::Officers::refresh).
///
/// # Errors
/// A name that is empty, too long or taken (nobody is enrolled twice, so nobody is in both branches), or a fault.
pub async fn enrol(
    connection: &mut Connection,
    name: &str,
    role: Role,
    now: Timestamp,
) -> Result<(Officer, Token), EnrolError> {
    let id = OfficerId::new(store::next_officer(connection).await?).ok_or(EnrolError::NumbersSpent)?;
    let token = new_token(id)?;
    let officer = Officer {
        id,
        name: checked_name(name)?.into(),
        role,
        enrolled_at: now,
        duty: Duty::On,
        body: None,
    };
    insert(connection, &officer).await?;
    store::set_token(connection, id, Some(&token.digest()), now).await?;
    hefu_records::append(connection, &[enrolled(&officer, ACTOR.to_owned(), now)]).await?;
    Ok((officer, token))
}

/// Binds a client certificate (SM3 of its DER) to an officer at the start of an installation, when nobody could propose
/// it to anybody: row and record `officer-certificate-bound/1` in the caller's transaction. Later two officers do it.
///
/// # Errors
/// A fault, also when the certificate is bound already.
pub async fn bind_certificate(
    connection: &mut Connection,
    officer: OfficerId,
    sm3: &[u8; 32],
    now: Timestamp,
) -> Result<(), EnrolError> {
    store::set_certificate(connection, officer, Some(sm3), now).await?;
    let entry = facts::certificate_bound(officer, &hex::encode(sm3), ACTOR, now);
    hefu_records::append(connection, &[entry]).await?;
    Ok(())
}

pub(crate) fn new_token(id: OfficerId) -> Result<Token, EnrolError> {
    Ok(Token::new(
        id,
        gm_suite::random().map_err(|_| EnrolError::NoRandomness)?,
    ))
}

pub(crate) async fn insert(connection: &mut Connection, officer: &Officer) -> Result<(), EnrolError> {
    store::insert(connection, officer).await.map_err(|error| {
        if error.is_unique_violation() {
            EnrolError::NameTaken
        } else {
            EnrolError::Database(error)
        }
    })
}

pub(crate) fn checked_name(name: &str) -> Result<&str, EnrolError> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(EnrolError::NameEmpty),
        1..=NAME_CHARACTERS_MAX if !name.chars().any(char::is_control) => Ok(name),
        1..=NAME_CHARACTERS_MAX => Err(EnrolError::NameUnprintable),
        _ => Err(EnrolError::NameTooLong),
    }
}

pub(crate) fn enrolled(officer: &Officer, actor: String, at: Timestamp) -> NewEntry {
    NewEntry {
        at,
        kind: "officer-enrolled/1".to_owned(),
        subject: officer.id.actor(),
        actor,
        body: json!({ "role": officer.role.as_str(), "branch": officer.role.branch().as_str() }),
    }
}

/// Why a person was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// No name.
    #[error("the officer's name is empty")]
    NameEmpty,
    /// A name that fits no roster.
    #[error("the officer's name is longer than {NAME_CHARACTERS_MAX} characters")]
    NameTooLong,
    /// A name with control characters.
    #[error("the officer's name has characters that cannot be printed")]
    NameUnprintable,
    /// The person has a role already.
    #[error("an officer with this name is enrolled already; nobody holds two roles")]
    NameTaken,
    /// The numbers of officers have come to their end.
    #[error("there is no officer number left")]
    NumbersSpent,
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The record could not be written, so nothing was.
    #[error(transparent)]
    Record(#[from] RecordsError),
}

impl Explain for EnrolError {
    fn code(&self) -> &'static str {
        match self {
            Self::NameEmpty => "officer-name-empty",
            Self::NameTooLong => "officer-name-too-long",
            Self::NameUnprintable => "officer-name-unprintable",
            Self::NameTaken => "officer-name-taken",
            Self::NumbersSpent => "officer-numbers-spent",
            Self::NoRandomness => "no-randomness",
            Self::Database(error) => error.code(),
            Self::Record(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NameEmpty | Self::NameTooLong | Self::NameUnprintable => Kind::Malformed,
            Self::NameTaken => Kind::Refusal,
            Self::NumbersSpent | Self::NoRandomness => Kind::Fault,
            Self::Database(error) => error.kind(),
            Self::Record(error) => error.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::NameEmpty | Self::NameTooLong | Self::NameUnprintable | Self::NameTaken => Blame::Caller,
            Self::NumbersSpent => Blame::Hefu,
            Self::NoRandomness => Blame::Operator,
            Self::Database(error) => error.blame(),
            Self::Record(error) => error.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::NameEmpty
            | Self::NameTooLong
            | Self::NameUnprintable
            | Self::NameTaken
            | Self::NumbersSpent
            | Self::NoRandomness => None,
            Self::Database(error) => error.citation(),
            Self::Record(error) => error.citation(),
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::NameEmpty => "人员姓名为空".to_owned(),
            Self::NameTooLong => format!("人员姓名超过{NAME_CHARACTERS_MAX}个字符"),
            Self::NameUnprintable => "人员姓名含有不可打印的字符".to_owned(),
            Self::NameTaken => "该姓名的人员已经登记；任何人不得兼任两个角色".to_owned(),
            Self::NumbersSpent => "人员编号已经用尽".to_owned(),
            Self::NoRandomness => "系统随机数发生器没有响应".to_owned(),
            Self::Database(error) => error.message(language),
            Self::Record(error) => error.message(language),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}
