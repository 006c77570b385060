//! Log-in with a signature, log-out, and the list of one's own sessions.

use std::sync::PoisonError;

use futures_util::future::BoxFuture;
use hefu_database::{Connection, DatabaseError};
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

use crate::certificate::CertificateRefused;
use crate::facts;
use crate::login::{self, Challenge};
use crate::officer::{Officer, OfficerId};
use crate::passkey::PasskeyRefused;
use crate::register::{AuthenticationError, Officers, OfficersError};
use crate::session::{self, Open, Session, SessionToken};
use crate::store::sessions::{self, Row};

impl Officers {
    /// Something new for an officer's key to sign.
    ///
    /// # Errors
    /// [`LoginError::NoRandomness`].
    pub fn challenge(&self, now: Timestamp) -> Result<Challenge, LoginError> {
        let nonce = gm_suite::random().map_err(|_| LoginError::NoRandomness)?;
        Ok(self.challenges.give(&self.settings.server, nonce, now))
    }

    /// Opens a session for the officer whose key signed a challenge of this server: SM2 with SM3 over the octets of
    /// `challenge`, DER. The challenge is spent either way; a refusal to an officer who exists is recorded.
    ///
    /// # Errors
    /// [`LoginError::Refused`] without saying what is wrong, or that training is missing; a fault.
    pub async fn log_in_by_signature(
        &self,
        officer: OfficerId,
        challenge: &str,
        signature: &[u8],
        now: Timestamp,
    ) -> Result<(Officer, SessionToken), LoginError> {
        let known = self.find(officer);
        let in_time = self.challenges.take(challenge, now);
        let key = known.as_ref().and_then(|known| known.key.as_ref());
        let signed = key.is_some_and(|key| login::signed(key, challenge, signature));
        let admitted = match &known {
            Some(known) if in_time && signed => self.admit(known.clone(), now),
            _ => Err(AuthenticationError::Unknown),
        };
        match admitted {
            Ok(officer) => {
                let token = self.open_session(officer.id(), "signature", now).await?;
                Ok((officer, token))
            }
            Err(why) => {
                // Only who holds a challenge of ours gets into the records: strangers cannot fill them for nothing.
                if known.is_some() && in_time {
                    self.record(facts::refused("log-in", officer, now, &why)).await?;
                }
                Err(why.into())
            }
        }
    }

    /// Opens a session for an officer who has proven who they are, `by` which means.
    pub(crate) async fn open_session(
        &self,
        officer: OfficerId,
        by: &'static str,
        now: Timestamp,
    ) -> Result<SessionToken, LoginError> {
        self.open_session_after(officer, by, now, |_| Box::pin(async { Ok(()) }))
            .await
    }

    /// The same after a step in the same transaction: if that fails, there is no session.
    pub(crate) async fn open_session_after<F>(
        &self,
        officer: OfficerId,
        by: &'static str,
        now: Timestamp,
        first: F,
    ) -> Result<SessionToken, LoginError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<(), LoginError>> + Send + 'static,
    {
        let token = SessionToken::new(gm_suite::random().map_err(|_| LoginError::NoRandomness)?);
        let digest = token.digest();
        let number = session::number(&digest);
        let open = Open::new(number, officer, now);
        let entry = facts::session_opened(&open.shown().number, officer, by, now);
        let limit = now
            .saturating_sub(self.settings.sessions.absolute)
            .unwrap_or(Timestamp::MIN);
        self.database
            .write(move |connection| {
                Box::pin(async move {
                    let row = Row {
                        digest,
                        number,
                        officer,
                        opened_at: now,
                    };
                    first(&mut *connection).await?;
                    sessions::forget(connection, limit).await?;
                    sessions::insert(connection, &row).await?;
                    hefu_records::append(connection, &[entry]).await?;
                    Ok::<_, LoginError>(())
                })
            })
            .await?;
        // From the table, so that a change that came in between has its say.
        self.refresh().await?;
        Ok(token)
    }

    /// The officer's own sessions that still last, oldest first.
    #[must_use]
    pub fn sessions(&self, officer: OfficerId, now: Timestamp) -> Vec<Session> {
        let limits = self.settings.sessions;
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        let own = sessions
            .values()
            .filter(|open| open.officer == officer && open.lasts(limits, now));
        let mut shown: Vec<Session> = own.map(|open| open.shown()).collect();
        shown.sort_by(|one, other| (one.opened_at, &one.number).cmp(&(other.opened_at, &other.number)));
        shown
    }

