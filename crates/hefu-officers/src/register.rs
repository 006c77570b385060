//! The register of officers in memory: authentication without a visit to the database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use hefu_database::{Connection, Database, DatabaseError};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

use crate::enrolment::{EnrolError, enrol};
use crate::officer::{Officer, OfficerId};
use crate::role::Role;
use crate::store;
use crate::token::{Token, TokenDigest};

type Register = HashMap<OfficerId, (Officer, TokenDigest)>;

/// Everybody on duty. Cheap to clone; all clones see the same register.
#[derive(Clone)]
pub struct Officers {
    database: Database,
    register: Arc<RwLock<Arc<Register>>>,
}

impl Officers {
    /// Reads the register.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(database: Database) -> Result<Self, OfficersError> {
        let officers = Self {
            database,
            register: Arc::default(),
        };
        officers.refresh().await?;
        Ok(officers)
    }

    /// Reads the register again, after another process enrolled somebody.
    ///
    /// # Errors
    /// When the database cannot be read; the register stays as it was.
    pub async fn refresh(&self) -> Result<(), OfficersError> {
        let mut connection = self.database.read().await?;
        let read = read_all(&mut connection).await?;
        *self.register.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        Ok(())
    }

    /// Enrols a person in a transaction of its own and takes the officer into the register.
    ///
    /// # Errors
    /// As [`enrol`].
    pub async fn enrol(&self, name: &str, role: Role, now: Timestamp) -> Result<(Officer, Token), EnrolError> {
        let name = name.to_owned();
        let (officer, token) = self
            .database
            .write(move |connection| Box::pin(async move { enrol(connection, &name, role, now).await }))
            .await?;
        let mut register = self.register.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut register).insert(officer.id(), (officer.clone(), token.digest()));
        drop(register);
        Ok((officer, token))
    }

    /// Finds the officer whose token this is. Compares whole digests in constant time, also when there is no
    /// such officer.
    ///
    /// # Errors
    /// [`AuthenticationError`] for any text that is not the token of an officer, without saying why.
    pub fn authenticate(&self, token: &str) -> Result<Officer, AuthenticationError> {
        let token = Token::parse(token).ok_or(AuthenticationError)?;
        let register = Arc::clone(&self.register.read().unwrap_or_else(PoisonError::into_inner));
        let found = register.get(&token.officer());
        let digest = found.map_or(TokenDigest::NOBODY, |(_, digest)| *digest);
        match (digest.matches(&token), found) {
            (true, Some((officer, _))) => Ok(officer.clone()),
            _ => Err(AuthenticationError),
        }
    }

    /// Everybody, in order of enrolment.
    #[must_use]
    pub fn all(&self) -> Vec<Officer> {
        let register = Arc::clone(&self.register.read().unwrap_or_else(PoisonError::into_inner));
        let mut officers: Vec<_> = register.values().map(|(officer, _)| officer.clone()).collect();
        officers.sort_by_key(Officer::id);
        officers
    }
}

async fn read_all(connection: &mut Connection) -> Result<Register, DatabaseError> {
    let everybody = store::all(connection).await?;
    Ok(everybody
        .into_iter()
        .map(|(officer, digest)| (officer.id(), (officer, digest)))
        .collect())
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

/// A text that is no officer's token. Says nothing about what is wrong with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the access token is not one of an officer on duty")]
pub struct AuthenticationError;

impl Explain for AuthenticationError {
    fn code(&self) -> &'static str {
        "unauthenticated"
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => "访问令牌不属于任何在岗人员".to_owned(),
            Language::English => self.to_string(),
        }
    }
}
