//! The desk where relying parties and the public ask.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hefu_database::Database;
use hefu_records::Feed;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::{SignedDuration, Timestamp};

use crate::announcement::{AnnouncedNames, AnnouncementPage, FindAnnouncements};
use crate::authority::{Authority, AuthorityError, AuthoritySettings};
use crate::certificate::{CertificateView, NameDisplay};
use crate::follower::{FollowError, Followed, Follower, Pace};
use crate::index::Index;
use crate::query::{LookUpError, Page, Register, Search};
use crate::responder::{OcspReply, Responder};
use crate::shelf::CrlShelf;
use crate::store::{self, StoreError};

/// How often the files of revocation lists are looked at; only a changed one is read.
const CRL_LOOK: Duration = Duration::from_secs(1);

/// What the desk works with.
pub struct StatusSettings {
    /// The zone's database, opened with [`MIGRATIONS`](crate::MIGRATIONS) and those of the records.
    pub database: Database,
    /// The records of the certification authority.
    pub feed: Arc<dyn Feed>,
    /// The authorities that are answered for.
    pub authorities: Vec<AuthoritySettings>,
    /// How long an OCSP answer is good from when it was true; also how long the desk goes on answering when the
    /// records do not come.
    pub answers_valid_for: SignedDuration,
    /// Whether names of natural persons are shown.
    pub names: NameDisplay,
}

/// The desk cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An authority cannot be answered for.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The tables cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Explain for OpenError {
    fn code(&self) -> &'static str {
        match self {
            Self::Authority(why) => why.code(),
            Self::Store(why) => why.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Authority(why) => why.kind(),
            Self::Store(why) => why.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Authority(why) => why.blame(),
            Self::Store(why) => why.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Authority(why) => why.citation(),
            Self::Store(why) => why.citation(),
        }
    }

    fn message(&self, language: Language) -> String {
        match self {
            Self::Authority(why) => why.message(language),
            Self::Store(why) => why.message(language),
        }
    }
}

/// What can be had of an authority.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// Its name in addresses.
    pub name: &'a str,
    /// Its certificate, DER.
    pub certificate: &'a [u8],
    /// The root above it, DER.
    pub root: Option<&'a [u8]>,
}

/// OCSP, revocation lists and look-up of one zone.
pub struct StatusDesk {
    follower: Follower,
    responder: Responder,
    register: Register,
    index: Arc<Index>,
    shelf: Arc<CrlShelf>,
    announced: AnnouncedNames,
}

impl std::fmt::Debug for StatusDesk {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("StatusDesk")
            .field("responder", &self.responder)
            .finish_non_exhaustive()
    }
}

