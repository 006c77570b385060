//! The logical structure of a document (ISO 32000-1 §14.8, asked for by PDF/A-2a and PDF/UA-1): what a reading machine reads,
//! in which order, and as what. Built while blocks are laid out, filled while pages are painted.

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

use crate::document::Marker;

/// An element of the structure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Element(usize);

/// What an element is.
#[derive(Clone, Debug)]
pub(crate) enum Nature {
    /// Level from 1, and the words.
    Heading(u16, String),
    Paragraph,
    Code,
    List(Marker),
    Item,
    Label,
    ItemBody,
    Table,
    TableHead,
    TableBody,
    Row,
    ColumnHeader,
    RowHeader,
    Cell,
    Caption,
    /// What it shows, in words.
    Figure(String),
    Division,
}

#[derive(Debug)]
struct Entry {
    nature: Nature,
    children: Vec<usize>,
    leaves: Vec<Identifier>,
}

/// All elements, in reading order below their parents.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    entries: Vec<Entry>,
    roots: Vec<usize>,
    /// Levels, as described, of the heading last added and those it stands under.
    levels: Vec<u8>,
}

impl Structure {
    /// Adds an element at the end of `parent`, or of the document.
    pub(crate) fn add(&mut self, parent: Option<Element>, nature: Nature) -> Element {
        let index = self.entries.len();
        match parent.and_then(|parent| self.entries.get_mut(parent.0)) {
            Some(parent) => parent.children.push(index),
            None => self.roots.push(index),
        }
        self.entries.push(Entry {
            nature,
            children: Vec::new(),
            leaves: Vec::new(),
        });
        Element(index)
    }

    /// Adds a heading of a described level, 0 for the title. Its level in the structure counts the headings it stands
    /// under, so that none is left out (PDF/UA-1 §7.4.2).
    pub(crate) fn add_heading(&mut self, level: u8, words: &str) -> Element {
        while self.levels.last().is_some_and(|above| *above >= level) {
            self.levels.pop();
        }
        self.levels.push(level);
        let depth = u16::try_from(self.levels.len()).unwrap_or(u16::MAX);
        self.add(None, Nature::Heading(depth, words.to_owned()))
    }

    /// Notes that the contents marked by `identifier` belong to `element`.
    pub(crate) fn mark(&mut self, element: Element, identifier: Identifier) {
        if let Some(entry) = self.entries.get_mut(element.0) {
            entry.leaves.push(identifier);
        }
    }

    /// The tree as it goes into the PDF.
    pub(crate) fn into_tree(self, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for root in &self.roots {
            if let Some(group) = self.group(*root) {
                tree.push(group);
            }
        }
        tree
    }

    /// The element with all that stands below it; `None` when it holds nothing. No element is its own ancestor and the
    /// deepest stands five below the document, so this ends.
    fn group(&self, index: usize) -> Option<TagGroup> {
        let entry = self.entries.get(index)?;
        let mut group = TagGroup::new(kind(&entry.nature));
        for leaf in &entry.leaves {
            group.push(*leaf);
        }
        for child in entry.children.iter().filter_map(|child| self.group(*child)) {
            group.push(child);
        }
        let keeps = !group.children.is_empty()
            || matches!(entry.nature, Nature::Cell | Nature::RowHeader | Nature::ColumnHeader);
        keeps.then_some(group)
    }
}

fn kind(nature: &Nature) -> TagKind {
    match nature {
        Nature::Heading(level, words) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(words.clone())).into()
        }
        Nature::Paragraph => Tag::P.into(),
        Nature::Code => Tag::Code.into(),
        Nature::List(Marker::Bullet) => Tag::L(ListNumbering::Disc).into(),
        Nature::List(Marker::Number) => Tag::L(ListNumbering::Decimal).into(),
        Nature::Item => Tag::LI.into(),
        Nature::Label => Tag::Lbl.into(),
        Nature::ItemBody => Tag::LBody.into(),
        Nature::Table => Tag::Table.into(),
        Nature::TableHead => Tag::THead.into(),
        Nature::TableBody => Tag::TBody.into(),
        Nature::Row => Tag::TR.into(),
        Nature::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
        Nature::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
        Nature::Cell => Tag::TD.into(),
        Nature::Caption => Tag::Caption.into(),
        Nature::Figure(words) => Tag::Figure(Some(words.clone())).into(),
        Nature::Division => Tag::Div.into(),
    }
}
