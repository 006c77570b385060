//! From lines to articles.
//!
//! A heading stands at the start of a line and is set off from the words by a space, by bold type or by the end of
//! the line; so "第十条规定的…" inside an article is none. Only when a text sets no heading off at all are they found
//! by their order. Articles of one short line before another 第一条 are a table of contents and are dropped.

use super::{ARTICLES_MAX, Article, ArticleNumber, OfficialText, TEXT_LINES_MAX, TEXT_OCTETS_MAX, TextError, numeral};

/// A heading of a chapter is a few words.
const HEADING_CHARACTERS_MAX: usize = 40;
/// An entry of a table of contents is a few words without a full stop.
const CONTENTS_CHARACTERS_MAX: usize = 60;

pub(super) fn read(text: &str) -> Result<OfficialText, TextError> {
    if text.len() > TEXT_OCTETS_MAX {
        return Err(TextError::TooLarge);
    }
    let text = without_comments(text.strip_prefix('\u{feff}').unwrap_or(text));
    let lines: Vec<&str> = text.lines().map(bare).collect();
    if lines.len() > TEXT_LINES_MAX {
        return Err(TextError::TooManyLines);
    }
    let set_off = lines
        .iter()
        .filter_map(|line| Heading::of(line))
        .any(|heading| heading.level == Level::Article && heading.set_off);
    let mut reader = Reader {
        set_off,
        ..Reader::default()
    };
    for (at, line) in lines.iter().enumerate() {
        reader.line(at + 1, line)?;
    }
    reader.finish()
}

/// Blanks out `<!-- … -->`, line feeds kept so that lines keep their numbers.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        let (comment, next) = after.split_once("-->").unwrap_or((after, ""));
        kept.extend(comment.chars().filter(|c| *c == '\n'));
        rest = next;
    }
    kept.push_str(rest);
    kept
}

/// A line without the marks of a Markdown heading and the space around it.
fn bare(line: &str) -> &str {
    let line = line.trim();
    let unmarked = line.trim_start_matches('#');
    if unmarked.len() < line.len() {
        unmarked.trim()
    } else {
        line
    }
}

/// A line without emphasis, as it is shown.
fn plain(line: &str) -> String {
    let line = line.replace("**", "").replace("__", "");
    let line = line.replace("\\_", "_").replace("\\*", "*");
    line.trim().to_owned()
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Level {
    Part,
    Chapter,
    Section,
    Article,
}

#[derive(Clone, Copy, Debug)]
struct Heading<'a> {
    level: Level,
    number: u16,
    inserted: u16,
    /// What follows on the line.
    rest: &'a str,
    /// Whether something stands between the heading and what follows.
    set_off: bool,
}

impl<'a> Heading<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let inner = line.trim_start_matches('*').trim_start().strip_prefix('第')?;
        let (number, rest) = leading_number(inner)?;
        let mut letters = rest.chars();
        let level = match letters.next()? {
            '编' => Level::Part,
            '章' => Level::Chapter,
            '节' => Level::Section,
            '条' => Level::Article,
            _ => return None,
        };
        let rest = letters.as_str();
        let inserted = (level == Level::Article)
            .then(|| leading_number(rest.strip_prefix('之')?))
            .flatten();
        let (inserted, rest) = inserted.unwrap_or((0, rest));
        let set_off = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '*' | '：' | ':'));
        let heading = Self {
            level,
            number,
            inserted,
            rest: rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '：' | ':')),
            set_off,
        };
        (level == Level::Article || heading.is_title()).then_some(heading)
    }

    /// Whether what follows reads like a chapter's title and not like a sentence.
    fn is_title(&self) -> bool {
        let sentence = |c| matches!(c, '。' | '；' | '：' | '，');
        self.rest.chars().count() <= HEADING_CHARACTERS_MAX && !self.rest.contains(sentence)
    }

    fn article(&self) -> Option<ArticleNumber> {
        match self.inserted {
            0 => ArticleNumber::new(self.number),
            inserted => ArticleNumber::inserted(self.number, inserted),
        }
    }

    /// As shown: "第一章 总则", whatever spaces the title was spread with.
    fn title(&self, unit: char) -> String {
        let words: String = plain(self.rest).split_whitespace().collect();
        let number = numeral::write(self.number);
        if words.is_empty() {
            format!("第{number}{unit}")
        } else {
            format!("第{number}{unit} {words}")
        }
    }
}

