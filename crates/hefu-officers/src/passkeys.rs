//! A passkey is made, waits, opens sessions, is withdrawn by its holder.
//!
//! ```text
//! passkey_wish ─▶ the browser makes it ─▶ keep_passkey (waits) ─▶ two officers bind it ─▶ log_in_by_passkey
//! ```

use hefu_rulebook::{Explain as _, Kind};
use jiff::Timestamp;
use webauthn_es256::{Assertion, CREDENTIAL_ID_MAX, CeremonyError, Registration, RelyingParty};

use crate::certificate::fingerprint;
use crate::facts;
use crate::login::Challenge;
use crate::officer::{Officer, OfficerId};
use crate::passkey::{PASSKEYS_MAX, Passkey, PasskeyAnswer, PasskeyRefused, PasskeyWish, user_handle};
use crate::register::{AuthenticationError, Officers};
use crate::session::SessionToken;
use crate::sessions::LoginError;
use crate::store::passkeys::{self, Row};
use crate::store::sessions;

impl Officers {
    /// Whose pages may use passkeys; `None` where the operator has not turned them on.
    #[must_use]
    pub fn passkey_party(&self) -> Option<&RelyingParty> {
        self.settings.passkeys.as_ref()
    }

    fn party(&self) -> Result<&RelyingParty, LoginError> {
        Ok(self.passkey_party().ok_or(PasskeyRefused::Off)?)
    }

    /// Something new for a passkey to sign at a log-in: 32 random octets, base64url.
    ///
    /// # Errors
    /// [`PasskeyRefused::Off`]; [`LoginError::NoRandomness`].
    pub fn passkey_challenge(&self, now: Timestamp) -> Result<Challenge, LoginError> {
        self.party()?;
        let nonce = gm_suite::random().map_err(|_| LoginError::NoRandomness)?;
        Ok(self.ceremonies.log_ins.put(base64url(nonce), now))
    }

    /// What the officer's browser is asked to make a passkey of.
    ///
    /// # Errors
    /// [`PasskeyRefused::Off`], [`PasskeyRefused::TooMany`]; a fault.
    pub async fn passkey_wish(&self, officer: &Officer, now: Timestamp) -> Result<PasskeyWish, LoginError> {
        let party = self.party()?;
        let mine = self.passkeys(officer.id()).await?;
        if mine.len() >= PASSKEYS_MAX {
            return Err(PasskeyRefused::TooMany.into());
        }
        let challenge = base64url(gm_suite::random().map_err(|_| LoginError::NoRandomness)?);
        self.ceremonies.registrations.put(own(officer.id(), &challenge), now);
        Ok(PasskeyWish {
            challenge,
            user_handle: user_handle(party.id(), officer.id()),
            exclude: mine.into_iter().map(|passkey| passkey.credential).collect(),
        })
    }

    /// Keeps a passkey that the officer's browser made in answer to a wish. It waits and opens nothing; the record is
    /// `officer-passkey-registered/1`, a refusal is recorded.
    ///
    /// # Errors
    /// [`LoginError::Passkey`]; a fault.
    pub async fn keep_passkey(
        &self,
        officer: &Officer,
        client_data: &[u8],
        authenticator_data: &[u8],
        now: Timestamp,
    ) -> Result<Passkey, LoginError> {
        let made = self.made(officer.id(), client_data, authenticator_data, now);
        let kept = match made {
            Ok(row) => self.keep(row).await,
            Err(why) => Err(why),
        };
        if let Err(LoginError::Passkey(why)) = &kept {
            self.record(facts::refused("register-passkey", officer.id(), now, why))
                .await?;
        }
        kept
    }

    fn made(
        &self,
        officer: OfficerId,
        client_data: &[u8],
        authenticator_data: &[u8],
        now: Timestamp,
    ) -> Result<Row, LoginError> {
        let party = self.party()?;
        let made = Registration::parse(client_data, authenticator_data).map_err(PasskeyRefused::from)?;
        let challenge = made.challenge().to_owned();
        if !self.ceremonies.registrations.take(&own(officer, &challenge), now) {
            return Err(PasskeyRefused::Stale.into());
        }
        let credential = made.verify(party, &challenge).map_err(PasskeyRefused::from)?;
        Ok(Row {
            sm3: gm_suite::sm3(credential.key.spki()),
            officer,
            credential: credential.id,
            key: credential.key,
            is_synced: credential.is_synced,
            counter: credential.counter,
            made_at: now,
            bound_at: None,
            used_at: None,
        })
    }

    async fn keep(&self, row: Row) -> Result<Passkey, LoginError> {
        let entry = facts::passkey_registered(&row);
        self.database
            .write(move |connection| {
                Box::pin(async move {
                    if passkeys::of(connection, row.officer).await?.len() >= PASSKEYS_MAX {
                        return Err(PasskeyRefused::TooMany.into());
                    }
                    match passkeys::insert(connection, &row).await {
                        Err(why) if why.is_unique_violation() => return Err(PasskeyRefused::Taken.into()),
                        other => other?,
                    }
                    hefu_records::append(connection, &[entry]).await?;
                    Ok(Passkey::of(row))
                })
            })
            .await
    }

