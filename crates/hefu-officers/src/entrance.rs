//! Ways in for browsers: a client certificate, or an access token where the installation has no TLS door. Both end in a
//! session; the one before it, if the browser still carried one, ends with it.

use hefu_rulebook::Explain;
use jiff::Timestamp;

use crate::certificate::{CertificateRefused, CertificateStanding, PresentedCertificate};
use crate::facts;
use crate::officer::{Officer, OfficerId};
use crate::register::{AuthenticationError, Officers};
use crate::session::SessionToken;
use crate::sessions::LoginError;
use crate::store::Known;

/// Why the form of a page was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormFault {
    /// It carries no mark, or that of another session: stale, or forged.
    Mark,
    /// The browser says that another site sent it.
    OtherSite,
}

impl FormFault {
    /// Its word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::OtherSite => "other-site",
        }
    }
}

impl Officers {
    /// Opens a session for the officer to whom the certificate of the TLS connection is bound: valid at `now`, and not
    /// ended as far as `issuer` knows. Every refusal is recorded; only holders of certificates below the door's own
    /// roots get this far.
    ///
    /// # Errors
    /// [`LoginError::Certificate`] says which; that training is missing; a fault.
    pub async fn log_in_by_certificate(
        &self,
        presented: &PresentedCertificate,
        issuer: &dyn CertificateStanding,
        now: Timestamp,
    ) -> Result<(Officer, SessionToken), LoginError> {
        let known = self.bound(presented);
        match self.admit_with(presented, known.clone(), issuer, now).await {
            Ok(officer) => {
                let token = self.open_session(officer.id(), "certificate", now).await?;
                Ok((officer, token))
            }
            Err(why) => {
                let entry = match &known {
                    Some(known) => facts::refused("log-in", known.officer.id(), now, &why),
                    None => facts::stranger_refused(&presented.fingerprint(), now, why.code()),
                };
                self.record(entry).await?;
                Err(why)
            }
        }
    }

    /// The officer to whom a certificate is bound, on duty or not; opens nothing.
    #[must_use]
    pub fn holder(&self, presented: &PresentedCertificate) -> Option<OfficerId> {
        self.bound(presented).map(|known| known.officer.id())
    }

    async fn admit_with(
        &self,
        presented: &PresentedCertificate,
        known: Option<Known>,
        issuer: &dyn CertificateStanding,
        now: Timestamp,
    ) -> Result<Officer, LoginError> {
        let known = known.ok_or(CertificateRefused::NotBound)?;
        if !presented.in_time(now) {
            return Err(CertificateRefused::OutOfTime.into());
        }
        CertificateRefused::unless_in_force(issuer.standing(presented, now).await)?;
        self.admit(known, now).map_err(|why| match why {
            AuthenticationError::Unknown => CertificateRefused::NotBound.into(),
            AuthenticationError::TrainingMissing { .. } => LoginError::Refused(why),
        })
    }

    /// Opens a session for the officer whose access token this is; a session's text opens no other session. Strangers
    /// can say what they like here, so their refusals are not recorded.
    ///
    /// # Errors
    /// [`LoginError::Refused`], a fault.
    pub async fn log_in_by_token(&self, text: &str, now: Timestamp) -> Result<(Officer, SessionToken), LoginError> {
        let known = self.behind_token(text.trim()).ok_or(AuthenticationError::Unknown)?;
        let id = known.officer.id();
        match self.admit(known, now) {
            Ok(officer) => {
                let token = self.open_session(id, "token", now).await?;
                Ok((officer, token))
            }
            Err(why) => {
                self.record(facts::refused("log-in", id, now, &why)).await?;
                Err(why.into())
            }
        }
    }

    /// Finds the officer whose open session this is. Unlike [`Officers::authenticate`] it takes no access token, which
    /// has no place in a cookie.
    ///
    /// # Errors
    /// As [`Officers::authenticate`].
    pub fn behind_cookie(&self, session: &SessionToken, now: Timestamp) -> Result<Officer, AuthenticationError> {
        let known = self.behind_session(session, now);
        self.admit(known.ok_or(AuthenticationError::Unknown)?, now)
    }

    /// Ends the session that a browser carried, whoever's it was: at a log-in and at a log-out. No session is no error.
    ///
    /// # Errors
    /// A fault.
    pub async fn leave(&self, session: &SessionToken, now: Timestamp) -> Result<(), LoginError> {
        let Some((officer, number)) = self.open_behind(session) else {
            return Ok(());
        };
        match self.end_session(officer, &number, now).await {
            Err(LoginError::NoSuchSession) => Ok(()),
            other => other,
        }
    }

    /// Records that a form in an officer's session was not taken.
    ///
    /// # Errors
    /// A fault; then the refusal stands all the same.
    pub async fn record_form_refused(
        &self,
        officer: OfficerId,
        fault: FormFault,
        path: &str,
        now: Timestamp,
    ) -> Result<(), LoginError> {
        self.record(facts::form_refused(officer, fault.as_str(), path, now))
            .await
    }

    /// Records that a rule said no to an officer where no capability was asked: a page or a door of another's room.
    ///
    /// # Errors
    /// A fault; then the refusal stands all the same.
    pub async fn record_refused(
        &self,
        officer: OfficerId,
        act: &str,
        why: &(dyn Explain + Sync),
        now: Timestamp,
    ) -> Result<(), LoginError> {
        self.record(facts::refused(act, officer, now, why)).await
    }
}
