//! Post: letters to subscribers. An outbox under seal, a sender over SMTP, a follower that decides what to write, and
//! reminders before a certificate ends.
//!
//! Rules served: 电子签名法 20 and 办法 29, 30 (an applicant learns what became of the application, a holder of what is
//! done with the certificate); 办法 20 and 个人信息保护法 6, 51 (addresses and texts are confidential, and kept no longer
//! than needed); RFC 5321 §4.5.4.1 (retries), RFC 3834 (letters nobody need answer).
//!
//! ```text
//! records of the zone ─▶ follower ─┐                            ┌─▶ sent: record, text erased
//! certificates that end ─▶ scan ───┼─▶ outbox, sealed ─▶ sender ┼─▶ later: next try after a growing pause
//! Post::write (codes, anything) ───┘                            └─▶ failed: record; an officer may try again
//! ```
//!
//! The flow in five lines: an entry of the records is read ([`event`]), whom it concerns is asked of [`Addresses`], the
//! letter is worded, sealed by the key device and stored in the transaction that moves the cursor; the sender marks a
//! letter, hands it to a [`Carrier`], and stores what became of it together with its record.
//!
//! **How often a letter is sent.** SMTP cannot promise exactly once: when the line breaks between the last dot of a message
//! and the answer to it, only the receiver knows. A letter is marked before it leaves, so a sender that was killed leaves a
//! letter *in doubt*; it is sent again with the same Message-ID and Date, by which mail systems recognise a second copy.
//! Everywhere else a letter is sent once: what is written twice has the same origin and is stored once, what was answered
//! with 250 and stored is never taken up again.
//!
//! What it does not know: applications and their rules, who officers are, HTTP, the clock.

mod address;
mod carrier;
mod error;
mod event;
mod facts;
mod letter;
mod outbox;
mod post;
mod reminder;
mod schedule;
mod smtp;
mod store;

pub use address::{AddressFault, Addresses, Correspondent, Mailbox, NotAMailbox, Term};
pub use carrier::{Carrier, Mail, Returned};
pub use error::PostError;
pub use letter::{Letter, Office, Purpose};
pub use outbox::{FindLetters, LetterState, LetterView, PAGE_MAX, Page, Summary, Upcoming};
pub use post::{NewLetter, Pace, Post, PostSettings};
pub use reminder::{DAYS_MAX, ReminderDays, ReminderError};
pub use schedule::{Schedule, ScheduleError};
pub use smtp::{Encryption, Login, Smtp, SmtpError, SmtpSettings};
pub use store::MIGRATIONS;
