//! Figures as a picture, drawn here as SVG, with the same figures as a table below it.
//!
//! Only whole numbers; coordinates are whole as well. Colours come from the style sheet by class, so that a picture
//! follows light, dark and print.

use askama::Template;
use hefu_rulebook::Language;
use jiff::Timestamp;

use super::{Cell, Column, Table};
use crate::page::time::day;
use crate::words::{Words, words};

const WIDTH: u64 = 640;
const HEIGHT: u64 = 220;
/// Room for the figures of the scale on the left.
const LEFT: u64 = 56;
const RIGHT: u64 = 8;
const TOP: u64 = 12;
/// Room for the names of the points below.
const BOTTOM: u64 = 28;
/// Names below the picture that do not run into each other.
const NAMES_MAX: usize = 8;
/// Lines of the scale above zero.
const LINES: u64 = 4;

/// How figures are drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Drawing {
    /// Amounts in periods.
    Bars,
    /// A course over time.
    Line,
}

/// One figure.
#[derive(Clone, Debug)]
pub struct Point {
    name: String,
    value: u64,
    is_marked: bool,
}

impl Point {
    /// A figure and its name.
    #[must_use]
    pub fn new(name: impl Into<String>, value: u64) -> Self {
        Self {
            name: name.into(),
            value,
            is_marked: false,
        }
    }

    /// The figure that the eye should find: now, the limit, today.
    #[must_use]
    pub const fn marked(mut self) -> Self {
        self.is_marked = true;
        self
    }
}

/// A chart with its table.
#[derive(Clone, Debug, Template)]
#[template(path = "component/chart.html")]
pub struct Chart {
    drawing: Drawing,
    title: String,
    summary: String,
    points: Vec<Point>,
    table: Table,
    words: &'static Words,
}

/// A figure on the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn<'a> {
    pub(crate) name: &'a str,
    pub(crate) x: u64,
    pub(crate) y: u64,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) middle: u64,
    pub(crate) is_named: bool,
    pub(crate) is_marked: bool,
}

impl Chart {
    /// `title` says what is shown, with its unit; `summary` says in a sentence what one sees.
    #[must_use]
    pub fn new(language: Language, drawing: Drawing, title: &str, summary: &str, points: Vec<Point>) -> Self {
        let words = words(language);
        let rows = points
            .iter()
            .map(|point| vec![Cell::Text(point.name.clone()), Cell::Number(point.value.to_string())]);
        Self {
            drawing,
            title: title.to_owned(),
            summary: summary.to_owned(),
            table: Table::new(title, [Column::text(words.item), Column::number(title)]).rows(rows),
            points,
            words,
        }
    }

    pub(crate) fn is_line(&self) -> bool {
        self.drawing == Drawing::Line
    }

    /// The top of the scale: a round number, at least [`LINES`], that the lines divide evenly.
    fn top(&self) -> u64 {
        let most = self.points.iter().map(|point| point.value).max().unwrap_or(0);
        let mut step = 1;
        loop {
            for factor in [1, 2, 5] {
                let line: u64 = factor * step;
                if line.saturating_mul(LINES) >= most {
                    return line.saturating_mul(LINES);
                }
            }
            step = step.saturating_mul(10);
        }
    }

    /// The lines of the scale: place and figure.
    pub(crate) fn lines(&self) -> Vec<(u64, u64)> {
        let top = self.top();
        (0..=LINES)
            .map(|line| (place(top / LINES * line, top), top / LINES * line))
            .collect()
    }

    pub(crate) fn drawn(&self) -> Vec<Drawn<'_>> {
        let count = u64::try_from(self.points.len()).unwrap_or(1).max(1);
        let slot = (WIDTH - LEFT - RIGHT) / count;
        let named = self.points.len().div_ceil(NAMES_MAX).max(1);
        let top = self.top();
        let width = (slot * 7 / 10).max(1);
        let mut x = LEFT;
        let mut drawn = Vec::with_capacity(self.points.len());
        for (index, point) in self.points.iter().enumerate() {
            let y = place(point.value, top);
            drawn.push(Drawn {
                name: &point.name,
                x: x + (slot - width) / 2,
                y,
                width,
                height: HEIGHT - BOTTOM - y,
                middle: x + slot / 2,
                is_named: index.is_multiple_of(named),
                is_marked: point.is_marked,
            });
            x += slot;
        }
        drawn
    }

    /// The points of the line, as SVG writes them.
    pub(crate) fn course(&self) -> String {
        let points = self.drawn();
        let pairs: Vec<String> = points
            .iter()
            .map(|point| format!("{},{}", point.middle, point.y))
            .collect();
        pairs.join(" ")
    }
}

/// Where a value stands, from the top.
fn place(value: u64, top: u64) -> u64 {
    let room = HEIGHT - TOP - BOTTOM;
    let up = u128::from(value.min(top)) * u128::from(room) / u128::from(top.max(1));
    HEIGHT - BOTTOM - u64::try_from(up).unwrap_or(room)
}

/// A stretch of time with a mark where a moment stands in it: the validity of a certificate.
#[derive(Clone, Debug, Template)]
#[template(path = "component/span.html")]
pub struct Span {
    from: String,
    until: String,
    summary: String,
    /// Thousandths of the stretch that have passed.
    passed: u64,
}

impl Span {
    /// The stretch from `from` until `until`, looked at at `at`; `summary` says it in words.
    #[must_use]
    pub fn new(from: Timestamp, until: Timestamp, at: Timestamp, summary: impl Into<String>) -> Self {
        let whole = i128::from(until.as_second()) - i128::from(from.as_second());
        let passed = i128::from(at.as_second()) - i128::from(from.as_second());
        let thousandths = (passed * 1000 / whole.max(1)).clamp(0, 1000);
        Self {
            from: day(from),
            until: day(until),
            summary: summary.into(),
            passed: u64::try_from(thousandths).unwrap_or(0),
        }
    }
}
