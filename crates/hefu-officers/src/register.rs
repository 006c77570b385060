//! The register of officers in memory: authentication without a visit to the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, PoisonError, RwLock};
use std::time::Duration;

use hefu_database::{Database, DatabaseError};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use tokio::sync::Mutex;
use webauthn_es256::RelyingParty;

use crate::certificate::PresentedCertificate;
use crate::duty::TrainingRule;
use crate::enrolment::{EnrolError, enrol};
use crate::login::{Ceremonies, Challenges};
use crate::officer::{Duty, Officer, OfficerId};
use crate::role::Role;
use crate::session::{Open, SessionLimits, SessionToken};
use crate::store::{self, Known};
use crate::token::{Token, TokenDigest};
use crate::turned_away::Over;

/// Between two attempts to read the register after a change that it does not show yet.
const READ_AGAIN_EVERY: Duration = Duration::from_secs(1);

type Register = HashMap<OfficerId, Known>;
pub(crate) type Sessions = HashMap<[u8; 32], Arc<Open>>;

/// What the operator sets.
#[derive(Clone, Debug, Default)]
pub struct OfficerSettings {
    /// Name of this server in challenges, such as its public address.
    pub server: String,
    /// How long a session lasts.
    pub sessions: SessionLimits,
    /// Whether a post needs training.
    pub training: TrainingRule,
    /// Whose pages may use passkeys; none when absent.
    pub passkeys: Option<RelyingParty>,
}

/// Everybody on the register, and their sessions. Cheap to clone; all clones see the same.
#[derive(Clone)]
pub struct Officers {
    pub(crate) database: Database,
    pub(crate) settings: Arc<OfficerSettings>,
    pub(crate) challenges: Arc<Challenges>,
    pub(crate) ceremonies: Arc<Ceremonies>,
    pub(crate) sessions: Arc<RwLock<Sessions>>,
    pub(crate) over: Arc<Lock<Over>>,
    register: Arc<RwLock<Arc<Register>>>,
    /// One reading at a time, so that an older one never replaces a newer.
    reading: Arc<Mutex<()>>,
}