impl StatusDesk {
    /// Opens the desk: lets every delegate sign an answer that is then read as a relying party would.
    ///
    /// Quick, whatever the tables hold: the index is filled by the first [`StatusDesk::follow_once`], and OCSP
    /// answers [`tryLater`](pkix_status::ResponseStatus::TryLater) until then.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(settings: StatusSettings, now: Timestamp) -> Result<Self, OpenError> {
        let index = Arc::<Index>::default();
        let authorities = settings
            .authorities
            .into_iter()
            .map(|authority| Authority::open(authority, &index, now));
        let authorities = authorities.collect::<Result<Vec<_>, _>>()?;
        let mut shelf = CrlShelf::default();
        for authority in &authorities {
            shelf.add(
                &authority.name,
                authority.issuer.name(),
                authority.public_key(),
                authority.crl.clone(),
            );
        }
        let responder = Responder::new(authorities, settings.answers_valid_for)?;
        let mut connection = settings.database.read().await.map_err(StoreError::from)?;
        store::probe(&mut connection).await?;
        drop(connection);
        Ok(Self {
            follower: Follower::new(settings.database.clone(), settings.feed, Arc::clone(&index)),
            responder,
            register: Register {
                database: settings.database,
                names: settings.names,
            },
            index,
            shelf: Arc::new(shelf),
            announced: AnnouncedNames::default(),
        })
    }

    /// The same desk, naming holders in announcements as told; masked otherwise.
    #[must_use]
    pub fn announcing(self, announced: AnnouncedNames) -> Self {
        Self { announced, ..self }
    }

    /// Reads the next portion of the records.
    ///
    /// # Errors
    /// [`FollowError`]; nothing of the portion was kept.
    pub async fn follow_once(&self, now: Timestamp) -> Result<Followed, FollowError> {
        self.follower.follow_once(now).await
    }

    /// Follows the records and the files of revocation lists until `stop`.
    pub async fn run(&self, pace: Pace, clock: impl Fn() -> Timestamp, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = self.follower.run(pace, clock, stop) => {}
            () = watch_files(Arc::clone(&self.shelf)) => {}
        }
    }

    /// Answers an OCSP request (the body of a POST). Never fails: what cannot be answered is answered so.
    #[must_use]
    pub fn respond_ocsp(&self, request: &[u8], now: Timestamp) -> OcspReply {
        self.responder.answer(request, now, self.follower.true_at())
    }

    /// Answers an OCSP request in the path of a GET, all of it after the responder's own prefix.
    #[must_use]
    pub fn respond_ocsp_path(&self, path: &str, now: Timestamp) -> OcspReply {
        self.responder.answer_path(path, now, self.follower.true_at())
    }

    /// What is known of a certificate.
    ///
    /// # Errors
    /// [`LookUpError::Absent`] when it was never issued here.
    pub async fn certificate(&self, serial: &str, now: Timestamp) -> Result<CertificateView, LookUpError> {
        self.register.certificate(serial, now).await
    }

    /// A certificate, DER. Whoever knows the serial number may have it: relying parties need it (电子签名法 22).
    ///
    /// # Errors
    /// [`LookUpError::Absent`] when it was never issued here.
    pub async fn certificate_der(&self, serial: &str) -> Result<Vec<u8>, LookUpError> {
        self.register.certificate_der(serial).await
    }

    /// Looks for certificates.
    ///
    /// # Errors
    /// [`LookUpError`].
    pub async fn search(&self, search: &Search<'_>, now: Timestamp) -> Result<Page, LookUpError> {
        self.register.search(search, now).await
    }

    /// Renewals, suspensions, recoveries and revocations, newest first (电子认证服务管理办法 31).
    ///
    /// # Errors
    /// [`LookUpError`].
    pub async fn announcements(&self, find: &FindAnnouncements<'_>) -> Result<AnnouncementPage, LookUpError> {
        self.register.announcements(find, self.announced).await
    }

    /// The revocation lists.
    #[must_use]
    pub fn shelf(&self) -> &Arc<CrlShelf> {
        &self.shelf
    }

    /// The authorities that are answered for, in the order of the settings.
    pub fn authorities(&self) -> impl Iterator<Item = Download<'_>> {
        self.responder.authorities().iter().map(|authority| Download {
            name: &authority.name,
            certificate: &authority.certificate,
            root: authority.root.as_deref(),
        })
    }

    /// Until when what is known is all there is: the time at the end of the records, or of the last entry read.
    #[must_use]
    pub fn true_at(&self) -> Option<Timestamp> {
        self.follower.true_at()
    }

    /// Number of certificates known.
    #[must_use]
    pub fn certificates_known(&self) -> usize {
        self.index.len()
    }
}

/// Looks at the files for ever; bad ones are logged once each.
async fn watch_files(shelf: Arc<CrlShelf>) {
    loop {
        let shelf = Arc::clone(&shelf);
        match tokio::task::spawn_blocking(move || shelf.refresh()).await {
            Ok(errors) => {
                for error in errors {
                    tracing::error!(code = error.code(), %error, "a revocation list is not served");
                }
            }
            Err(error) => tracing::error!(%error, "looking at the revocation lists failed"),
        }
        tokio::time::sleep(CRL_LOOK).await;
    }
}