    /// An officer's passkeys, waiting and bound, oldest first.
    ///
    /// # Errors
    /// A fault.
    pub async fn passkeys(&self, officer: OfficerId) -> Result<Vec<Passkey>, LoginError> {
        let mut connection = self.database.read().await?;
        let rows = passkeys::of(&mut connection, officer).await?;
        Ok(rows.into_iter().map(Passkey::of).collect())
    }

    /// Takes one of the officer's own passkeys away, at once and without a second officer: it only closes a door. If it
    /// was bound, the officer's sessions end with it. The record is `officer-passkey-withdrawn/1`.
    ///
    /// # Errors
    /// [`PasskeyRefused::NoSuch`]; a fault.
    pub async fn withdraw_passkey(&self, officer: &Officer, name: &str, now: Timestamp) -> Result<(), LoginError> {
        let (officer, database) = (officer.id(), self.database.clone());
        let digest = fingerprint(name).ok_or(PasskeyRefused::NoSuch)?;
        self.to_its_end(async move {
            let withdrawn = database.write(move |connection| {
                Box::pin(async move {
                    let mine = passkeys::of(connection, officer).await?;
                    let found = mine.iter().find(|row| row.sm3 == digest);
                    let was_bound = found.ok_or(PasskeyRefused::NoSuch)?.bound_at.is_some();
                    passkeys::remove(connection, officer, Some(&digest)).await?;
                    if was_bound {
                        sessions::end(connection, officer, None).await?;
                    }
                    hefu_records::append(connection, &[facts::passkey_withdrawn(officer, &digest, now)]).await?;
                    Ok::<_, LoginError>(())
                })
            });
            withdrawn.await
        })
        .await
    }

    /// Opens a session for the officer to whom the passkey is bound that signed a challenge of this server. The challenge
    /// is spent either way; each refusal to a passkey that is registered is recorded, strangers are not.
    ///
    /// # Errors
    /// [`LoginError::Passkey`] says which; that training is missing; a fault.
    pub async fn log_in_by_passkey(
        &self,
        answer: &PasskeyAnswer,
        now: Timestamp,
    ) -> Result<(Officer, SessionToken), LoginError> {
        let party = self.party()?;
        let parsed = Assertion::parse(&answer.client_data, &answer.authenticator_data, &answer.signature);
        let challenge = parsed.as_ref().map(|it| it.challenge().to_owned()).unwrap_or_default();
        let in_time = self.ceremonies.log_ins.take(&challenge, now);
        let Some(row) = self.registered(&answer.credential).await? else {
            return Err(PasskeyRefused::NotBound.into());
        };
        let verified = match parsed {
            Err(why) => Err(PasskeyRefused::from(why)),
            Ok(_) if !in_time => Err(PasskeyRefused::Stale),
            Ok(assertion) => verified(party, &assertion, &challenge, answer, &row),
        };
        let opened = match verified {
            Ok(counter) => self.enter(&row, counter, now).await,
            Err(why) => Err(why.into()),
        };
        match opened {
            Err(why) if why.kind() != Kind::Fault => {
                self.record(facts::refused("log-in", row.officer, now, &why)).await?;
                Err(why)
            }
            other => other,
        }
    }

    async fn registered(&self, credential: &[u8]) -> Result<Option<Row>, LoginError> {
        if credential.len() > CREDENTIAL_ID_MAX {
            return Ok(None);
        }
        let mut connection = self.database.read().await?;
        Ok(passkeys::find(&mut connection, credential).await?)
    }

    /// The counter moves on in the transaction that opens the session: of two uses at once, or of a use and an unbinding,
    /// one comes first.
    async fn enter(&self, row: &Row, counter: u32, now: Timestamp) -> Result<(Officer, SessionToken), LoginError> {
        let known = self.find(row.officer).ok_or(PasskeyRefused::NotBound)?;
        let officer = self.admit(known, now).map_err(|why| match why {
            AuthenticationError::Unknown | AuthenticationError::SessionOver => PasskeyRefused::NotBound.into(),
            AuthenticationError::TrainingMissing { .. } => LoginError::Refused(why),
        })?;
        let row = row.clone();
        let opened = self.open_session_after(officer.id(), "passkey", now, move |connection| {
            Box::pin(async move {
                let moved = passkeys::used(connection, &row, counter, now).await?;
                moved.then_some(()).ok_or(PasskeyRefused::Stale.into())
            })
        });
        let token = opened.await?;
        Ok((officer, token))
    }
}

/// §7.2: the user handle says whose the key is, the key signs, and only a bound one opens anything.
fn verified(
    party: &RelyingParty,
    assertion: &Assertion,
    challenge: &str,
    answer: &PasskeyAnswer,
    row: &Row,
) -> Result<u32, PasskeyRefused> {
    if answer.user_handle != user_handle(party.id(), row.officer) {
        return Err(CeremonyError::Malformed("userHandle").into());
    }
    let counter = assertion.verify(party, challenge, &row.key, row.counter)?;
    if row.bound_at.is_none() {
        return Err(PasskeyRefused::NotBound);
    }
    Ok(counter)
}

/// A challenge for a registration is one officer's.
fn own(officer: OfficerId, challenge: &str) -> String {
    format!("{}:{challenge}", officer.number())
}

fn base64url(nonce: [u8; 32]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(nonce)
}
