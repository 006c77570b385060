//! Two editions side by side: which articles were added, removed, renumbered or changed, and in which words.
//!
//! Articles are matched by their words, not by their numbers, because one inserted article moves all that follow.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use serde::Serialize;

use super::{Article, ArticleNumber};

/// Articles with more words than this are shown whole, old and new: the longest known have about fifteen hundred.
pub const WORDS_MAX: usize = 2_000;
/// Words of the older times words of the newer, over all changed articles. A new Civil Code would need thirty million;
/// beyond this, changed articles are shown whole, so that a made-up text costs a second and not a minute.
const WORK_MAX: usize = 50_000_000;
/// Blocks of articles with more pairs than this are matched by number alone.
const PAIRS_MAX: usize = 40_000;
/// From this likeness on (in thousandths) two articles are one that changed.
const ALIKE: u32 = 400;
/// The same for two articles of the same number.
const ALIKE_OF_SAME_NUMBER: u32 = 250;

/// What became of a piece of text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PieceKind {
    /// In both editions.
    Kept,
    /// Only in the older.
    Removed,
    /// Only in the newer.
    Added,
}

/// A piece of a changed article.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Piece {
    /// What became of it.
    pub kind: PieceKind,
    /// Its words.
    pub text: String,
}

/// What became of an article.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArticleChange<'a> {
    /// The same number and words.
    Same(&'a Article),
    /// The same words under another number.
    Renumbered {
        /// The number in the older edition.
        from: ArticleNumber,
        /// The article in the newer.
        article: &'a Article,
    },
    /// Other words, perhaps also another number.
    Changed {
        /// The article in the older edition.
        old: &'a Article,
        /// The article in the newer.
        new: &'a Article,
        /// The words of both, in order.
        pieces: Vec<Piece>,
    },
    /// Only in the older edition.
    Removed(&'a Article),
    /// Only in the newer edition.
    Added(&'a Article),
}

/// All articles of both editions, in order.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Comparison<'a> {
    changes: Vec<ArticleChange<'a>>,
}

impl<'a> Comparison<'a> {
    /// Every article of either edition, once.
    #[must_use]
    pub fn changes(&self) -> &[ArticleChange<'a>] {
        &self.changes
    }

    /// Only what is not the same.
    pub fn differences(&self) -> impl Iterator<Item = &ArticleChange<'a>> {
        self.changes.iter().filter(|one| !matches!(one, ArticleChange::Same(_)))
    }
}

pub(super) fn compare<'a>(old: &'a [Article], new: &'a [Article]) -> Comparison<'a> {
    fn texts(articles: &[Article]) -> Vec<&str> {
        articles.iter().map(Article::text).collect()
    }
    let mut changes = Vec::with_capacity(old.len().max(new.len()));
    let mut work_left = WORK_MAX;
    for operation in capture_diff_slices(Algorithm::Patience, &texts(old), &texts(new)) {
        let olds = old.get(operation.old_range()).unwrap_or_default();
        let news = new.get(operation.new_range()).unwrap_or_default();
        match operation {
            DiffOp::Equal { .. } => changes.extend(olds.iter().zip(news).map(|(old, new)| same(old, new))),
            _ => changes.extend(matched(olds, news, &mut work_left)),
        }
    }
    Comparison { changes }
}

fn same<'a>(old: &'a Article, new: &'a Article) -> ArticleChange<'a> {
    if old.number == new.number {
        ArticleChange::Same(new)
    } else {
        ArticleChange::Renumbered {
            from: old.number,
            article: new,
        }
    }
}

/// Matches two blocks without a common article: pairs in order, so that the pairs are as alike as can be.
fn matched<'a>(old: &'a [Article], new: &'a [Article], work_left: &mut usize) -> Vec<ArticleChange<'a>> {
    let likeness = Likeness::of(old, new);
    let mut changes = Vec::new();
    let (mut olds, mut news) = (old.iter().enumerate().peekable(), new.iter().enumerate().peekable());
    loop {
        match (olds.peek().copied(), news.peek().copied()) {
            (None, None) => return changes,
            (Some((_, old)), None) => {
                changes.push(ArticleChange::Removed(old));
                olds.next();
            }
            (None, Some((_, new))) => {
                changes.push(ArticleChange::Added(new));
                news.next();
            }
            (Some((i, old)), Some((j, new))) => match likeness.step(i, j) {
                Step::Pair => {
                    changes.push(ArticleChange::Changed {
                        old,
                        new,
                        pieces: pieces(&old.text, &new.text, work_left),
                    });
                    olds.next();
                    news.next();
                }
                Step::Remove => {
                    changes.push(ArticleChange::Removed(old));
                    olds.next();
                }
                Step::Add => {
                    changes.push(ArticleChange::Added(new));
                    news.next();
                }
            },
        }
    }
}

enum Step {
    Pair,
    Remove,
    Add,
}

/// How alike the articles of two blocks are, and the best that can be had from any place on.
struct Likeness {
    /// One row per old article, one entry per new one; zero when they are not one article.
    alike: Vec<Vec<u32>>,
    /// The greatest sum from (row, entry) on; one more row and entry than `alike`.
    best: Vec<Vec<u32>>,
}

