//! From a text to lines: faces chosen by character, glyphs by shaping, breaks by the rules of Chinese and Latin setting.
//!
//! Breaks follow Unicode line breaking (UAX #14), in which closing punctuation never begins a line and opening punctuation
//! never ends one. It leaves curly quotation marks open, because languages use them differently; beside an ideograph they
//! are read as Chinese does, left opening and right closing. A word longer than a line is broken where the line ends.

use std::collections::HashMap;
use std::ops::Range;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{BufferClusterLevel, Direction, Feature, ShapePlan, UnicodeBuffer, ttf_parser::Tag};
use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::character::{self, has_two_widths, is_closing_mark, is_ideograph, is_opening_mark, is_variation_selector};
use crate::font::{Fonts, Role};

/// Shaping shall not join letters: a text that is copied or read aloud keeps its letters (OpenType `liga`).
const LIGATURES: Tag = Tag::from_bytes(b"liga");
/// Proportional instead of full-width forms of quotation marks and dashes (OpenType `pwid`).
const PROPORTIONAL: Tag = Tag::from_bytes(b"pwid");
/// Tolerance when a width is compared with that of a line, in ems: rounding of sums, far below what can be seen.
const SLACK: f32 = 0.001;

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) role: Role,
    /// Size in points.
    pub(crate) size: f32,
    /// From one baseline to the next, in points.
    pub(crate) leading: f32,
}

/// A line, ready to be painted at the style's size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    /// In points, without spaces at the end.
    pub(crate) width: f32,
}

/// Glyphs of one face.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) face: usize,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In points.
    pub(crate) width: f32,
}

/// The smallest part of a text that has a place of its own: as a rule a character with its marks.
#[derive(Clone, Debug)]
struct Cluster {
    range: Range<usize>,
    face: usize,
    glyphs: Vec<KrillaGlyph>,
    /// In ems.
    advance: f32,
    /// Whether a line may end after it.
    may_break: bool,
}

/// A text without line feeds, shaped.
#[derive(Clone, Debug)]
struct Shaped {
    text: String,
    clusters: Vec<Cluster>,
}

/// A text in its style, shaped and ready to be broken into lines of any width.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    pub(crate) style: Style,
    parts: Vec<Shaped>,
}

/// Shapes texts with the faces of [`Fonts`]. Holds the plans of shaping, which cost more than most texts.
pub(crate) struct Typesetter<'a> {
    faces: Vec<rustybuzz::Face<'a>>,
    plans: HashMap<(usize, rustybuzz::Script, bool), ShapePlan>,
    latin: bool,
}

impl<'a> Typesetter<'a> {
    /// `latin`: whether quotation marks and dashes are those of Latin setting where no ideograph decides.
    pub(crate) fn new(fonts: &'a Fonts, latin: bool) -> Self {
        Self {
            faces: fonts.shapers(),
            plans: HashMap::new(),
            latin,
        }
    }

    /// Whether some face has a glyph for `character`.
    pub(crate) fn covers(&self, character: char) -> bool {
        self.faces.iter().any(|face| has(face, character))
    }

    /// The text as it can be shown: what cannot be printed as its code point.
    pub(crate) fn shown(&self, text: &str) -> String {
        character::shown(text, |character| self.covers(character))
    }

    /// Shapes `text`; line feeds divide it.
    pub(crate) fn passage(&mut self, style: Style, text: &str) -> Passage {
        let shown = self.shown(text);
        let parts = shown.split('\n').map(|part| self.shape(style.role, part)).collect();
        Passage { style, parts }
    }

    fn shape(&mut self, role: Role, text: &str) -> Shaped {
        let breaks = breaks(text);
        let mut clusters = Vec::new();
        for (range, face, proportional) in self.runs(role, text) {
            let slice = text.get(range.clone()).unwrap_or_default();
            self.shape_run(slice, face, proportional, range.start, &mut clusters);
        }
        for cluster in &mut clusters {
            cluster.may_break = breaks.binary_search(&cluster.range.end).is_ok();
        }
        Shaped {
            text: text.to_owned(),
            clusters,
        }
    }

