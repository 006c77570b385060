//! `[ra.mail]`: letters to subscribers. Off when the section is not there; then nothing is written and the state says so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hefu_applicants::Registry;
use hefu_certificate::RevocationGround;
use hefu_officers::Officers;
use hefu_post::{
    AddressFault, Addresses, Correspondent, Encryption, Login, Mailbox, Office, Pace, Post, PostSettings, ReminderDays,
    Schedule, Smtp, SmtpSettings, Term,
};
use hefu_ra::{ApplicationError, ApplicationView, Desk, DeskError};
use hefu_web::Letters;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::keys;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// Fields of a subject that name the holder, the most particular first; a profile has some of them.
const HOLDER_FIELDS: [&str; 3] = ["common_name", "name", "organisation"];
/// The field of a subject that holds a mail address.
const ADDRESS_FIELD: &str = "email";

/// `[ra.mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The mail server's name.
    host: String,
    /// Its port; by `encryption` when left out.
    port: Option<u16>,
    /// "tls", "starttls" or "none".
    encryption: Wire,
    /// The account at the mail server.
    user: Option<String>,
    /// File that holds its password.
    password_file: Option<PathBuf>,
    /// Certificates (PEM) of authorities that the mail server may have its certificate from; the machine's own when left out.
    root_file: Option<PathBuf>,
    /// The sender's address.
    from: String,
    /// The sender's name; the operator's when left out.
    from_name: Option<String>,
    /// What this machine calls itself in EHLO.
    hello: Option<String>,
    /// How long the mail server may take for one letter, in seconds. RFC 5321 asks for ten minutes.
    #[serde(default = "ten_minutes")]
    answer_within_seconds: u32,
    /// The pause after the first try that came to nothing, in seconds.
    #[serde(default = "minute")]
    first_pause_seconds: u32,
    /// When a letter is given up, in hours.
    #[serde(default = "five_days")]
    give_up_after_hours: u32,
    /// Days before a certificate's end at which its holder is reminded. The operator's choice: no rule sets them.
    #[serde(default = "reminders")]
    reminder_days: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wire {
    Tls,
    Starttls,
    None,
}

impl Wire {
    /// RFC 8314 for the encrypted ones, RFC 5321 for the other.
    const fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }
}

fn ten_minutes() -> u32 {
    600
}

fn minute() -> u32 {
    60
}

fn five_days() -> u32 {
    120
}

fn reminders() -> Vec<u32> {
    ReminderDays::default().days().to_vec()
}

impl Mail {
    /// Makes every path absolute, or relative to the process's folder.
    pub(crate) fn locate(&mut self, folder: &Path) {
        let files = self.password_file.iter_mut().chain(&mut self.root_file);
        files.for_each(|path| *path = folder.join(&*path));
    }

    fn smtp(&self, operator: &str) -> Result<Smtp, StartError> {
        let login = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => Some(Login {
                user: user.clone(),
                password: Zeroizing::new(keys::token(file)?),
            }),
            (None, None) => None,
            _ => return Err(about("[ra.mail]")("`user` and `password_file` go together")),
        };
        let settings = SmtpSettings {
            host: self.host.clone(),
            port: self.port.unwrap_or(self.encryption.usual_port()),
            encryption: match self.encryption {
                Wire::Tls => Encryption::Tls,
                Wire::Starttls => Encryption::StartTls,
                Wire::None => Encryption::None,
            },
            login,
            roots: self.root_file.as_deref().map(keys::read).transpose()?,
            from: Mailbox::parse(&self.from).map_err(about("[ra.mail] from"))?,
            from_name: self.from_name.clone().unwrap_or_else(|| operator.to_owned()),
            hello: self.hello.clone(),
            answer_within: Duration::from_secs(u64::from(self.answer_within_seconds.max(1))),
        };
        Smtp::new(settings).map_err(about("[ra.mail]"))
    }

    fn schedule(&self) -> Result<Schedule, StartError> {
        let end = SignedDuration::from_hours(i64::from(self.give_up_after_hours));
        let schedule = Schedule::ending_after(end).map_err(about("[ra.mail] give_up_after_hours"))?;
        Ok(schedule.beginning_with(SignedDuration::from_secs(i64::from(self.first_pause_seconds))))
    }
}

