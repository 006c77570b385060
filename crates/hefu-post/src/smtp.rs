//! SMTP: letters handed to the operator's own mail server (RFC 5321, RFC 8314, RFC 3207), one connection for many.
//!
//! A connection that was to be encrypted and is not is no connection: there is no falling back to clear text. What is wrong
//! before the first letter (no server, no encryption, no such login) is about no letter, and none is given up for it; what
//! the server says to a letter is about that letter.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use lettre::Message;
use lettre::address::{Address, Envelope};
use lettre::message::Mailbox as Person;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp::Error as Answer;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use zeroize::Zeroizing;

use crate::address::Mailbox;
use crate::carrier::{Carrier, Mail, Returned};

/// How long a server may take to accept a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(30);
/// A connection that was idle for longer is made anew: servers hang up after minutes (RFC 5321 §4.5.3.2.7).
const IDLE_MAX: Duration = Duration::from_secs(30);
/// "Closing transmission channel": the server is about to go down, whatever was asked (RFC 5321 §4.2.3).
const CLOSING: u16 = 421;

/// How the line is protected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encryption {
    /// TLS from the first octet, port 465 as a rule (RFC 8314).
    Tls,
    /// STARTTLS, port 587 as a rule; required, not tried.
    StartTls,
    /// None: for a server on this machine or on a line of one's own.
    None,
}

/// Who we are to the mail server.
#[derive(Clone)]
pub struct Login {
    /// The account.
    pub user: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Login")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The mail server, and who writes.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name; with TLS also the name that its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub encryption: Encryption,
    /// Who we are to it; none where it asks nobody.
    pub login: Option<Login>,
    /// Certificates (PEM) of authorities that it may have its certificate from; none for the machine's own list.
    pub roots: Option<Vec<u8>>,
    /// The sender's address.
    pub from: Mailbox,
    /// The sender's name.
    pub from_name: String,
    /// What we call ourselves in EHLO; none for the address.
    pub hello: Option<String>,
    /// How long one letter may take, from its first word to the answer. RFC 5321 §4.5.3.2.6 asks for ten minutes, because
    /// a shorter wait makes second copies.
    pub answer_within: Duration,
}

/// Settings that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// A password would cross a network in the clear.
    #[error("a login without encryption is for a server on this machine only, not for {0}")]
    LoginInClear(String),
    /// The certificates cannot be read.
    #[error("the authorities of the mail server's certificate cannot be read: {0}")]
    Roots(String),
    /// TLS cannot be set up.
    #[error("TLS towards the mail server cannot be set up: {0}")]
    Tls(String),
    /// The sender's address is one that the mail library does not take.
    #[error("the sender's address is not taken: {0}")]
    From(String),
    /// The sender's name would break a header.
    #[error("the sender's name holds a control character")]
    FromName,
    /// A name for EHLO with characters that no name has.
    #[error("{0:?} is no host name")]
    Hello(String),
}

/// Takes letters to a mail server.
pub struct Smtp {
    settings: SmtpSettings,
    from: Person,
    hello: ClientId,
    tls: Option<TlsParameters>,
    /// The open connection, and since when it is idle.
    line: std::sync::Mutex<Option<(AsyncSmtpConnection, tokio::time::Instant)>>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Smtp")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Smtp {
    /// Checks the settings; connects to nobody yet.
    ///
    /// # Errors
    /// [`SmtpError`].
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        let clear = settings.encryption == Encryption::None;
        if clear && settings.login.is_some() && !is_this_machine(&settings.host) {
            return Err(SmtpError::LoginInClear(settings.host));
        }
        if settings.from_name.chars().any(char::is_control) {
            return Err(SmtpError::FromName);
        }
        let from: Address = settings
            .from
            .reveal()
            .parse()
            .map_err(|why: lettre::address::AddressError| SmtpError::From(why.to_string()))?;
        let hello = match &settings.hello {
            None => ClientId::default(),
            Some(name) if is_host_name(name) => ClientId::Domain(name.clone()),
            Some(name) => return Err(SmtpError::Hello(name.clone())),
        };
        let tls = if clear { None } else { Some(tls(&settings)?) };
        Ok(Self {
            from: Person::new(Some(settings.from_name.clone()), from),
            hello,
            tls,
            line: std::sync::Mutex::default(),
            settings,
        })
    }

    /// The open connection if it still answers, else a new one.
    async fn line(&self) -> Result<AsyncSmtpConnection, Returned> {
        let kept = self.line.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mut line, since)) = kept
            && since.elapsed() < IDLE_MAX
            && line.test_connected().await
        {
            return Ok(line);
        }
        match tokio::time::timeout(CONNECT_WITHIN, self.connect()).await {
            Ok(line) => line,
            Err(_) => Err(Returned::Closed("silent".to_owned())),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Returned> {
        let settings = &self.settings;
        let closed = |why: Answer| Returned::Closed(word(&why));
        let tls = match settings.encryption {
            Encryption::Tls => self.tls.clone(),
            Encryption::StartTls | Encryption::None => None,
        };
        let server = (settings.host.as_str(), settings.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_WITHIN), &self.hello, tls, None);
        let mut line = connecting.await.map_err(closed)?;
        if let (Encryption::StartTls, Some(tls)) = (settings.encryption, &self.tls) {
            if !line.can_starttls() {
                line.abort().await;
                return Err(Returned::Closed("no-starttls".to_owned()));
            }
            line.starttls(tls.clone(), &self.hello).await.map_err(closed)?;
        }
        if let Some(login) = &settings.login {
            let credentials = Credentials::new(login.user.clone(), login.password.to_string());
            let answer = line.auth(DEFAULT_MECHANISMS, &credentials).await;
            if let Err(why) = answer {
                line.abort().await;
                let code = if why.is_permanent() {
                    "login-refused".to_owned()
                } else {
                    word(&why)
                };
                return Err(Returned::Closed(code));
            }
        }
        Ok(line)
    }

    fn message(&self, mail: &Mail) -> Result<(Envelope, Vec<u8>), Returned> {
        let unsendable = || Returned::Refused("unsendable".to_owned());
        let to: Address = mail.to.reveal().parse().map_err(|_| unsendable())?;
        let identity = format!("<{}@{}>", mail.identity, self.settings.from.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Person::new(None, to))
            .subject(mail.subject.as_str())
            .message_id(Some(identity))
            .date(SystemTime::from(mail.written_at))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|_| unsendable())?;
        Ok((message.envelope().clone(), message.formatted()))
    }

    async fn send(&self, mail: &Mail) -> Result<(), Returned> {
        let (envelope, octets) = self.message(mail)?;
        let mut line = self.line().await?;
        let answer = tokio::time::timeout(self.settings.answer_within, line.send(&envelope, &octets)).await;
        match answer {
            Ok(Ok(_)) => {
                let idle = (line, tokio::time::Instant::now());
                *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(idle);
                Ok(())
            }
            Ok(Err(why)) => {
                line.abort().await;
                Err(returned(&why))
            }
            Err(_) => Err(Returned::Doubtful("silent".to_owned())),
        }
    }
}