    /// Divides a text by face, and by whether marks of two widths are proportional.
    fn runs(&self, role: Role, text: &str) -> Vec<(Range<usize>, usize, bool)> {
        let mut runs: Vec<(Range<usize>, usize, bool)> = Vec::new();
        let mut previous: Option<char> = None;
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            let next = text.get(end..).and_then(|rest| rest.chars().next());
            let proportional = has_two_widths(character) && self.is_latin(character, previous, next);
            match runs.last_mut() {
                Some(run) if is_variation_selector(character) => run.0.end = end,
                Some(run) if run.2 == proportional && self.face_for(role, character) == run.1 => run.0.end = end,
                _ => runs.push((at..end, self.face_for(role, character), proportional)),
            }
            previous = Some(character);
        }
        runs
    }

    fn is_latin(&self, character: char, previous: Option<char>, next: Option<char>) -> bool {
        let letter = |neighbour: Option<char>| neighbour.is_some_and(|found| found.is_ascii_alphanumeric());
        let apostrophe = character == '’' && letter(previous) && letter(next);
        let chinese =
            |neighbour: Option<char>| neighbour.is_some_and(|found| is_ideograph(found) || is_closing_mark(found));
        apostrophe || self.latin && !chinese(previous) && !chinese(next)
    }

    fn face_for(&self, role: Role, character: char) -> usize {
        let first = role as usize;
        let order = std::iter::once(first).chain((0..self.faces.len()).filter(|index| *index != first));
        let found = order
            .into_iter()
            .find(|index| self.faces.get(*index).is_some_and(|face| has(face, character)));
        found.unwrap_or(first)
    }

    fn shape_run(&mut self, text: &str, face: usize, proportional: bool, offset: usize, clusters: &mut Vec<Cluster>) {
        let Some(shaper) = self.faces.get(face) else {
            return;
        };
        let mut buffer = UnicodeBuffer::new();
        buffer.set_cluster_level(BufferClusterLevel::MonotoneGraphemes);
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let script = buffer.script();
        let plan = self.plans.entry((face, script, proportional)).or_insert_with(|| {
            let features = [
                Feature::new(LIGATURES, 0, ..),
                Feature::new(PROPORTIONAL, u32::from(proportional), ..),
            ];
            ShapePlan::new(shaper, Direction::LeftToRight, Some(script), None, &features)
        });
        let set = rustybuzz::shape_with_plan(shaper, plan, buffer);
        let starts = set.glyph_infos().iter().map(|info| info.cluster as usize);
        let glyphs = set.glyph_infos().iter().zip(set.glyph_positions());
        let glyphs = glyphs.map(|(info, place)| glyph(shaper, info.glyph_id, *place));
        clusters.extend(gather(starts.zip(glyphs), face, text.len(), offset));
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "units of a font fit into the 24 bits of a float"
)]
fn glyph(face: &rustybuzz::Face<'_>, id: u32, place: rustybuzz::GlyphPosition) -> KrillaGlyph {
    let em = |units: i32| units as f32 / face.units_per_em().max(1) as f32;
    let (advance, right, up) = (em(place.x_advance), em(place.x_offset), em(place.y_offset));
    KrillaGlyph::new(GlyphId::new(id), advance, right, up, 0.0, 0..0, None)
}

/// Gathers glyphs that begin at the same byte into clusters; each reaches to the next, the last to `end`.
fn gather(glyphs: impl Iterator<Item = (usize, KrillaGlyph)>, face: usize, end: usize, offset: usize) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for (start, glyph) in glyphs {
        let start = offset + start;
        let known = clusters.last().is_some_and(|cluster| cluster.range.start == start);
        if !known {
            if let Some(before) = clusters.last_mut() {
                before.range.end = start;
            }
            clusters.push(Cluster {
                range: start..offset + end,
                face,
                glyphs: Vec::new(),
                advance: 0.0,
                may_break: false,
            });
        }
        if let Some(cluster) = clusters.last_mut() {
            cluster.advance += glyph.x_advance;
            cluster.glyphs.push(glyph);
        }
    }
    clusters
}

fn has(face: &rustybuzz::Face<'_>, character: char) -> bool {
    face.glyph_index(character).is_some_and(|glyph| glyph.0 != 0)
}

impl Passage {
    /// Breaks the passage into lines of `width` points; the first of each part is shorter by `indent`.
    pub(crate) fn lines(&self, width: f32, indent: f32) -> Vec<Line> {
        self.parts
            .iter()
            .flat_map(|part| part.lines(self.style.size, width, indent))
            .collect()
    }

