//! The rulebook: all obligations, and the rule sets that say which instruments apply together.
//!
//! Data files are read once, at the start; whatever is wrong with them is named by file, obligation and field, and
//! nothing starts. Code asks a rule set for a parameter by [`ParameterName`]; a set that has no value says so, and no
//! other set's number stands in for it.
//!
//! What it does not know: where files lie, what day it is, and who confirmed what (see
//! [`Confirmations`](crate::Confirmations)).

mod error;
mod form;

use jiff::civil::Date;

use crate::binding::Binding;
use crate::instruments::{Instruments, InstrumentsError};
use crate::language::Language;
use crate::obligation::Obligation;
use crate::parameter::{Parameter, Term, Unit, YearDay};
use crate::parameter_name::{ParameterName, Shape};

use self::form::{Place, RawFile};

pub use self::error::{ParameterError, Problem, RulebookError};

/// The data compiled in, in the order in which they are read.
const BUILTIN: &[(&str, &str)] = &[
    ("ESL.toml", include_str!("../data/obligations/ESL.toml")),
    ("M15.toml", include_str!("../data/obligations/M15.toml")),
    ("draft-2024.toml", include_str!("../data/obligations/draft-2024.toml")),
    ("EG24.toml", include_str!("../data/obligations/EG24.toml")),
    ("CR23.toml", include_str!("../data/obligations/CR23.toml")),
    ("RP17.toml", include_str!("../data/obligations/RP17.toml")),
    ("AL19.toml", include_str!("../data/obligations/AL19.toml")),
    ("AP21.toml", include_str!("../data/obligations/AP21.toml")),
    ("PIPL.toml", include_str!("../data/obligations/PIPL.toml")),
    ("rule-sets.toml", include_str!("../data/rule-sets.toml")),
];

/// The largest file compiled in has 20 kB; a code of a thousand articles would fit.
pub const RULE_FILE_OCTETS_MAX: usize = 1 << 20;
/// Forty times what is compiled in.
pub const OBLIGATIONS_MAX: usize = 5_000;

/// Which instruments apply together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleSet {
    code: String,
    zh: String,
    en: String,
    instruments: Vec<String>,
    follows: Option<String>,
    remark: Option<(String, String)>,
}

impl RuleSet {
    /// The measures in force.
    pub const M15: &'static str = "m15";
    /// The e-government measures of 2024.
    pub const EG24: &'static str = "eg24";
    /// What is known of the draft of 2024.
    pub const DRAFT_2024: &'static str = "draft-2024";

    /// Stable name, such as "m15".
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The name people read.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// Codes of the instruments, the weightiest first.
    #[must_use]
    pub fn instruments(&self) -> &[String] {
        &self.instruments
    }

    /// What a reader should know of this choice; `None` when nothing needs saying.
    #[must_use]
    pub fn remark(&self, language: Language) -> Option<&str> {
        let (zh, en) = self.remark.as_ref()?;
        Some(match language {
            Language::Chinese => zh,
            Language::English => en,
        })
    }

    fn holds(&self, obligation: &Obligation) -> bool {
        self.instruments.iter().any(|code| code == obligation.instrument())
    }
}

/// Everything that the data files say.
#[derive(Clone, Debug)]
pub struct Rulebook {
    instruments: Instruments,
    obligations: Vec<Obligation>,
    sets: Vec<RuleSet>,
}

impl Rulebook {
    /// The rulebook compiled in, checked for every parameter that code asks for.
    ///
    /// # Errors
    /// [`RulebookError`]; for the data of this crate never, as a test proves.
    pub fn builtin() -> Result<Self, RulebookError> {
        Self::of(BUILTIN.iter().copied())
    }

    /// The rulebook compiled in, and further files after it, as name and text.
    ///
    /// A further file adds an instrument with its obligations, obligations to a known instrument, or rule sets (see
    /// the README of this crate's data). It never changes what is there.
    ///
    /// # Errors
    /// [`RulebookError`] names file, obligation and field of the first fault.
    pub fn with_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RulebookError> {
        Self::of(BUILTIN.iter().copied().chain(files))
    }

    fn of<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, RulebookError> {
        let mut book = Self {
            instruments: Instruments::builtin().clone(),
            obligations: Vec::new(),
            sets: Vec::new(),
        };
        let mut sources = Vec::new();
        for (file, text) in files {
            book.read(file, text)?;
            sources.resize(book.obligations.len(), file);
        }
        book.check_references(&sources)?;
        book.check_parameters()?;
        Ok(book)
    }

