//! What is kept of one officer: post, credentials by which they come in, training, and what was proposed about them.
//!
//! Serves whoever oversees without acting: nothing here changes anything, and no secret is in it.

use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use serde::Serialize;

use crate::change::Proposal;
use crate::duty::DelegatedBody;
use crate::officer::{Officer, OfficerId};
use crate::register::Officers;
use crate::store::{self, dossier};

/// What is kept of one officer.
#[derive(Clone, Debug, Serialize)]
pub struct Dossier {
    /// The officer.
    pub officer: Officer,
    /// The delegated body that they work for.
    pub body: Option<DelegatedBody>,
    /// By what they come in.
    pub credentials: Credentials,
    /// What they passed, latest first; at most two hundred.
    pub training: Vec<Passed>,
    /// What was proposed about them since their appointment, oldest first; at most two hundred.
    pub changes: Vec<Proposal>,
}

/// By what an officer comes in; never the secret itself.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Credentials {
    /// When their access token was made, if they have one.
    pub token_since: Option<Timestamp>,
    /// Whether they have a key to sign challenges with.
    pub has_key: bool,
    /// SM3 of their client certificate, hexadecimal, and since when it is bound.
    pub certificate: Option<BoundCertificate>,
}

/// A client certificate that is bound to an officer.
#[derive(Clone, Debug, Serialize)]
pub struct BoundCertificate {
    /// SM3 of the certificate (DER), hexadecimal.
    pub sm3: String,
    /// Since when.
    pub since: Timestamp,
}

/// Training that an officer passed.
#[derive(Clone, Debug, Serialize)]
pub struct Passed {
    /// The course.
    pub course: String,
    /// When.
    pub passed_at: Timestamp,
    /// Who recorded it.
    pub recorded_by: OfficerId,
    /// When that was.
    pub recorded_at: Timestamp,
}

impl Officers {
    /// What is kept of one officer; `None` when there is none of this number.
    ///
    /// # Errors
    /// The database's.
    pub async fn dossier(&self, id: OfficerId) -> Result<Option<Dossier>, DatabaseError> {
        let mut connection = self.database.read().await?;
        let everybody = store::all(&mut connection).await?;
        let Some(known) = everybody.into_iter().find(|known| known.officer.id() == id) else {
            return Ok(None);
        };
        let officer = known.officer;
        Ok(Some(Dossier {
            body: body(&mut connection, &officer).await?,
            credentials: dossier::credentials(&mut connection, id).await?,
            training: dossier::training(&mut connection, id).await?,
            changes: dossier::changes(&mut connection, id).await?,
            officer,
        }))
    }
}

async fn body(connection: &mut Connection, officer: &Officer) -> Result<Option<DelegatedBody>, DatabaseError> {
    match officer.body() {
        Some(number) => dossier::body(connection, number).await,
        None => Ok(None),
    }
}
