//! What the server refuses: problem details (RFC 9457) with Hefu's own members.

use serde::{Deserialize, Serialize};

/// A problem as the server tells it. Members that Hefu adds may be absent when something else answers in its place.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Problem {
    /// `urn:hefu:problem:CODE`.
    #[serde(rename = "type")]
    pub type_uri: String,
    /// A few words for the kind of problem.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in the language asked for.
    pub detail: String,
    /// Stable slug for programs.
    pub code: String,
    /// `malformed`, `refusal`, `absent` or `fault`.
    pub kind: String,
    /// Who must act for the next attempt to succeed.
    pub blame: String,
    /// The rule that refused, where there is one.
    pub rule: Option<Rule>,
}

/// The article or clause behind a refusal.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Rule {
    /// Code of the instrument.
    pub instrument: String,
    /// Article or clause.
    pub article: String,
    /// As people read it.
    pub name: String,
}

impl core::fmt::Display for Problem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "{} ({})", self.detail, rule.name),
            None => f.write_str(&self.detail),
        }
    }
}

impl Problem {
    /// Reads an answer that is not a success; something that is no problem document keeps its status.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let mut problem: Self = serde_json::from_slice(body).unwrap_or_default();
        problem.status = status;
        if problem.detail.is_empty() {
            problem.detail = if problem.title.is_empty() {
                format!("HTTP status {status}")
            } else {
                problem.title.clone()
            };
        }
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_its_rule() {
        let body = r#"{"type":"urn:hefu:problem:same-officer","title":"a rule says no","status":409,
            "detail":"officer 1 entered this application and may not approve it","code":"same-officer",
            "kind":"refusal","blame":"officer","rule":{"instrument":"ESL","article":"20","name":"电子签名法 20"}}"#;
        let problem = Problem::read(409, body.as_bytes());
        assert_eq!(
            problem.to_string(),
            "officer 1 entered this application and may not approve it (电子签名法 20)"
        );
        assert_eq!(problem.blame, "officer");
    }

    #[test]
    fn an_answer_that_is_no_problem_keeps_its_status() {
        let problem = Problem::read(502, b"<html>Bad Gateway</html>");
        assert_eq!(
            (problem.status, problem.to_string()),
            (502, "HTTP status 502".to_owned())
        );
    }
}
