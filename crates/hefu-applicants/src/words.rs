//! What people write into a field of one line.

/// The text without space around it, when it has one to `max` characters, none of them a control character.
pub(crate) fn words(text: &str, max: usize) -> Option<String> {
    let text = text.trim();
    let count = text.chars().take(max + 1).count();
    (count > 0 && count <= max && !text.chars().any(char::is_control)).then(|| text.to_owned())
}