    /// The width of its longest part on one line, in points.
    pub(crate) fn width(&self) -> f32 {
        let part = |part: &Shaped| part.clusters.iter().map(|cluster| cluster.advance).sum::<f32>();
        self.parts.iter().map(part).fold(0.0, f32::max) * self.style.size
    }

    /// The width of its longest stretch that should not be broken, in points.
    pub(crate) fn word_width(&self) -> f32 {
        let mut longest: f32 = 0.0;
        for part in &self.parts {
            let mut word: f32 = 0.0;
            for cluster in &part.clusters {
                word += cluster.advance;
                if !part.is_space(cluster) {
                    longest = longest.max(word - part.hang(cluster));
                }
                if cluster.may_break {
                    word = 0.0;
                }
            }
        }
        longest * self.style.size
    }
}

impl Shaped {
    fn lines(&self, size: f32, width: f32, indent: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut start = 0;
        while start < self.clusters.len() {
            let room = if lines.is_empty() { width - indent } else { width };
            let end = self.line_end(start, room / size);
            lines.push(self.line(start..end, size));
            start = end;
        }
        if lines.is_empty() {
            lines.push(Line::default());
        }
        lines
    }

    /// The cluster before which the line that starts at `start` ends; always after `start`.
    fn line_end(&self, start: usize, room: f32) -> usize {
        let mut advance: f32 = 0.0;
        let mut last_break = None;
        for (index, cluster) in self.clusters.iter().enumerate().skip(start) {
            advance += cluster.advance;
            let visible = advance - self.hang(cluster);
            if index > start && !self.is_space(cluster) && visible > room + SLACK {
                return last_break.unwrap_or(index);
            }
            if cluster.may_break {
                last_break = Some(index + 1);
            }
        }
        self.clusters.len()
    }

    fn line(&self, range: Range<usize>, size: f32) -> Line {
        let clusters = self.clusters.get(range).unwrap_or_default();
        let mut line = Line::default();
        let mut advance = 0.0;
        for cluster in clusters {
            let text = self.text.get(cluster.range.clone()).unwrap_or_default();
            if line.runs.last().is_none_or(|run| run.face != cluster.face) {
                line.runs.push(Run {
                    face: cluster.face,
                    text: String::new(),
                    glyphs: Vec::new(),
                    width: 0.0,
                });
            }
            if let Some(run) = line.runs.last_mut() {
                let at = run.text.len()..run.text.len() + text.len();
                run.text.push_str(text);
                run.width += cluster.advance * size;
                run.glyphs.extend(cluster.glyphs.iter().cloned().map(|mut glyph| {
                    glyph.text_range = at.clone();
                    glyph
                }));
            }
            advance += cluster.advance * size;
            if !self.is_space(cluster) {
                line.width = advance;
            }
        }
        line
    }

    fn is_space(&self, cluster: &Cluster) -> bool {
        self.first(cluster).is_some_and(char::is_whitespace)
    }

    /// How far a cluster may reach beyond the end of a line, in ems: the empty half of a closing mark.
    fn hang(&self, cluster: &Cluster) -> f32 {
        let closing = cluster.advance > 0.9 && self.first(cluster).is_some_and(is_closing_mark);
        if closing { 0.5 } else { 0.0 }
    }

    fn first(&self, cluster: &Cluster) -> Option<char> {
        self.text
            .get(cluster.range.clone())
            .and_then(|text| text.chars().next())
    }
}

