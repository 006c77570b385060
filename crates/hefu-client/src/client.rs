//! The requests, one method each.

use std::{collections::BTreeMap, fmt::Write, io, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use hefu_rulebook::Language;
use serde::{Serialize, de::DeserializeOwned};
use ureq::{
    Agent, Body,
    http::{Response, header},
};

use crate::{
    Application, Certificate, CertificateQuery, Contract, Entry, Identity, List, NewApplication, Notice, Officer,
    Problem, Profile, Renewal, Revocation, StatusChange, Token,
};

/// Largest answer read, in octets: a page of a thousand certificates stays far below.
pub const MAX_ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// Largest CRL read, in octets: five million entries.
pub const MAX_CRL_BYTES: u64 = 256 * 1024 * 1024;

/// How long one request may take, to the last octet of the answer: a CRL of a million entries over a slow line.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How long a server may take to accept the connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a request brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server answered that it will not or cannot.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// The address is not an `http://` URL of a server.
    #[error("{0:?} is not the address of a server: http://HOST:PORT is expected")]
    Address(String),
    /// Nobody answers there.
    #[error("{url} does not answer: {why}")]
    Unreachable {
        /// The address that was asked.
        url: String,
        /// The system's answer.
        why: String,
    },
    /// The answer is not what the interface promises.
    #[error("the answer of {url} cannot be read: {why}")]
    Unreadable {
        /// The address that was asked.
        url: String,
        /// Where it breaks.
        why: String,
    },
}

/// A client of one server.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<Token>,
    language: Language,
}

