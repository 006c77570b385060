//! Plain HTTP, for what the command does not do: sending what a well-behaved program would not.

use serde_json::Value;
use ureq::Agent;

/// A client without redirects, whose answers are returned whatever their status.
#[derive(Debug)]
pub struct Http {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Content-Type.
    pub content_type: String,
    /// Body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("not JSON ({why}): {}", String::from_utf8_lossy(&self.body)))
    }

    /// `status code`, with the problem's own code where there is one.
    #[must_use]
    pub fn verdict(&self) -> String {
        let code = serde_json::from_slice::<Value>(&self.body)
            .ok()
            .and_then(|body| body.get("code").and_then(Value::as_str).map(str::to_owned));
        format!("{} {}", self.status, code.unwrap_or_default())
            .trim_end()
            .to_owned()
    }
}

impl Http {
    /// A client of `base`, as nobody in particular.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            token: None,
        }
    }

    /// The same client as the officer who holds `token`.
    #[must_use]
    pub fn bearing(&self, token: &str) -> Self {
        Self {
            agent: self.agent.clone(),
            base: self.base.clone(),
            token: Some(format!("Bearer {}", token.trim())),
        }
    }

    /// GET.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("Accept-Language", "en");
        if let Some(token) = &self.token {
            request = request.header("Authorization", token);
        }
        reply(request.call())
    }

    /// GET of something that a follower brings within seconds; 404 until then.
    #[must_use]
    pub fn get_when_there(&self, path: &str) -> Reply {
        for _ in 0..100 {
            let reply = self.get(path);
            if reply.status == 200 {
                return reply;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("{path} is not there after ten seconds");
    }

    /// POST of bytes.
    #[must_use]
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Reply {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("Accept-Language", "en")
            .content_type(content_type);
        if let Some(token) = &self.token {
            request = request.header("Authorization", token);
        }
        reply(request.send(body))
    }

    /// DELETE.
    #[must_use]
    pub fn delete(&self, path: &str) -> Reply {
        let mut request = self
            .agent
            .delete(format!("{}{path}", self.base))
            .header("Accept-Language", "en");
        if let Some(token) = &self.token {
            request = request.header("Authorization", token);
        }
        reply(request.call())
    }

    /// POST of JSON.
    #[must_use]
    pub fn post_json(&self, path: &str, body: &Value) -> Reply {
        self.post(path, "application/json", body.to_string().as_bytes())
    }
}

fn reply(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
    let mut answer = answer.unwrap_or_else(|why| panic!("no answer: {why}"));
    let content_type = answer
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = answer
        .body_mut()
        .read_to_vec()
        .unwrap_or_else(|why| panic!("no body: {why}"));
    Reply {
        status: answer.status().as_u16(),
        content_type,
        body,
    }
}
