//! The catalogue: every word for people, in Chinese and English, from `locales/`.
//!
//! One language for one run: [`speak`] sets it before anything is said. Keys that are put together at run time
//! (help texts, reasons, states) go through [`word`]; a test proves that every key of such a family exists.

use hefu_rulebook::Language;

/// Sets the language of everything that is said from here on.
pub(crate) fn speak(language: Language) {
    rust_i18n::set_locale(locale(language));
}

/// The language in which things are said.
pub(crate) fn spoken() -> Language {
    if &*rust_i18n::locale() == locale(Language::English) {
        Language::English
    } else {
        Language::Chinese
    }
}

/// The word under a key that was put together at run time; `None` when the catalogue has none.
pub(crate) fn word(key: &str) -> Option<String> {
    crate::_rust_i18n_try_translate(&rust_i18n::locale(), key).map(std::borrow::Cow::into_owned)
}

/// The word under a key, or the last part of the key itself: for states and slugs that a newer server may send.
pub(crate) fn word_or_slug(family: &str, slug: &str) -> String {
    word(&format!("{family}.{slug}")).unwrap_or_else(|| slug.to_owned())
}

/// The name of a column or fact.
pub(crate) fn column(name: &str) -> String {
    let found = word(&format!("column.{name}"));
    debug_assert!(found.is_some(), "the catalogue has no column.{name}");
    found.unwrap_or_else(|| name.to_owned())
}

/// The head of a table.
pub(crate) fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| column(name)).collect()
}

/// The language that arguments and environment ask for, looked up before the arguments are parsed, because already
/// the help and the errors of parsing must speak it.
///
/// In this order: `--language`, `HEFU_LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`; the first that names Chinese or
/// English; Chinese when none does.
pub(crate) fn wanted(arguments: &[String], environment: impl Fn(&str) -> Option<String>) -> Language {
    let typed = arguments.iter().enumerate().find_map(|(place, argument)| {
        argument.strip_prefix("--language=").map(str::to_owned).or_else(|| {
            (argument == "--language")
                .then(|| arguments.get(place + 1).cloned())
                .flatten()
        })
    });
    let names = ["HEFU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"];
    typed
        .into_iter()
        .chain(names.into_iter().filter_map(environment))
        .find_map(|tag| tag.parse().ok())
        .unwrap_or_default()
}

fn locale(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh",
        Language::English => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], environment: &[(&str, &str)]) -> Language {
        let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
        wanted(&arguments, |name| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_was_typed_wins_then_ours_then_the_systems() {
        let system = ("LANG", "en_US.UTF-8");
        let ours = ("HEFU_LANGUAGE", "zh");
        assert_eq!(check(&["show", "--language", "en"], &[ours]), Language::English);
        assert_eq!(check(&["--language=en"], &[ours]), Language::English);
        assert_eq!(check(&[], &[system, ours]), Language::Chinese);
        assert_eq!(check(&[], &[system]), Language::English);
    }

    #[test]
    fn chinese_where_nobody_says() {
        assert_eq!(check(&[], &[]), Language::Chinese);
        assert_eq!(check(&["--language"], &[("LANG", "C.UTF-8")]), Language::Chinese);
        assert_eq!(check(&[], &[("LANG", "fr_FR")]), Language::Chinese);
    }
}