    fn read(&mut self, file: &str, text: &str) -> Result<(), RulebookError> {
        let too_large = |max| RulebookError::TooLarge {
            file: file.to_owned(),
            max,
        };
        if text.len() > RULE_FILE_OCTETS_MAX {
            return Err(too_large(RULE_FILE_OCTETS_MAX));
        }
        let mut raw = RawFile::read(file, text)?;
        let place = Place { file, id: "" };
        let code = match (raw.code.take(), raw.instrument.take()) {
            (Some(_), Some(_)) => return Err(place.error("code", Problem::Unwanted)),
            (Some(code), None) => Some(code),
            (None, Some(described)) => Some(self.describe(file, described)?),
            (None, None) => None,
        };
        if self.obligations.len() + raw.obligation.len() > OBLIGATIONS_MAX {
            return Err(too_large(OBLIGATIONS_MAX));
        }
        for obligation in raw.obligation {
            let code = code.as_deref().ok_or_else(|| place.error("code", Problem::Missing))?;
            let unknown = || place.error("code", Problem::Unknown(code.to_owned()));
            let instrument = self.instruments.find(code).ok_or_else(unknown)?;
            let obligation = obligation.into_obligation(file, instrument)?;
            if self.obligation(obligation.id()).is_some() {
                let id = obligation.id();
                return Err(Place { file, id }.error("id", Problem::Twice));
            }
            self.obligations.push(obligation);
        }
        for set in raw.rule_set {
            let set = set.into_rule_set(file, &self.instruments)?;
            let place = Place { file, id: set.code() };
            if self.sets.iter().any(|known| known.code == set.code) {
                return Err(place.error("code", Problem::Twice));
            }
            if let Some(other) = set.follows.as_ref().filter(|other| self.rules(other).is_none()) {
                return Err(place.error("follows", Problem::Unknown(other.clone())));
            }
            self.sets.push(set);
        }
        Ok(())
    }

    fn describe(&mut self, file: &str, described: crate::instruments::RawInstrument) -> Result<String, RulebookError> {
        let code = described.code.clone();
        let failed = |error: InstrumentsError| RulebookError::Instrument {
            file: file.to_owned(),
            error,
        };
        self.instruments.add(described).map_err(failed)?;
        Ok(code)
    }

    /// What one obligation says of another must be there, in whichever file.
    fn check_references(&self, sources: &[&str]) -> Result<(), RulebookError> {
        for (obligation, file) in self.obligations.iter().zip(sources) {
            let place = Place {
                file,
                id: obligation.id(),
            };
            if let Some(other) = obligation.instead_of().filter(|other| self.obligation(other).is_none()) {
                return Err(place.error("instead_of", Problem::Unknown(other.to_owned())));
            }
            for binding in obligation.bindings() {
                if let Binding::Deadline(name, _) = binding
                    && self.parameter(name).is_none()
                {
                    return Err(place.error("bindings", Problem::Unknown(name.clone())));
                }
            }
        }
        Ok(())
    }

    /// Every name that code may use is answered by some rule set, and by each in the right shape.
    fn check_parameters(&self) -> Result<(), RulebookError> {
        for name in ParameterName::ALL.iter().copied() {
            let mut answered = false;
            for rules in self.sets.iter().map(|set| Rules { book: self, set }) {
                match rules.in_shape(name) {
                    Ok(()) => answered = true,
                    Err(ParameterError::Gap { .. }) => {}
                    Err(ParameterError::Shape { set, .. }) => return Err(RulebookError::Shape { name, set }),
                }
            }
            if !answered {
                return Err(RulebookError::NoParameter(name));
            }
        }
        Ok(())
    }