impl Officers {
    /// Reads the register and the open sessions, with settings that leave training to the operator.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(database: Database) -> Result<Self, OfficersError> {
        Self::open_with(database, OfficerSettings::default()).await
    }

    /// Reads the register and the open sessions.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open_with(database: Database, settings: OfficerSettings) -> Result<Self, OfficersError> {
        let officers = Self {
            database,
            settings: Arc::new(settings),
            challenges: Arc::default(),
            ceremonies: Arc::default(),
            sessions: Arc::default(),
            over: Arc::default(),
            register: Arc::default(),
            reading: Arc::default(),
        };
        officers.refresh().await?;
        Ok(officers)
    }

    /// Reads the register again, after a change or after another process enrolled somebody.
    ///
    /// # Errors
    /// When the database cannot be read; the register stays as it was.
    pub async fn refresh(&self) -> Result<(), OfficersError> {
        let _one = self.reading.lock().await;
        let mut connection = self.database.read().await?;
        let everybody = store::all(&mut connection).await?;
        let rows = store::sessions::all(&mut connection).await?;
        let read = everybody.into_iter().map(|known| (known.officer.id(), known)).collect();
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        let mut kept = Sessions::new();
        for row in rows {
            let known = sessions.remove(&row.digest);
            let open = known.unwrap_or_else(|| Arc::new(Open::new(row.number, row.officer, row.opened_at)));
            kept.insert(row.digest, open);
        }
        let ended = std::mem::replace(&mut *sessions, kept);
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        for (digest, open) in ended {
            over.remember(digest, open.officer);
        }
        Ok(())
    }

    /// Carries a change through and reads the register again, also when the caller stops waiting: what was taken away
    /// from an officer is taken away at once. While the register cannot be read, nobody acts.
    pub(crate) async fn to_its_end<T, E>(
        &self,
        change: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let officers = self.clone();
        let carried = tokio::spawn(async move {
            let done = change.await?;
            if let Err(OfficersError::Database(why)) = officers.refresh().await {
                officers.forget_everybody();
                tokio::spawn(async move {
                    while officers.refresh().await.is_err() {
                        tokio::time::sleep(READ_AGAIN_EVERY).await;
                    }
                });
                return Err(E::from(why));
            }
            Ok(done)
        });
        carried.await.unwrap_or_else(|_| Err(E::from(DatabaseError::Panicked)))
    }

    fn forget_everybody(&self) {
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// Enrols a person in a transaction of its own and takes the officer into the register.
    ///
    /// # Errors
    /// As [`enrol`].
    pub async fn enrol(&self, name: &str, role: Role, now: Timestamp) -> Result<(Officer, Token), EnrolError> {
        let name = name.to_owned();
        let enrolled = self
            .database
            .write(move |connection| Box::pin(async move { enrol(connection, &name, role, now).await }))
            .await?;
        self.refresh().await.map_err(|OfficersError::Database(why)| why)?;
        Ok(enrolled)
    }

    /// Finds the officer whose access token or open session this is, if they may act at `now`. Compares whole digests
    /// in constant time, also when there is no such officer.
    ///
    /// # Errors
    /// [`AuthenticationError::Unknown`] for any text that is not the token of an officer on duty, without saying why;
    /// [`AuthenticationError::SessionOver`] for a session that this process knew;
    /// [`AuthenticationError::TrainingMissing`] for an officer whose training is not good (any more).
    pub fn authenticate(&self, text: &str, now: Timestamp) -> Result<Officer, AuthenticationError> {
        let known = match SessionToken::parse(text) {
            Some(session) => self.behind_session(&session, now)?,
            None => self.behind_token(text).ok_or(AuthenticationError::Unknown)?,
        };
        self.admit(known, now)
    }

    /// On duty and trained.
    pub(crate) fn admit(&self, known: Known, now: Timestamp) -> Result<Officer, AuthenticationError> {
        let Known {
            officer, trained_at, ..
        } = known;
        if officer.duty() != Duty::On {
            return Err(AuthenticationError::Unknown);
        }
        if !self.settings.training.admits(&officer, trained_at, now) {
            return Err(AuthenticationError::TrainingMissing { role: officer.role() });
        }
        Ok(officer)
    }

    pub(crate) fn behind_token(&self, text: &str) -> Option<Known> {
        let token = Token::parse(text)?;
        let found = self.find(token.officer());
        let digest = found
            .as_ref()
            .and_then(|known| known.digest)
            .unwrap_or(TokenDigest::NOBODY);
        found.filter(|_| digest.matches(&token))
    }

    pub(crate) fn behind_session(&self, session: &SessionToken, now: Timestamp) -> Result<Known, AuthenticationError> {
        // The map is asked for a digest of 256 random bits: the time of the answer tells nothing of the secret.
        let digest = session.digest();
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        let open = sessions.get(&digest).cloned();
        drop(sessions);
        if let Some(open) = &open
            && open.touch(self.settings.sessions, now)
        {
            return self.find(open.officer).ok_or(AuthenticationError::Unknown);
        }
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open {
            over.remember(digest, open.officer);
        }
        let was_one = over.knows(&digest);
        Err(if was_one {
            AuthenticationError::SessionOver
        } else {
            AuthenticationError::Unknown
        })
    }

    /// The officer to whom a certificate is bound.
    pub(crate) fn bound(&self, presented: &PresentedCertificate) -> Option<Known> {
        let wanted = Some(*presented.sm3());
        self.now().values().find(|known| known.certificate == wanted).cloned()
    }

    pub(crate) fn find(&self, id: OfficerId) -> Option<Known> {
        self.now().get(&id).cloned()
    }

    fn now(&self) -> Arc<Register> {
        Arc::clone(&self.register.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everybody who was ever enrolled, in order of enrolment.
    #[must_use]
    pub fn all(&self) -> Vec<Officer> {
        let mut officers: Vec<_> = self.now().values().map(|known| known.officer.clone()).collect();
        officers.sort_by_key(Officer::id);
        officers
    }
}

/// Why the register could not be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OfficersError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Explain for OfficersError {
    fn code(&self) -> &'static str {
        let Self::Database(error) = self;
        error.code()
    }

    fn kind(&self) -> Kind {
        let Self::Database(error) = self;
        error.kind()
    }

    fn blame(&self) -> Blame {
        let Self::Database(error) = self;
        error.blame()
    }

    fn citation(&self) -> Option<Citation> {
        let Self::Database(error) = self;
        error.citation()
    }

    fn message(&self, language: Language) -> String {
        let Self::Database(error) = self;
        error.message(language)
    }
}

/// Somebody who may not come in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AuthenticationError {
    /// A text that is no token of an officer on duty. Says nothing about what is wrong with it.
    #[error("the access token is not one of an officer on duty")]
    Unknown,
    /// A session that was an officer's and is over: idle for too long, at its limit, logged out, or ended with a change
    /// of the officer.
    #[error("this session is over: it was idle for too long, ended, or the post was changed; log in again")]
    SessionOver,
    /// An officer without training that is still good.
    #[error("the post of {role} needs training that is still good")]
    TrainingMissing {
        /// The post.
        role: Role,
    },
}

impl Explain for AuthenticationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unauthenticated",
            Self::SessionOver => "session-over",
            Self::TrainingMissing { .. } => "training-missing",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unknown => Blame::Caller,
            Self::SessionOver | Self::TrainingMissing { .. } => Blame::Officer,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Unknown => None,
            Self::SessionOver => Some(Citation::new("M15", "19")),
            Self::TrainingMissing { .. } => Some(Citation::new("M15", "36")),
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::Chinese, Self::Unknown) => "访问令牌不属于任何在岗人员".to_owned(),
            (Language::Chinese, Self::SessionOver) => {
                "会话已结束：闲置过久、已退出或者岗位有变动，请重新登录".to_owned()
            }
            (Language::Chinese, Self::TrainingMissing { role }) => {
                format!("{}岗位需要在有效期内的岗位培训", role.name(language))
            }
            (Language::English, _) => self.to_string(),
        }
    }
}
