//! `hefu letters` and `hefu announcements`: the outbox as officers see it, and what everybody may see.

use clap::ValueEnum;
use hefu_client::{Announcement, Letter};
use rust_i18n::t;

use crate::{
    describe::when_told,
    failure::Failure,
    letter_arguments::{Announcements, LettersList, LettersRetry},
    screen::{Screen, Tone},
    session,
    words::{columns, word_or_slug},
};

/// `hefu letters list`.
pub(crate) fn list(asked: &LettersList, screen: Screen) -> Result<(), Failure> {
    let client = session::officer(&asked.service)?;
    let state = asked.state.as_ref().and_then(slug);
    let found = client.letters(state.as_deref(), asked.after.as_deref(), Some(asked.limit))?;
    screen.show(&found, |page| {
        let Some(outbox) = &found.outbox else {
            return page.line(&t!("letters.no-mail"));
        };
        if let Some(closed) = &outbox.closed {
            let since = when_told(&closed.since);
            page.outcome(Tone::Bad, &t!("letters.closed", code = closed.code, since = since))?;
        }
        page.line(&t!("letters.stand", queued = outbox.queued, failed = outbox.failed))?;
        if found.items.is_empty() {
            return page.line(&t!("search.nothing"));
        }
        let head = columns(&[
            "number",
            "letter",
            "to",
            "state",
            "attempts",
            "written-at",
            "next-try",
            "code",
        ]);
        page.table(&head, found.items.iter().map(row).collect())?;
        more(page, found.items.len(), found.next.as_deref())
    })
}

/// `hefu letters retry`.
pub(crate) fn retry(asked: &LettersRetry, screen: Screen) -> Result<(), Failure> {
    let letter = session::officer(&asked.service)?.retry_letter(&asked.number)?;
    screen.show(&letter, |page| {
        page.outcome(Tone::Good, &t!("letters.retried", number = letter.number))
    })
}

/// `hefu announcements`.
pub(crate) fn announcements(asked: &Announcements, screen: Screen) -> Result<(), Failure> {
    let client = session::visitor(&asked.service)?;
    let kind = asked.kind.as_ref().and_then(slug);
    let (month, after) = (asked.month.as_deref(), asked.after.as_deref());
    let found = client.announcements(kind.as_deref(), month, after, Some(asked.limit))?;
    screen.show(&found, |page| {
        if found.items.is_empty() {
            return page.line(&t!("search.nothing"));
        }
        let head = columns(&["at", "announcement", "serial", "holder", "ground"]);
        page.table(&head, found.items.iter().map(announced).collect())?;
        more(page, found.items.len(), found.next.as_deref())
    })
}

fn more(page: &mut crate::screen::Page, count: usize, next: Option<&str>) -> std::io::Result<()> {
    match next {
        Some(cursor) => page.line(&t!("search.more", count = count, cursor = cursor)),
        None => page.line(&t!("search.all", count = count)),
    }
}

fn row(letter: &Letter) -> Vec<String> {
    vec![
        letter.number.to_string(),
        word_or_slug("letter-kind", &letter.kind),
        letter.to.clone(),
        word_or_slug("letter-state", &letter.state),
        letter.attempts.to_string(),
        when_told(&letter.written_at),
        letter.next_try.as_deref().map(when_told).unwrap_or_default(),
        letter.code.clone().unwrap_or_default(),
    ]
}

fn announced(item: &Announcement) -> Vec<String> {
    vec![
        when_told(&item.at),
        word_or_slug("announcement-kind", &item.kind),
        item.serial.clone(),
        item.holder.clone().unwrap_or_default(),
        item.ground
            .as_deref()
            .map(|slug| word_or_slug("ground", slug))
            .unwrap_or_default(),
    ]
}

/// The word of a choice, as the server knows it.
fn slug(choice: &impl ValueEnum) -> Option<String> {
    choice.to_possible_value().map(|value| value.get_name().to_owned())
}
