//! Links between zones in separate processes: the same signed bytes, carried by HTTP.
//!
//! A link knows nothing of what it carries. Who does not answer is named, so that the blame is clear.

use std::time::Duration;

/// A CA that signs a large batch, or a KMC that makes keys inline, is done well within this.
const TIME_OUT: Duration = Duration::from_secs(20);
/// A revocation list of a million entries takes forty megabytes; everything else that is carried is far smaller.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One end of an HTTP link.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Link {
    /// A link to `base` followed by `path`.
    pub(crate) fn new(base: &str, path: &str, token: Option<String>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(TIME_OUT).no_proxy().build()?;
        Ok(Self {
            client,
            url: format!("{}{path}", base.trim_end_matches('/')),
            token,
        })
    }

    /// Posts bytes and takes the answer's bytes; the error says what happened in words.
    pub(crate) async fn post(&self, body: Vec<u8>) -> Result<Vec<u8>, String> {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/octet-stream")
            .body(body);
        self.finish(request).await
    }

    /// Gets `query` appended to the link's address.
    pub(crate) async fn get(&self, query: &str) -> Result<Vec<u8>, String> {
        self.finish(self.client.get(format!("{}{query}", self.url))).await
    }

    async fn finish(&self, request: reqwest::RequestBuilder) -> Result<Vec<u8>, String> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let mut answer = request
            .send()
            .await
            .map_err(|why| format!("{} does not answer: {why}", self.url))?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|why| format!("{} broke off: {why}", self.url))?
        {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(format!("{} answers with more than {ANSWER_BYTES_MAX} octets", self.url));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            Ok(bytes)
        } else {
            Err(format!(
                "{} answered {status}: {}",
                self.url,
                String::from_utf8_lossy(&bytes)
            ))
        }
    }
}
