//! The language of a page: of `?lang=`, else of the cookie that an earlier `?lang=` left, else of Accept-Language,
//! else Chinese. The cookie holds two letters and nothing about the reader.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use hefu_rulebook::Language;

use crate::problem;

/// Name of the cookie.
const COOKIE: &str = "hefu-language";
/// How long a reader's choice is kept, in seconds: a year.
const KEPT_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The language in which a request is answered by a page.
pub fn of(uri: &Uri, headers: &HeaderMap) -> Language {
    asked(uri)
        .or_else(|| remembered(headers))
        .unwrap_or_else(|| problem::language(headers))
}

/// The word in `?lang=` of a language.
#[must_use]
pub const fn code(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh",
        Language::English => "en",
    }
}

fn asked(uri: &Uri) -> Option<Language> {
    let pairs = uri.query()?.split('&');
    pairs
        .filter_map(|pair| pair.strip_prefix("lang="))
        .next_back()?
        .parse()
        .ok()
}

fn remembered(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == COOKIE);
    ours.next().and_then(|(_, value)| value.parse().ok())
}

/// Lets the browser remember what `?lang=` asked for, so that no other link has to carry it.
pub async fn remember(request: Request, next: Next) -> Response {
    let asked = asked(request.uri());
    let mut response = next.run(request).await;
    if let Some(language) = asked {
        let cookie = format!(
            "{COOKIE}={}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax; HttpOnly",
            code(language)
        );
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uri: &str, headers: &[(header::HeaderName, &'static str)]) -> &'static str {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        of(&uri.parse().unwrap_or_default(), &headers.collect()).tag()
    }

    #[test]
    fn the_address_then_the_cookie_then_the_browser_then_chinese() {
        let cookie = (header::COOKIE, "session=x; hefu-language=en");
        let browser = (header::ACCEPT_LANGUAGE, "en-GB,en;q=0.8");
        assert_eq!(check("/", &[]), "zh-CN");
        assert_eq!(check("/", std::slice::from_ref(&browser)), "en");
        assert_eq!(check("/", std::slice::from_ref(&cookie)), "en");
        assert_eq!(check("/?lang=zh", &[cookie, browser]), "zh-CN");
        assert_eq!(check("/?lang=fr&x=1", &[]), "zh-CN");
    }
}