impl Carrier for Smtp {
    fn carry<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Returned>> {
        Box::pin(self.send(mail))
    }
}

/// What a failure in the midst of a letter means for it.
fn returned(why: &Answer) -> Returned {
    let code = word(why);
    match why.status() {
        Some(status) if u16::from(status) == CLOSING => Returned::Closed(code),
        Some(_) if why.is_permanent() => Returned::Refused(code),
        Some(_) => Returned::Later(code),
        None if why.is_client() => Returned::Refused(code),
        None => Returned::Doubtful(code),
    }
}

/// A word for tables and records; a server's own sentence may repeat the address.
fn word(why: &Answer) -> String {
    match why.status() {
        Some(status) => format!("smtp-{}", u16::from(status)),
        None if why.is_timeout() => "silent".to_owned(),
        None if why.is_tls() => "tls".to_owned(),
        None if why.is_client() => "unsendable".to_owned(),
        None if why.is_response() => "malformed-answer".to_owned(),
        None => "unreachable".to_owned(),
    }
}

fn tls(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.roots {
        let root = Certificate::from_pem(pem).map_err(|why| SmtpError::Roots(why.to_string()))?;
        builder = builder
            .certificate_store(lettre::transport::smtp::client::CertificateStore::None)
            .add_root_certificate(root);
    }
    builder.build_rustls().map_err(|why| SmtpError::Tls(why.to_string()))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// RFC 3834 §5: written by a program; other programs need not answer.
#[derive(Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn settings() -> SmtpSettings {
        SmtpSettings {
            host: "mail.example.cn".to_owned(),
            port: 25,
            encryption: Encryption::None,
            login: None,
            roots: None,
            from: Mailbox::parse("ca@example.cn").unwrap(),
            from_name: "示例认证".to_owned(),
            hello: None,
            answer_within: Duration::from_secs(1),
        }
    }

    #[test]
    fn a_password_does_not_cross_a_network_in_the_clear() {
        let login = Some(Login {
            user: "hefu".to_owned(),
            password: Zeroizing::new("secret".to_owned()),
        });
        let refused = Smtp::new(SmtpSettings {
            login: login.clone(),
            ..settings()
        });
        assert!(matches!(refused, Err(SmtpError::LoginInClear(host)) if host == "mail.example.cn"));
        for host in ["127.0.0.1", "::1", "localhost"] {
            assert!(
                Smtp::new(SmtpSettings {
                    host: host.to_owned(),
                    login: login.clone(),
                    ..settings()
                })
                .is_ok()
            );
        }
        assert!(!format!("{login:?}").contains("secret"));
    }

    #[test]
    fn a_letter_is_the_same_octets_each_time_and_its_text_adds_no_header() {
        let mail = Mail {
            to: Mailbox::parse("zhang@example.cn").unwrap(),
            subject: "证书已签发 · Certificate issued".to_owned(),
            body: "张三：\n.\nBcc: all@example.cn\n".to_owned(),
            written_at: "2027-03-02T08:00:00Z".parse().unwrap(),
            identity: "7.1803974400000000".to_owned(),
        };
        let smtp = Smtp::new(settings()).unwrap();
        let (envelope, octets) = smtp.message(&mail).unwrap();
        assert_eq!(smtp.message(&mail).unwrap().1, octets);
        let text = String::from_utf8(octets).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(
            !head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")),
            "{head}"
        );
        for line in [
            "Message-ID: <7.1803974400000000@example.cn>",
            "Date: Tue, 02 Mar 2027 08:00:00 +0000",
            "Auto-Submitted: auto-generated",
            "To: zhang@example.cn",
        ] {
            assert!(head.lines().any(|there| there == line), "{line} in\n{head}");
        }
        assert_eq!(envelope.to().len(), 1);
    }

    #[test]
    fn a_senders_name_adds_no_header() {
        let from_name = "示例认证\r\nBcc: all@example.cn".to_owned();
        let refused = Smtp::new(SmtpSettings {
            from_name,
            ..settings()
        });
        assert!(matches!(refused, Err(SmtpError::FromName)));
    }

    #[test]
    fn a_host_name_is_one() {
        assert!(is_host_name("ca-1.example.cn"));
        for name in ["", "a b", "a\r\nRSET", "a..b"] {
            assert!(!is_host_name(name), "{name:?}");
        }
    }
}