/// The number at the start, and what follows; spaces around it are let pass ("第 一 章").
fn leading_number(text: &str) -> Option<(u16, &str)> {
    let text = text.trim_start();
    let end = text.find(|c| !numeral::is_numeral(c)).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((numeral::read(digits)?, rest))
}

#[derive(Default)]
struct Reader {
    /// Headings are set off from the words in this text.
    set_off: bool,
    before: Vec<String>,
    chapter: Option<String>,
    section: Option<String>,
    articles: Vec<Article>,
    /// Words go to the last article, not to nowhere.
    inside: bool,
    unplaced_lines: usize,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), TextError> {
        let Some(heading) = Heading::of(line) else {
            self.words(line);
            return Ok(());
        };
        match heading.level {
            Level::Part => self.enter(None, None),
            Level::Chapter => self.enter(Some(heading.title('章')), None),
            Level::Section => {
                let chapter = self.chapter.take();
                self.enter(chapter, Some(heading.title('节')));
            }
            Level::Article => return self.article(number, line, &heading),
        }
        Ok(())
    }

    fn enter(&mut self, chapter: Option<String>, section: Option<String>) {
        (self.chapter, self.section, self.inside) = (chapter, section, false);
    }

    fn words(&mut self, line: &str) {
        let words = plain(line);
        if words.is_empty() || is_source(&words) {
            return;
        }
        match self.articles.last_mut() {
            Some(article) if self.inside => {
                if !article.text.is_empty() {
                    article.text.push('\n');
                }
                article.text.push_str(&words);
            }
            None => self.before.push(words),
            Some(_) => self.unplaced_lines += 1,
        }
    }

    fn article(&mut self, line: usize, words: &str, heading: &Heading<'_>) -> Result<(), TextError> {
        let Some(found) = heading.article().filter(|number| self.is_heading(*number, heading)) else {
            self.words(words);
            return Ok(());
        };
        if let Some(last) = self.articles.last() {
            let after = last.number;
            if found.number == 1 && found.inserted == 0 && self.articles.iter().all(is_contents) {
                self.articles.clear();
                self.unplaced_lines = 0;
            } else if found <= after {
                return Err(TextError::OutOfOrder { line, found, after });
            }
        }
        if self.articles.len() >= ARTICLES_MAX {
            return Err(TextError::TooManyArticles);
        }
        self.articles.push(Article {
            number: found,
            chapter: self.chapter.clone(),
            section: self.section.clone(),
            text: plain(heading.rest),
            line,
        });
        self.inside = true;
        Ok(())
    }

    /// Set off where headings are; else only the very next number.
    fn is_heading(&self, found: ArticleNumber, heading: &Heading<'_>) -> bool {
        if self.set_off {
            return heading.set_off;
        }
        let first = (found.number, found.inserted) == (1, 0);
        match self.articles.last().map(|last| last.number) {
            None => first,
            Some(last) => {
                let next = last.number.checked_add(1) == Some(found.number) && found.inserted == 0;
                let inserted = last.number == found.number && last.inserted.checked_add(1) == Some(found.inserted);
                next || inserted || (first && self.articles.iter().all(is_contents))
            }
        }
    }

    fn finish(self) -> Result<OfficialText, TextError> {
        if self.articles.is_empty() {
            return Err(TextError::NoArticles);
        }
        Ok(OfficialText {
            title: title(&self.before),
            articles: self.articles,
            unplaced_lines: self.unplaced_lines,
        })
    }
}

fn is_contents(article: &Article) -> bool {
    !article.text.contains(['\n', '。']) && article.text.chars().count() <= CONTENTS_CHARACTERS_MAX
}

/// What a page says of where it has the text from: "（来源：…）".
fn is_source(words: &str) -> bool {
    let inner = words.strip_prefix('（').and_then(|rest| rest.strip_suffix('）'));
    inner.is_some_and(|inner| inner.starts_with("来源：") && !inner.contains('。'))
}

/// The last line that ends as titles of instruments do, or else the first line.
fn title(before: &[String]) -> Option<String> {
    const ENDINGS: &[&str] = &["法", "条例", "办法", "规定", "细则", "决定"];
    let name = |line: &&String| {
        let bare = line.split('（').next().unwrap_or_default();
        bare.chars().count() <= HEADING_CHARACTERS_MAX && ENDINGS.iter().any(|ending| bare.ends_with(ending))
    };
    before.iter().rfind(name).or_else(|| before.first()).cloned()
}