/// Byte offsets at which a line may end, ascending.
fn breaks(text: &str) -> Vec<usize> {
    let mut breaks: Vec<usize> = linebreaks(text)
        .filter(|(_, opportunity)| *opportunity == BreakOpportunity::Allowed)
        .map(|(offset, _)| offset)
        .collect();
    let mut previous: Option<char> = None;
    for (at, character) in text.char_indices() {
        let opens = matches!(character, '“' | '‘');
        let closed = previous.is_some_and(|found| matches!(found, '”' | '’'));
        let before = previous.is_some_and(|found| is_ideograph(found) || is_closing_mark(found));
        if opens && before && !previous.is_some_and(is_opening_mark) || closed && is_ideograph(character) {
            breaks.push(at);
        }
        previous = Some(character);
    }
    // An address is broken after one slash, not after the two that follow its scheme.
    breaks.retain(|at| !text.get(..*at).is_some_and(|before| before.ends_with("//")));
    breaks.sort_unstable();
    breaks.dedup();
    breaks
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(text: &str) -> String {
        let mut out = String::new();
        let breaks = breaks(text);
        for (at, character) in text.char_indices() {
            if breaks.contains(&at) {
                out.push('|');
            }
            out.push(character);
        }
        out
    }

    #[test]
    fn closing_marks_never_begin_a_line_and_opening_marks_never_end_one() {
        for (text, expected) in [
            ("你好，世界。", "你|好，|世|界。"),
            ("《电子签名法》（修订）", "《电|子|签|名|法》|（修|订）"),
            ("甲方称“订户”，", "甲|方|称|“订|户”，"),
            ("“订户”是指", "“订|户”|是|指"),
            ("使用SM2算法", "使|用|SM2|算|法"),
            ("a certificate's life", "a |certificate's |life"),
            ("等等……以及", "等|等……|以|及"),
            ("第3.2条", "第|3.2|条"),
            ("（“甲”）", "（“甲”）"),
            ("见https://ca.example.cn/verify", "见|https://ca.example.cn/|verify"),
        ] {
            assert_eq!(pieces(text), expected);
        }
    }

    const STYLE: Style = Style {
        role: Role::Serif,
        size: 10.0,
        leading: 15.0,
    };

    fn fonts() -> &'static Fonts {
        static FONTS: std::sync::LazyLock<Fonts> =
            std::sync::LazyLock::new(|| Fonts::load(&crate::font::FontFiles::debian()).unwrap());
        &FONTS
    }

    fn set(text: &str, width: f32, latin: bool) -> Vec<(String, f32)> {
        let lines = Typesetter::new(fonts(), latin).passage(STYLE, text).lines(width, 0.0);
        let words = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect::<String>();
        lines.iter().map(|line| (words(line), line.width)).collect()
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken_and_no_other() {
        let lines: Vec<_> = set("the fingerprint 0123456789abcdef0123456789 ends", 60.0, true)
            .into_iter()
            .map(|line| line.0)
            .collect();
        assert_eq!(
            lines,
            ["the ", "fingerprint ", "0123456789", "abcdef0123", "456789 ends"]
        );
    }

    #[test]
    fn a_closing_mark_at_the_end_may_reach_into_the_margin_by_its_empty_half() {
        let texts = |width| {
            set("甲乙丙。丁", width, false)
                .into_iter()
                .map(|line| line.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(35.0), ["甲乙丙。", "丁"]);
        assert_eq!(texts(34.0), ["甲乙", "丙。丁"]);
    }

    #[test]
    fn quotation_marks_are_narrow_in_latin_text_and_wide_in_chinese() {
        let width = |text, latin| set(text, 1000.0, latin).first().map(|line| line.1).unwrap_or_default();
        assert!(width("“a”", true) < width("“a”", false) - 8.0);
        assert!((width("称“甲”的", true) - 50.0).abs() < 0.01);
        assert!((width("It’s", false) - width("It’s", true)).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn lines_hold_the_whole_text_within_the_measure(text in "[a-zA-Z0-9 ,./:一-龥，。、；：“”（）《》—…]{0,120}", width in 20.0_f32..200.0) {
            let lines = set(&text, width, false);
            let whole: String = lines.iter().map(|line| line.0.as_str()).collect();
            prop_assert_eq!(whole, text.clone());
            for (line, measured) in &lines {
                prop_assert!(*measured <= width + (0.5 + SLACK) * STYLE.size + SLACK, "{line:?}: {measured} in {width}");
            }
        }

        #[test]
        fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text in "([一-龥]{1,9}[，。、；：！？）》”]{1,2}|[（《“][一-龥]{1,4}){0,30}", width in 60.0_f32..200.0) {
            let lines = set(&text, width, false);
            let last = lines.len().saturating_sub(1);
            for (index, (line, _)) in lines.iter().enumerate() {
                if index > 0 {
                    prop_assert!(!line.starts_with(is_closing_mark), "{line}");
                }
                if index < last {
                    prop_assert!(!line.ends_with(is_opening_mark), "{line}");
                }
            }
        }
    }
}
