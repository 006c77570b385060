//! Pages: their measures, what stands on them, and how contents flow from one to the next.
//!
//! A4 (ISO 216) in points, origin at the upper left. The look is that of Hefu's pages on the screen: ink on paper, hairlines,
//! one vermilion line as of a seal.

use crate::limit::{MalformedDocument, PAGES_MAX};
use crate::structure::{Element, Structure};
use crate::text::{Line, Passage};

pub(crate) const PAGE_WIDTH: f32 = 595.28;
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
/// Left and right margins: 25 mm, so that a punched or bound page loses nothing.
pub(crate) const MARGIN: f32 = 70.87;
pub(crate) const BODY_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
pub(crate) const BODY_TOP: f32 = 92.0;
pub(crate) const BODY_BOTTOM: f32 = PAGE_HEIGHT - 78.0;
pub(crate) const BODY_HEIGHT: f32 = BODY_BOTTOM - BODY_TOP;

/// Where the baseline stands in a line, as a part of the leading plus a part of the size: sets the ink in the middle.
const BASELINE_OF_LEADING: f32 = 0.5;
const BASELINE_OF_SIZE: f32 = 0.36;
/// Lines of a paragraph that stay together at the end and the beginning of a page.
const TOGETHER: usize = 2;

/// A colour of the palette of Hefu's style sheet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const INK: Colour = Colour(0x1d, 0x1f, 0x21);
pub(crate) const INK_SOFT: Colour = Colour(0x5b, 0x5f, 0x63);
pub(crate) const RULE: Colour = Colour(0xdc, 0xd8, 0xcf);
pub(crate) const PAPER: Colour = Colour(0xf6, 0xf4, 0xee);
pub(crate) const SEAL: Colour = Colour(0xa8, 0x26, 0x1b);

/// Something that stands on a page.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    /// A line of text; without an element it is decoration and is not read aloud.
    Text {
        line: Line,
        x: f32,
        baseline: f32,
        size: f32,
        colour: Colour,
        element: Option<Element>,
    },
    /// A filled rectangle: rules and grounds.
    Bar {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
    /// The dark squares of a QR code, each `module` points wide.
    Dots {
        dots: Vec<(u16, u16)>,
        x: f32,
        y: f32,
        module: f32,
        element: Element,
    },
}

impl Mark {
    /// The same mark, higher on its page.
    fn raised(mut self, up: f32) -> Self {
        match &mut self {
            Self::Text { baseline: y, .. } | Self::Bar { y, .. } | Self::Dots { y, .. } => *y -= up,
        }
        self
    }
}

/// A bookmark.
#[derive(Clone, Debug)]
pub(crate) struct Bookmark {
    pub(crate) level: u8,
    pub(crate) words: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// Where text of a passage stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Left edge in points.
    pub(crate) x: f32,
    pub(crate) width: f32,
    /// How much the first line is shorter on the left.
    pub(crate) indent: f32,
    pub(crate) side: Side,
    pub(crate) colour: Colour,
}

/// To which side lines stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Left,
    Middle,
    Right,
}

impl Place {
    /// The full measure, in ink, at the left.
    pub(crate) const FULL: Self = Self {
        x: MARGIN,
        width: BODY_WIDTH,
        indent: 0.0,
        side: Side::Left,
        colour: INK,
    };
}

/// A place on the page that is being filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// How many marks stand before it on its page.
    mark: usize,
    /// How many bookmarks stand before it in the document.
    bookmark: usize,
    y: f32,
}

/// The pages so far, and where the next thing goes.
#[derive(Debug, Default)]
pub(crate) struct Sheets {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) bookmarks: Vec<Bookmark>,
    pub(crate) structure: Structure,
    /// Headings at the end of this page, which go with what follows when that begins on the next.
    kept: Option<Spot>,
    /// Upper edge of the next thing, from the upper edge of the page.
    pub(crate) y: f32,
}

impl Sheets {
    pub(crate) fn new() -> Self {
        Self {
            pages: vec![Vec::new()],
            y: BODY_TOP,
            ..Self::default()
        }
    }

    /// What is left of this page, in points.
    pub(crate) fn room(&self) -> f32 {
        BODY_BOTTOM - self.y
    }

    /// Whether nothing stands on this page yet.
    pub(crate) fn at_top(&self) -> bool {
        self.y <= BODY_TOP
    }

    /// Leaves a gap, except at the top of a page.
    pub(crate) fn gap(&mut self, points: f32) {
        if !self.at_top() {
            self.y += points;
        }
    }