    /// Ends one of the officer's own sessions, by its number.
    ///
    /// # Errors
    /// [`LoginError::NoSuchSession`] for a number that is not an open session of this officer; a fault.
    pub async fn end_session(&self, officer: OfficerId, number: &str, now: Timestamp) -> Result<(), LoginError> {
        let wanted = parse_number(number).ok_or(LoginError::NoSuchSession)?;
        let entry = facts::session_ended(&format!("{wanted:016x}"), officer, now);
        let database = self.database.clone();
        self.to_its_end(async move {
            let ended = database.write(move |connection| {
                Box::pin(async move {
                    if sessions::end(connection, officer, Some(wanted)).await? == 0 {
                        return Err(LoginError::NoSuchSession);
                    }
                    hefu_records::append(connection, &[entry]).await?;
                    Ok(())
                })
            });
            ended.await
        })
        .await
    }

    /// The number of the session that a text opens, for a log-out.
    #[must_use]
    pub fn session_number(&self, text: &str) -> Option<String> {
        let (_, number) = self.open_behind(&SessionToken::parse(text)?)?;
        Some(number)
    }

    /// Whose open session a text stands for, and its number.
    pub(crate) fn open_behind(&self, session: &SessionToken) -> Option<(OfficerId, String)> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        let open = sessions.get(&session.digest())?;
        Some((open.officer, open.shown().number))
    }

    pub(crate) async fn record(&self, entry: hefu_records::NewEntry) -> Result<(), LoginError> {
        self.database
            .write(move |connection| {
                Box::pin(async move {
                    hefu_records::append(connection, &[entry]).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// A session's number as people write it.
pub(crate) fn parse_number(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 16).ok().filter(|number| *number > 0)
}

/// Why a session was not opened or ended.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The officer may not come in.
    #[error(transparent)]
    Refused(#[from] AuthenticationError),
    /// The certificate opens nothing.
    #[error(transparent)]
    Certificate(#[from] CertificateRefused),
    /// The passkey was not taken, or opens nothing.
    #[error(transparent)]
    Passkey(#[from] PasskeyRefused),
    /// Not an open session of this officer.
    #[error("there is no such open session of yours")]
    NoSuchSession,
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

impl From<OfficersError> for LoginError {
    fn from(OfficersError::Database(why): OfficersError) -> Self {
        Self::Database(why)
    }
}

impl Explain for LoginError {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Certificate(error) => error.code(),
            Self::Passkey(error) => error.code(),
            Self::NoSuchSession => "no-such-session",
            Self::NoRandomness => "no-randomness",
            Self::Database(error) => error.code(),
            Self::Record(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Refused(error) => error.kind(),
            Self::Certificate(error) => error.kind(),
            Self::Passkey(error) => error.kind(),
            Self::NoSuchSession => Kind::Absent,
            Self::NoRandomness => Kind::Fault,
            Self::Database(error) => error.kind(),
            Self::Record(error) => error.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Refused(error) => error.blame(),
            Self::Certificate(error) => error.blame(),
            Self::Passkey(error) => error.blame(),
            Self::NoSuchSession => Blame::Caller,
            Self::NoRandomness => Blame::Operator,
            Self::Database(error) => error.blame(),
            Self::Record(error) => error.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Refused(error) => error.citation(),
            Self::Certificate(error) => error.citation(),
            Self::Passkey(error) => error.citation(),
            Self::NoSuchSession | Self::NoRandomness => None,
            Self::Database(error) => error.citation(),
            Self::Record(error) => error.citation(),
        }
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Refused(error), _) => error.message(language),
            (Self::Certificate(error), _) => error.message(language),
            (Self::Passkey(error), _) => error.message(language),
            (Self::Database(error), _) => error.message(language),
            (Self::Record(error), _) => error.message(language),
            (Self::NoSuchSession, Language::Chinese) => "没有这个属于本人的在线会话".to_owned(),
            (Self::NoRandomness, Language::Chinese) => "系统随机数发生器没有响应".to_owned(),
            (Self::NoSuchSession | Self::NoRandomness, Language::English) => self.to_string(),
        }
    }
}