    /// The instruments, those of further files included.
    #[must_use]
    pub const fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    /// All obligations, in the order of the files.
    #[must_use]
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }

    /// The obligation with this id.
    #[must_use]
    pub fn obligation(&self, id: &str) -> Option<&Obligation> {
        self.obligations.iter().find(|obligation| obligation.id() == id)
    }

    /// The parameter with this name in full, such as "ESL-24.retention", whatever rule set it belongs to.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        let (id, own_name) = name.rsplit_once('.')?;
        self.obligation(id)?.parameter(own_name)
    }

    /// Where an obligation stands, as people read it, without a mark: "电子签名法 24".
    #[must_use]
    pub fn place(&self, obligation: &Obligation, language: Language) -> String {
        let instrument = self.instruments.find(obligation.instrument());
        let name = instrument.map_or(obligation.instrument(), |known| match language {
            Language::Chinese => known.short_zh(),
            Language::English => known.short_en(),
        });
        format!("{name} {}", obligation.article())
    }

    /// The rule sets.
    #[must_use]
    pub fn sets(&self) -> &[RuleSet] {
        &self.sets
    }

    /// What applies under the rule set with this code; `None` when there is no such set.
    #[must_use]
    pub fn rules(&self, set: &str) -> Option<Rules<'_>> {
        let set = self.sets.iter().find(|known| known.code == set)?;
        Some(Rules { book: self, set })
    }
}

/// The rulebook under one rule set.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    book: &'a Rulebook,
    set: &'a RuleSet,
}

impl<'a> Rules<'a> {
    /// The rule set.
    #[must_use]
    pub const fn set(self) -> &'a RuleSet {
        self.set
    }

    /// Its obligations, in the order of the files.
    pub fn obligations(self) -> impl Iterator<Item = &'a Obligation> {
        let Self { book, set } = self;
        book.obligations.iter().filter(move |one| set.holds(one))
    }

    /// Those in force on a day. What has no first day, as a draft, never is.
    pub fn effective_on(self, date: Date) -> impl Iterator<Item = &'a Obligation> {
        self.obligations().filter(move |one| one.is_effective_on(date))
    }

    /// The parameter, from the obligation that stands in another's place if there is one, else from the one named.
    ///
    /// # Errors
    /// [`ParameterError::Gap`] when this set knows no value.
    pub fn parameter(self, name: ParameterName) -> Result<&'a Parameter, ParameterError> {
        let gap = || ParameterError::Gap {
            set: self.set.code.clone(),
            name,
        };
        let (id, own_name) = name.as_str().rsplit_once('.').ok_or_else(gap)?;
        let instead = self.obligations().filter(|one| one.instead_of() == Some(id));
        let named = self.obligations().filter(|one| one.id() == id);
        let mut found = instead.chain(named).filter_map(|one| one.parameter(own_name));
        found.next().ok_or_else(gap)
    }

    /// A parameter that is a length of time.
    ///
    /// # Errors
    /// [`ParameterError`] when this set knows no value, or one that is no length of time.
    pub fn term(self, name: ParameterName) -> Result<Term, ParameterError> {
        self.parameter(name)?.term().ok_or_else(|| self.misshapen(name))
    }

    /// A parameter that is an amount, with its unit.
    ///
    /// # Errors
    /// [`ParameterError`] when this set knows no value, or one that is no amount.
    pub fn amount(self, name: ParameterName) -> Result<(u64, Unit), ParameterError> {
        self.parameter(name)?.amount().ok_or_else(|| self.misshapen(name))
    }

    /// A parameter that is a day of every year.
    ///
    /// # Errors
    /// [`ParameterError`] when this set knows no value, or one that is no such day.
    pub fn year_day(self, name: ParameterName) -> Result<YearDay, ParameterError> {
        self.parameter(name)?.year_day().ok_or_else(|| self.misshapen(name))
    }

    /// What the set that this one follows can answer and this one cannot. Empty for a set that follows none.
    #[must_use]
    pub fn gaps(self) -> Vec<ParameterName> {
        let Some(before) = self.set.follows.as_deref().and_then(|code| self.book.rules(code)) else {
            return Vec::new();
        };
        let all = ParameterName::ALL.iter().copied();
        all.filter(|name| before.parameter(*name).is_ok() && self.parameter(*name).is_err())
            .collect()
    }

    fn in_shape(self, name: ParameterName) -> Result<(), ParameterError> {
        match name.shape() {
            Shape::Term => self.term(name).map(|_| ()),
            Shape::Amount => self.amount(name).map(|_| ()),
            Shape::YearDay => self.year_day(name).map(|_| ()),
        }
    }

    fn misshapen(self, name: ParameterName) -> ParameterError {
        ParameterError::Shape {
            set: self.set.code.clone(),
            name,
        }
    }
}

#[cfg(test)]
mod tests;
