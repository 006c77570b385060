//! XML as far as a service's answer needs it: tags that close in order, one element at the top, no document type.
//!
//! A document type is refused because entities declared there can grow without bound. Names, attributes and characters
//! are not checked: what an answer says is read by whoever reads the answer.

/// Elements inside one another.
const DEPTH_MAX: usize = 128;

/// Checks the tags of a text in UTF-8.
pub(super) fn well_formed(content: &[u8]) -> Result<(), &'static str> {
    let text = std::str::from_utf8(content).map_err(|_| "it is not UTF-8")?;
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut open: Vec<&str> = Vec::new();
    let mut roots = 0;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        if open.is_empty() && !before.trim().is_empty() {
            return Err("text stands outside of its element");
        }
        let (kind, inner, after) = next_tag(tag)?;
        match kind {
            Tag::Aside => {}
            Tag::Close => {
                if open.pop() != Some(inner.trim()) {
                    return Err("a tag closes that is not open");
                }
            }
            Tag::Open | Tag::Alone => {
                let name = inner.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
                if name.is_empty() {
                    return Err("a tag has no name");
                }
                roots += usize::from(open.is_empty());
                if roots > 1 {
                    return Err("it has more than one element at the top");
                }
                if matches!(kind, Tag::Open) {
                    open.push(name);
                }
                if open.len() > DEPTH_MAX {
                    return Err("it is nested too deeply");
                }
            }
        }
        rest = after;
    }
    if roots == 1 && open.is_empty() && rest.trim().is_empty() {
        Ok(())
    } else {
        Err("it ends before its element does")
    }
}

enum Tag {
    Open,
    Close,
    Alone,
    Aside,
}

/// The tag at the start of `text`: its kind, what stands between the brackets, and what follows.
fn next_tag(text: &str) -> Result<(Tag, &str, &str), &'static str> {
    for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if let Some(inside) = text.strip_prefix(start) {
            let (inner, after) = inside.split_once(end).ok_or("it ends inside a tag")?;
            return Ok((Tag::Aside, inner, after));
        }
    }
    if text.starts_with("<!") {
        return Err("it declares a document type");
    }
    let inside = text.get(1..).unwrap_or_default();
    let end = closing_bracket(inside).ok_or("it ends inside a tag")?;
    let (inner, after) = inside.split_at(end);
    let after = after.get(1..).unwrap_or_default();
    Ok(if let Some(name) = inner.strip_prefix('/') {
        (Tag::Close, name, after)
    } else if let Some(inner) = inner.strip_suffix('/') {
        (Tag::Alone, inner, after)
    } else {
        (Tag::Open, inner, after)
    })
}

/// Where a tag ends; a bracket between quotes does not count.
fn closing_bracket(inside: &str) -> Option<usize> {
    let mut quote = None;
    for (place, character) in inside.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '>') => return Some(place),
            (None, '<') => return None,
            _ => {}
        }
    }
    None
}
