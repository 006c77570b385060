//! What was not done: the message and its article, shown beside the form that asked for it.
//!
//! A handler that makes a call and fails shows its form again, with what was typed, under the answer of a [`Mishap`]:
//!
//! ```ignore
//! let outcome = door.desk.reject(&officer, id, &typed.reason, now).await;
//! match outcome.map_err(|why| Mishap::of(&why, language)) {
//!     Ok(view) => page::done(&format!("/desk/applications/{}", view.id), "rejected"),
//!     Err(mishap) => asking(&door, page, &typed, Some(mishap)).await,
//! }
//! // … and where the form is made:
//! let (status, answer) = status_and_answer(mishap);
//! show(status, &Asking { answer, … })
//! ```

use axum::http::StatusCode;
use hefu_rulebook::{Explain, Kind, Language};

use crate::component::{Answer, Citation, Shape};
use crate::problem;
use crate::words::words;

/// The code of the refusal that is about who asks and not about what is asked: 403 in every capability.
const NOT_PERMITTED: &str = "not-permitted";

/// What was not done, for the page to show beside its form.
#[derive(Debug)]
pub struct Mishap {
    /// The status of the page that shows it.
    pub status: StatusCode,
    /// Why, with the article.
    pub answer: Answer,
}

impl Mishap {
    /// What an error says, with its article. A fault is logged here; a permission that was refused is 403.
    #[must_use]
    pub fn of(why: &dyn Explain, language: Language) -> Self {
        if why.kind() == Kind::Fault {
            tracing::error!(code = why.code(), why = %why, "an act on a page failed by our fault");
        }
        let rule = why.citation().map(|citation| Citation::of(citation, language));
        let status = match why.code() {
            NOT_PERMITTED => StatusCode::FORBIDDEN,
            _ => problem::status(why.kind()),
        };
        Self {
            status,
            answer: Answer::new(Shape::Ended, words(language).not_done).because(why.message(language), rule),
        }
    }

    /// Something of the page's own that is missing from a form or cannot be read.
    #[must_use]
    pub fn missing(text: impl Into<String>, language: Language) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            answer: Answer::new(Shape::Ended, words(language).not_done).because(text, None),
        }
    }
}

/// The status of a page, and what it shows of a mishap.
#[must_use]
pub fn status_and_answer(mishap: Option<Mishap>) -> (StatusCode, Option<Answer>) {
    mishap.map_or((StatusCode::OK, None), |mishap| (mishap.status, Some(mishap.answer)))
}
