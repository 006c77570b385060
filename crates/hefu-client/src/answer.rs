//! Lists that come in pages.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct List<T> {
    /// The items of this page, in the server's order.
    pub items: Vec<T>,
    /// Cursor of the next page (`after`), absent on the last.
    #[serde(default, deserialize_with = "cursor")]
    pub next: Option<String>,
}

/// A cursor is opaque: a server may send a number or a string.
fn cursor<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_may_be_a_number_a_string_or_absent() {
        for (text, next) in [
            (r#"{"items":[1],"next":17}"#, Some("17")),
            (r#"{"items":[1],"next":"17"}"#, Some("17")),
            (r#"{"items":[1],"next":null}"#, None),
            (r#"{"items":[1]}"#, None),
        ] {
            let list: Result<List<u8>, _> = serde_json::from_str(text);
            assert_eq!(list.ok().map(|list| list.next), Some(next.map(str::to_owned)), "{text}");
        }
    }
}