    /// Goes to a new page unless `height` points are left on this one.
    pub(crate) fn need(&mut self, height: f32) -> Result<(), MalformedDocument> {
        if self.room() < height && !self.at_top() {
            self.turn()
        } else {
            Ok(())
        }
    }

    /// Goes to a new page, with the headings that belong to what comes next.
    pub(crate) fn turn(&mut self) -> Result<(), MalformedDocument> {
        let height = self.y;
        let kept = self.kept.take().filter(|kept| kept.y > BODY_TOP);
        let carried = kept.and_then(|kept| Some(self.pages.last_mut()?.split_off(kept.mark)));
        self.turn_bare()?;
        let (Some(kept), Some(carried)) = (kept, carried) else {
            return Ok(());
        };
        let up = kept.y - BODY_TOP;
        for mark in carried {
            self.put(mark.raised(up));
        }
        let page = self.pages.len() - 1;
        for bookmark in self.bookmarks.iter_mut().skip(kept.bookmark) {
            bookmark.page = page;
            bookmark.y -= up;
        }
        self.y = height - up;
        Ok(())
    }

    /// Goes to a new page and leaves headings where they are.
    pub(crate) fn turn_bare(&mut self) -> Result<(), MalformedDocument> {
        if self.pages.len() >= PAGES_MAX {
            return Err(MalformedDocument::TooManyPages);
        }
        self.pages.push(Vec::new());
        self.kept = None;
        self.y = BODY_TOP;
        Ok(())
    }

    /// Where a heading begins: here, or where headings right before it do.
    pub(crate) fn heading_spot(&self) -> Spot {
        self.kept.unwrap_or(Spot {
            mark: self.pages.last().map_or(0, Vec::len),
            bookmark: self.bookmarks.len(),
            y: self.y,
        })
    }

    /// Keeps what was put since `spot` with what comes next.
    pub(crate) fn keep_since(&mut self, spot: Spot) {
        self.kept = Some(spot);
    }

    /// Puts a mark on this page.
    pub(crate) fn put(&mut self, mark: Mark) {
        self.kept = None;
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Puts one line with its upper edge at `y`.
    pub(crate) fn put_line(&mut self, line: Line, passage: &Passage, y: f32, place: Place, element: Option<Element>) {
        let style = passage.style;
        let free = place.width - place.indent - line.width;
        let x = place.x
            + place.indent
            + match place.side {
                Side::Left => 0.0,
                Side::Middle => free / 2.0,
                Side::Right => free,
            };
        let baseline = y + style.leading * BASELINE_OF_LEADING + style.size * BASELINE_OF_SIZE;
        self.put(Mark::Text {
            line,
            x,
            baseline,
            size: style.size,
            colour: place.colour,
            element,
        });
    }

    /// Lets a passage flow from here over as many pages as it needs, two lines together at each end.
    pub(crate) fn flow(&mut self, passage: &Passage, place: Place, element: Element) -> Result<(), MalformedDocument> {
        let lines = passage.lines(place.width, place.indent);
        let leading = passage.style.leading;
        let count = lines.len();
        for (index, line) in lines.into_iter().enumerate() {
            let left = count - index;
            let starts = index == 0 && count > 1;
            let last_two = left == TOGETHER && count > TOGETHER;
            let together = match (starts, last_two) {
                (true, _) => together_at_start(count),
                (_, true) => TOGETHER,
                _ => 1,
            };
            self.need(leading * points(together))?;
            let place = if index == 0 {
                place
            } else {
                Place { indent: 0.0, ..place }
            };
            self.put_line(line, passage, self.y, place, Some(element));
            self.y += leading;
        }
        Ok(())
    }

    /// A bookmark to what comes next on this page.
    pub(crate) fn bookmark(&mut self, level: u8, words: &str) {
        let words = words.replace('\n', " ");
        self.bookmarks.push(Bookmark {
            level,
            words,
            page: self.pages.len() - 1,
            y: self.y,
        });
    }

    /// A hairline or thicker over the width of the body.
    pub(crate) fn rule(&mut self, y: f32, height: f32, colour: Colour) {
        self.put(Mark::Bar {
            x: MARGIN,
            y,
            width: BODY_WIDTH,
            height,
            colour,
        });
    }
}

/// A small count as a length factor.
pub(crate) fn points(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// How many of a paragraph's lines stay together at its start. Three lines cannot be divided so that two stay together on
/// either side.
pub(crate) fn together_at_start(lines: usize) -> usize {
    if lines <= TOGETHER + 1 { lines } else { TOGETHER }
}