impl Likeness {
    fn of(old: &[Article], new: &[Article]) -> Self {
        let by_number = old.len().saturating_mul(new.len()) > PAIRS_MAX;
        let bigrams = |articles: &[Article]| -> Vec<Vec<(char, char)>> {
            let texts = articles
                .iter()
                .map(|one| if by_number { Vec::new() } else { bigrams(&one.text) });
            texts.collect()
        };
        let (of_old, of_new) = (bigrams(old), bigrams(new));
        let alike: Vec<Vec<u32>> = old
            .iter()
            .zip(&of_old)
            .map(|(old, old_pairs)| {
                let row = new.iter().zip(&of_new);
                row.map(|(new, new_pairs)| {
                    let same_number = old.number == new.number;
                    if by_number {
                        return u32::from(same_number);
                    }
                    let least = if same_number { ALIKE_OF_SAME_NUMBER } else { ALIKE };
                    Some(dice(old_pairs, new_pairs))
                        .filter(|likeness| *likeness >= least)
                        .unwrap_or(0)
                })
                .collect()
            })
            .collect();
        let best = best(&alike, new.len());
        Self { alike, best }
    }

    fn step(&self, i: usize, j: usize) -> Step {
        let best = at(&self.best, i, j);
        let likeness = at(&self.alike, i, j);
        if likeness > 0 && best == likeness + at(&self.best, i + 1, j + 1) {
            Step::Pair
        } else if best == at(&self.best, i + 1, j) {
            Step::Remove
        } else {
            Step::Add
        }
    }
}

fn at(table: &[Vec<u32>], i: usize, j: usize) -> u32 {
    table.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0)
}

/// From the end: the best of pairing, passing over an old article, passing over a new one.
fn best(alike: &[Vec<u32>], width: usize) -> Vec<Vec<u32>> {
    let mut below = vec![0_u32; width + 1];
    let mut rows = vec![below.clone()];
    for row in alike.iter().rev() {
        let mut best = vec![0_u32; width + 1];
        let mut right = 0;
        for (j, likeness) in row.iter().enumerate().rev() {
            let under = below.get(j).copied().unwrap_or(0);
            let corner = below.get(j + 1).copied().unwrap_or(0);
            let pair = if *likeness > 0 { corner + likeness } else { 0 };
            right = pair.max(under).max(right);
            if let Some(place) = best.get_mut(j) {
                *place = right;
            }
        }
        rows.push(best.clone());
        below = best;
    }
    rows.reverse();
    rows
}

fn bigrams(text: &str) -> Vec<(char, char)> {
    let letters = || text.chars().filter(|c| !c.is_whitespace());
    let mut pairs: Vec<_> = letters().zip(letters().skip(1)).collect();
    pairs.sort_unstable();
    pairs
}

/// Dice's coefficient of two sorted lists, in thousandths.
fn dice(one: &[(char, char)], other: &[(char, char)]) -> u32 {
    let all = one.len() + other.len();
    if all == 0 {
        return 0;
    }
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    let mut both = 0_usize;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => _ = left.next(),
            std::cmp::Ordering::Greater => _ = right.next(),
            std::cmp::Ordering::Equal => {
                both += 1;
                left.next();
                right.next();
            }
        }
    }
    u32::try_from(both * 2_000 / all).unwrap_or(0)
}

/// A Chinese character, a mark, or a run of Latin letters and digits.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let latin = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let length = if latin > 0 { latin } else { first.len_utf8() };
        let Some((word, next)) = rest.split_at_checked(length) else {
            break;
        };
        words.push(word);
        rest = next;
    }
    words
}

/// The words of both editions in order, with what became of them.
fn pieces(old: &str, new: &str, work_left: &mut usize) -> Vec<Piece> {
    let (olds, news) = (words(old), words(new));
    let left = work_left.checked_sub(olds.len().saturating_mul(news.len()));
    *work_left = left.unwrap_or(*work_left);
    if left.is_none() || olds.len() > WORDS_MAX || news.len() > WORDS_MAX {
        return readable(vec![
            (PieceKind::Removed, old.to_owned()),
            (PieceKind::Added, new.to_owned()),
        ]);
    }
    let mut raw = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &olds, &news) {
        let removed = olds.get(operation.old_range()).unwrap_or_default().concat();
        let added = news.get(operation.new_range()).unwrap_or_default().concat();
        if matches!(operation, DiffOp::Equal { .. }) {
            raw.push((PieceKind::Kept, removed));
        } else {
            raw.push((PieceKind::Removed, removed));
            raw.push((PieceKind::Added, added));
        }
    }
    readable(raw)
}

/// Joins neighbours, and gives a single kept character between two changes to both of them: people read words.
fn readable(raw: Vec<(PieceKind, String)>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    let mut raw = raw.into_iter().filter(|(_, text)| !text.is_empty()).peekable();
    while let Some((kind, text)) = raw.next() {
        match kind {
            PieceKind::Removed => removed.push_str(&text),
            PieceKind::Added => added.push_str(&text),
            PieceKind::Kept => {
                let between = raw.peek().is_some() && !(removed.is_empty() && added.is_empty());
                if between && text.chars().count() == 1 && !text.contains('\n') {
                    removed.push_str(&text);
                    added.push_str(&text);
                } else {
                    flush(&mut pieces, &mut removed, &mut added);
                    pieces.push(Piece { kind, text });
                }
            }
        }
    }
    flush(&mut pieces, &mut removed, &mut added);
    pieces
}

fn flush(pieces: &mut Vec<Piece>, removed: &mut String, added: &mut String) {
    for (kind, text) in [(PieceKind::Removed, removed), (PieceKind::Added, added)] {
        if !text.is_empty() {
            pieces.push(Piece {
                kind,
                text: std::mem::take(text),
            });
        }
    }
}
