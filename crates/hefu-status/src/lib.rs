//! Status: OCSP answers, revocation lists, certificate look-up and announcements, as a follower of the authority's records.
//!
//! Rules served: 电子认证服务管理办法 17 (directory and status queries), 31 (renewals and revocations are public);
//! 电子签名法 22 (relying parties can verify); RFC 6960, RFC 5019, RFC 9654, RFC 5280.
//!
//! ```text
//! records of the authority ─▶ Follower ─▶ status_ tables ─▶ look-up, search, announcements
//!                                    └──▶ index in memory ─▶ Responder ─▶ answer (signed, cached)
//! CRL files of the authority ─▶ CrlShelf ─▶ bytes
//! ```
//!
//! The flow in five lines: the follower reads what the records say since its cursor, writes rows and cursor in one
//! transaction, then tells the index; a request is read, its serial numbers are looked up in the index, the answer
//! is signed by the authority's delegate or taken from the cache. An answer says that it was true when the follower
//! last stood at the end of the records, and is good for a limited time from then: a follower that cannot follow
//! falls silent ([`tryLater`](pkix_status::ResponseStatus::TryLater)) instead of calling a revoked certificate good.
//!
//! What it does not know: who issued and why, the registration authority, HTTP, the clock, and the keys of the
//! authorities: a delegate signs for each of them.

mod announcement;
mod authority;
mod cache;
mod certificate;
mod desk;
mod fact;
mod follower;
mod index;
mod name;
mod query;
mod responder;
mod shelf;
mod standing;
mod store;
mod verification;

pub use announcement::{AnnouncedNames, Announcement, AnnouncementKind, AnnouncementPage, FindAnnouncements};
pub use authority::{AuthorityError, AuthoritySettings};
pub use certificate::{CertificateView, NameDisplay, State};
pub use desk::{Download, OpenError, StatusDesk, StatusSettings};
pub use fact::FactError;
pub use follower::{FollowError, Followed, Pace};
pub use query::{LookUpError, PAGE_MAX, Page, Search};
pub use responder::OcspReply;
pub use shelf::{Crl, CrlShelf, ShelfError};
pub use store::{MIGRATIONS, StoreError};
pub use verification::{BESIDE_MAX, Outcome, Question, Standing, Verification};
