//! 业务规则与证书策略 policies: what the provider promises, to whom it was filed, and under which licence.
//!
//! Serves 电子签名法 16, 18, 19 and 电子政务电子认证服务管理办法 13, 16 (read), 电子认证服务管理办法 12 and 15 (recalled).
//!
//! ```text
//! propose ─▶ policy_act ─▶ decide (another officer) ─▶ version, filing or licence + record, one transaction
//!                                                  └─▶ Shelf, read again: what the public sees, what issuance asks
//! ```
//!
//! - [`Draft`] is a practice statement (series `cps`) or a certificate policy (`cp-…`) in Chinese and English; the
//!   [topics](topics) that the law names must be found in both. What is published is never changed or removed.
//! - [`Shelf`] holds everything that is public, in memory. [`Shelf::stands`] answers, without a database, whether
//!   certificates may be issued under a policy; [`Disclosure`] is generated from it.
//! - A first version is published when there is none ([`Policies::found`]), so that an installation starts with a record
//!   and not with an exception; in licensed mode a sample is no ground for issuance.
//!
//! What it does not know: certificates, keys, HTTP; how texts are rendered; officers beyond their permission.

mod act;
mod desk;
mod disclosure;
mod document;
mod error;
mod facts;
mod licence;
mod shelf;
mod standing;
mod store;
mod topic;

pub use act::{Act, Filing, Outcome, Proposal, Receipt, Which};
pub use desk::{Founding, LATEST_MAX, Policies, PolicySettings, SAMPLE_CHINESE, SAMPLE_ENGLISH};
pub use disclosure::{Disclosure, DisclosureItem, Source};
pub use document::{Draft, Published, Series, TEXT_OCTETS_MAX, Version, sm3_hex};
pub use error::{PolicyError, UnknownSeries, UnknownVersion};
pub use licence::{Licence, LicenceRecord};
pub use shelf::{Filed, Shelf, ShelfCell};
pub use standing::{Mode, NotStanding};
pub use store::MIGRATIONS;
pub use topic::{Missing, Topic, missing_topics, topics};