impl Client {
    /// A client of the server at `base`, for instance `http://127.0.0.1:8440`.
    ///
    /// # Errors
    /// [`ClientError::Address`] when `base` is not an `http://` URL.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        let base = base.trim_end_matches('/');
        let host = base.strip_prefix("http://").unwrap_or_default();
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(ClientError::Address(base.to_owned()));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("hefu/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.new_agent(),
            base: base.to_owned(),
            token: None,
            language: Language::default(),
        })
    }

    /// The same client, acting for the officer whose token this is.
    #[must_use]
    pub fn with_token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// The same client, asking for messages in `language`.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The address of the server.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Enters an application.
    ///
    /// # Errors
    /// [`ClientError`], as for every request below.
    pub fn apply(&self, application: &NewApplication) -> Result<Application, ClientError> {
        self.post("/api/v1/applications", application)
    }

    /// One application.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn application(&self, id: &str) -> Result<Application, ClientError> {
        self.get(&format!("/api/v1/applications/{}", segment(id)))
    }

    /// Applications in a state, a page at a time.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn applications(
        &self,
        state: Option<&str>,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<List<Application>, ClientError> {
        let limit = limit.map(|limit| limit.to_string());
        let pairs = [("state", state), ("after", after), ("limit", limit.as_deref())];
        let pairs = pairs
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value.to_owned())));
        self.get_with("/api/v1/applications", &pairs.collect())
    }

    /// Records that the applicant acknowledged the notice.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn notice(&self, id: &str, notice: &Notice) -> Result<Application, ClientError> {
        self.post(&act(id, "notice"), notice)
    }

    /// Records the contract.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn contract(&self, id: &str, contract: &Contract) -> Result<Application, ClientError> {
        self.post(&act(id, "contract"), contract)
    }

    /// Records a verification of the applicant's identity.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn identity(&self, id: &str, identity: &Identity) -> Result<Application, ClientError> {
        self.post(&act(id, "identity"), identity)
    }

    /// Approves an application, as another officer than the one who entered it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn approve(&self, id: &str) -> Result<Application, ClientError> {
        self.post(&act(id, "approval"), &serde_json::json!({}))
    }

    /// Approves an application and has it issued at once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn approve_and_issue(&self, id: &str) -> Result<Application, ClientError> {
        self.post(&act(id, "approval"), &serde_json::json!({ "issue": true }))
    }

    /// Rejects an application.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn reject(&self, id: &str, reason: &str) -> Result<Application, ClientError> {
        self.post(&act(id, "rejection"), &serde_json::json!({ "reason": reason }))
    }

    /// Has an approved application issued.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn issue(&self, id: &str) -> Result<Application, ClientError> {
        self.post(&act(id, "issuance"), &serde_json::json!({}))
    }

    /// Certificates that match a query, a page at a time.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn certificates(&self, query: &CertificateQuery) -> Result<List<Certificate>, ClientError> {
        self.get_with("/api/v1/certificates", &query.pairs())
    }

    /// One certificate by its serial number.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn certificate(&self, serial: &str) -> Result<Certificate, ClientError> {
        self.get(&format!("/api/v1/certificates/{}", segment(serial)))
    }

    /// Applies for the renewal of a certificate.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn renew(&self, serial: &str, renewal: &Renewal) -> Result<Application, ClientError> {
        self.post(&on_certificate(serial, "renewal"), renewal)
    }

    /// Suspends a certificate, and its pair with it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn suspend(&self, serial: &str, change: &StatusChange) -> Result<Certificate, ClientError> {
        self.post(&on_certificate(serial, "suspension"), change)
    }

    /// Lifts a suspension.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn resume(&self, serial: &str, change: &StatusChange) -> Result<Certificate, ClientError> {
        self.post(&on_certificate(serial, "resumption"), change)
    }

    /// Revokes a certificate for ever, and its pair with it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn revoke(&self, serial: &str, revocation: &Revocation) -> Result<Certificate, ClientError> {
        self.post(&on_certificate(serial, "revocation"), revocation)
    }

    /// The profiles that the server issues.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn profiles(&self) -> Result<List<Profile>, ClientError> {
        self.get("/api/v1/profiles")
    }

    /// The officer whose token this client carries.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn whoami(&self) -> Result<Officer, ClientError> {
        self.get("/api/v1/whoami")
    }

    /// The newest signed checkpoint of a zone's records, as text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn checkpoint(&self, zone: &str) -> Result<String, ClientError> {
        let path = format!("/api/v1/records/{}/checkpoint", segment(zone));
        let bytes = self.download(&path, MAX_ANSWER_BYTES)?;
        String::from_utf8(bytes).map_err(|why| self.unreadable(&path, &why))
    }

    /// Records of a zone from an index.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn entries(&self, zone: &str, from: u64, limit: u32) -> Result<List<Entry>, ClientError> {
        let path = format!("/api/v1/records/{}/entries", segment(zone));
        let pairs = BTreeMap::from([("from", from.to_string()), ("limit", limit.to_string())]);
        self.get_with(&path, &pairs)
    }

    /// The newest CRL of an authority, in DER.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn crl(&self, authority: &str) -> Result<Vec<u8>, ClientError> {
        self.download(&format!("/crl/{}.crl", segment(authority)), MAX_CRL_BYTES)
    }

    /// The certificate of an authority.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn authority_certificate(&self, authority: &str) -> Result<Vec<u8>, ClientError> {
        self.download(&format!("/ca/{}.crt", segment(authority)), MAX_ANSWER_BYTES)
    }

    /// Asks the OCSP responder (RFC 6960 appendix A.1, POST); request and answer in DER.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ocsp(&self, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        let path = "/ocsp";
        let call = self
            .agent
            .post(self.url(path))
            .header(header::CONTENT_TYPE, "application/ocsp-request")
            .send(request);
        self.read(path, call, MAX_ANSWER_BYTES)
    }

    /// Asks the OCSP responder by GET, so that caches on the way may answer (RFC 5019 §5).
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ocsp_by_get(&self, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        let encoded = STANDARD.encode(request);
        self.download(&format!("/ocsp/{}", segment(&encoded)), MAX_ANSWER_BYTES)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.get_with(path, &BTreeMap::new())
    }

    pub(crate) fn get_with<T: DeserializeOwned>(
        &self,
        path: &str,
        pairs: &BTreeMap<&'static str, String>,
    ) -> Result<T, ClientError> {
        let request = self.agent.get(self.url(path)).query_pairs(pairs);
        self.parse(path, &self.read(path, self.dress(request).call(), MAX_ANSWER_BYTES)?)
    }

    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        let body = serde_json::to_vec(body).map_err(|why| self.unreadable(path, &why))?;
        let request = self
            .dress(self.agent.post(self.url(path)))
            .header(header::CONTENT_TYPE, "application/json");
        self.parse(path, &self.read(path, request.send(&body), MAX_ANSWER_BYTES)?)
    }

    pub(crate) fn download(&self, path: &str, limit: u64) -> Result<Vec<u8>, ClientError> {
        self.read(path, self.dress(self.agent.get(self.url(path))).call(), limit)
    }

    /// Language and token.
    fn dress<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        let request = request.header(header::ACCEPT_LANGUAGE, self.language.tag());
        match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, token.header().as_str()),
            None => request,
        }
    }

    fn read(&self, path: &str, call: Result<Response<Body>, ureq::Error>, limit: u64) -> Result<Vec<u8>, ClientError> {
        let mut response = call.map_err(|why| self.unreachable(path, &why))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(limit).read_to_vec();
        let body = body.map_err(|why| self.unreadable(path, &why))?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(ClientError::Problem(Box::new(Problem::read(status.as_u16(), &body))))
        }
    }

    fn parse<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T, ClientError> {
        serde_json::from_slice(body).map_err(|why| self.unreadable(path, &why))
    }

    fn unreachable(&self, path: &str, why: &ureq::Error) -> ClientError {
        let why = match why {
            ureq::Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
            other => other.to_string(),
        };
        ClientError::Unreachable {
            url: self.url(path),
            why,
        }
    }

    fn unreadable(&self, path: &str, why: &dyn core::fmt::Display) -> ClientError {
        ClientError::Unreadable {
            url: self.url(path),
            why: why.to_string(),
        }
    }
}

fn act(id: &str, act: &str) -> String {
    format!("/api/v1/applications/{}/{act}", segment(id))
}

fn on_certificate(serial: &str, act: &str) -> String {
    format!("/api/v1/certificates/{}/{act}", segment(serial))
}

/// One path segment, percent-encoded (RFC 3986 §3.3): whatever was typed stays one segment.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