/// The outbox of the zone, its loops, and the officers' door to it; only the door, which says "off", without a section. The outbox is
/// given back for other doors.
pub(crate) fn open(
    settings: Option<&Mail>,
    operator: Office,
    zone: &Zone,
    (desk, registry): (&Desk, &Registry),
    officers: &Arc<Officers>,
    start: &mut Start,
) -> Result<Option<Post>, StartError> {
    let post = match settings {
        None => None,
        Some(mail) => Some(Post::open(PostSettings {
            database: zone.database.clone(),
            feed: zone.records.clone(),
            device: Arc::clone(&zone.device),
            addresses: Arc::new(AddressBook {
                desk: desk.clone(),
                registry: registry.clone(),
            }),
            carrier: Arc::new(mail.smtp(&operator.name)?),
            office: operator,
            schedule: mail.schedule()?,
            reminders: ReminderDays::new(&mail.reminder_days).map_err(about("[ra.mail] reminder_days"))?,
        })),
    };
    if let Some(post) = post.clone() {
        let mut stop = start.stop.clone();
        start.tasks.spawn(async move {
            post.run(Pace::default(), Timestamp::now, until_stopped(&mut stop))
                .await;
        });
    }
    start.serve(
        Letters {
            post: post.clone(),
            officers: Arc::clone(officers),
            clock: clock(),
        }
        .routes(),
    );
    Ok(post)
}

/// Who is behind an application, as the registration authority's desk and the applicant's file know it.
struct AddressBook {
    desk: Desk,
    registry: Registry,
}

impl Addresses for AddressBook {
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Option<Correspondent>, AddressFault>> {
        Box::pin(async move {
            let Ok(id) = number.parse() else { return Ok(None) };
            match self.desk.application(id).await {
                Ok(view) => self.correspondent(view).await.map(Some),
                Err(DeskError::Application(ApplicationError::Unknown(_))) => Ok(None),
                Err(why) => Err(fault(&why)),
            }
        })
    }
}

impl AddressBook {
    async fn correspondent(&self, view: ApplicationView) -> Result<Correspondent, AddressFault> {
        let mut certificates = Vec::new();
        for part in &view.certificates {
            if part.usage == hefu_certificate::Usage::Encrypt {
                continue;
            }
            let certificate = self
                .desk
                .certificate(&part.serial, Timestamp::now())
                .await
                .map_err(|why| fault(&why))?;
            certificates.push(Term {
                ground: certificate
                    .ground
                    .and_then(|slug| slug.parse::<RevocationGround>().ok()),
                serial: certificate.serial,
                not_before: certificate.not_before,
                not_after: certificate.not_after,
            });
        }
        let mailbox = self.mailbox(&view).await?;
        let field = |name: &str| view.subject.get(name).cloned();
        Ok(Correspondent {
            holder: HOLDER_FIELDS.into_iter().find_map(field).unwrap_or_default(),
            mailbox,
            rejection: view.rejection,
            replaces: view.replaces,
            certificates,
        })
    }
}

impl AddressBook {
    /// What the file says of the contact; where it says nothing, the address in the certificate itself.
    async fn mailbox(&self, view: &ApplicationView) -> Result<Option<Mailbox>, AddressFault> {
        if let Some(id) = view.applicant.as_deref().and_then(|id| id.parse().ok()) {
            let applicant = self.registry.applicant(id).await.map_err(|why| fault(&why))?;
            let address = applicant.contact().email().map(Mailbox::parse);
            if let Some(Ok(mailbox)) = address {
                return Ok(Some(mailbox));
            }
        }
        let address = view.subject.get(ADDRESS_FIELD);
        Ok(address.and_then(|address| Mailbox::parse(address).ok()))
    }
}

fn fault(why: &impl std::fmt::Display) -> AddressFault {
    AddressFault {
        detail: why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "host = \"mail.example.cn\"\nencryption = \"starttls\"\nfrom = \"ca@example.cn\"\n";

    fn check(text: &str) -> String {
        let read: Result<Mail, _> = toml::from_str(text);
        let opened = read.map_err(|why| why.message().to_owned()).and_then(|mail| {
            let smtp = mail.smtp("示例认证").map_err(|why| why.to_string())?;
            mail.schedule().map_err(|why| why.to_string())?;
            Ok(smtp)
        });
        opened.map_or_else(|why| why, |_| "accepted".to_owned())
    }

    #[test]
    fn three_lines_are_enough_and_mistakes_are_named() {
        assert_eq!(check(LEAST), "accepted");
        for (more, said) in [
            ("hots = \"x\"\n", "unknown field `hots`"),
            ("user = \"hefu\"\n", "`user` and `password_file` go together"),
            ("give_up_after_hours = 0\n", "[ra.mail] give_up_after_hours"),
            (
                "password_file = \"/nowhere/secret\"\nuser = \"hefu\"\n",
                "/nowhere/secret",
            ),
        ] {
            let answer = check(&format!("{LEAST}{more}"));
            assert!(answer.contains(said), "{more}: {answer}");
        }
        assert!(check(&LEAST.replace("starttls", "maybe")).contains("maybe"));
        assert!(check(&LEAST.replace("ca@example.cn", "ca")).contains("[ra.mail] from"));
    }
}
