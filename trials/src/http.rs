//! Plain HTTP, for what the command does not do: sending what a well-behaved program would not.

use serde_json::Value;
use ureq::Agent;

/// A client without redirects, whose answers are returned whatever their status.
#[derive(Debug)]
pub struct Http {
    agent: Agent,
    base: String,
    token: Option<String>,
    cookie: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Content-Type.
    pub content_type: String,
    /// Where a redirect leads; empty where there is none.
    pub location: String,
    /// What a browser would keep: `NAME=VALUE` of the last Set-Cookie; empty where there is none.
    pub cookie: String,
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

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
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
        // A body that an act does not want is not read to its end, and the connection ends with the answer: a story
        // that sends such things does not take the same connection again.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            token: None,
            cookie: None,
        }
    }

    /// The same client as the officer who holds `token`.
    #[must_use]
    pub fn bearing(&self, token: &str) -> Self {
        Self {
            agent: self.agent.clone(),
            base: self.base.clone(),
            token: Some(format!("Bearer {}", token.trim())),
            cookie: None,
        }
    }

    /// The same client with a cookie, `NAME=VALUE`, in place of a token.
    #[must_use]
    pub fn carrying(&self, cookie: &str) -> Self {
        Self {
            agent: self.agent.clone(),
            base: self.base.clone(),
            token: None,
            cookie: Some(cookie.to_owned()),
        }
    }

    fn with_who<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        let who = [("Authorization", &self.token), ("Cookie", &self.cookie)];
        let request = request.header("Accept-Language", "en");
        who.into_iter().fold(request, |request, (name, value)| match value {
            Some(value) => request.header(name, value),
            None => request,
        })
    }

    /// GET.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        let request = self.agent.get(format!("{}{path}", self.base));
        reply(self.with_who(request).call())
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
        let request = self.agent.post(format!("{}{path}", self.base));
        reply(self.with_who(request).content_type(content_type).send(body))
    }

    /// DELETE.
    #[must_use]
    pub fn delete(&self, path: &str) -> Reply {
        let request = self.agent.delete(format!("{}{path}", self.base));
        reply(self.with_who(request).call())
    }

    /// POST of JSON.
    #[must_use]
    pub fn post_json(&self, path: &str, body: &Value) -> Reply {
        self.post(path, "application/json", body.to_string().as_bytes())
    }
}

fn reply(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
    let mut answer = answer.unwrap_or_else(|why| panic!("no answer: {why}"));
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (content_type, location) = (header("content-type"), header("location"));
    let cookie = header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let body = answer
        .body_mut()
        .read_to_vec()
        .unwrap_or_else(|why| panic!("no body: {why}"));
    Reply {
        status: answer.status().as_u16(),
        content_type,
        location,
        cookie,
        body,
    }
}
