//! The form of a data file, and the way from it to obligations and rule sets. Everything unknown is refused.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::binding::{Binding, Progress};
use crate::instruments::{Instrument, InstrumentKind, Instruments, RawInstrument, civil_date};
use crate::obligation::{Bound, Obligation, ObligationKind};
use crate::parameter::{Parameter, Quantity, Relation, Unit, YearDay};
use crate::rulebook::RuleSet;
use crate::rulebook::error::{Problem, RulebookError};

/// A paraphrase is a sentence or two; this is a page.
const WORDING_CHARACTERS_MAX: usize = 2_000;
/// Ids, codes and names are shown in tables.
const NAME_CHARACTERS_MAX: usize = 64;
/// The richest article so far has six.
const ENTRIES_MAX: usize = 32;

/// A data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFile {
    /// Code of an instrument that is known already.
    pub(super) code: Option<String>,
    /// A new instrument, in full.
    pub(super) instrument: Option<RawInstrument>,
    #[serde(default)]
    pub(super) obligation: Vec<RawObligation>,
    #[serde(default)]
    pub(super) rule_set: Vec<RawRuleSet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRuleSet {
    code: String,
    zh: String,
    en: String,
    instruments: Vec<String>,
    follows: Option<String>,
    remark_zh: Option<String>,
    remark_en: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawObligation {
    pub(super) id: String,
    article: String,
    zh: String,
    en: String,
    remark_zh: Option<String>,
    remark_en: Option<String>,
    bound: Vec<Bound>,
    kinds: Vec<ObligationKind>,
    provenance: RawProvenance,
    instead_of: Option<String>,
    from: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    #[serde(default)]
    bindings: Vec<RawBinding>,
    #[serde(default)]
    parameters: BTreeMap<String, RawParameter>,
}

/// Said again beside each wording, so that a file can be reviewed alone; must agree with the instrument's own table.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawProvenance {
    Read,
    EarlierEdition,
    Recalled,
}

impl RawProvenance {
    const fn agrees_with(self, provenance: &crate::Provenance) -> bool {
        use crate::Provenance;
        matches!(
            (self, provenance),
            (Self::Read, Provenance::Read)
                | (Self::EarlierEdition, Provenance::EarlierEdition { .. })
                | (Self::Recalled, Provenance::Recalled)
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBinding {
    check: Option<String>,
    record: Option<String>,
    deadline: Option<String>,
    human_zh: Option<String>,
    human_en: Option<String>,
    state: Option<Progress>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawParameter {
    within: Option<u64>,
    before: Option<u64>,
    at_least: Option<u64>,
    at_most: Option<u64>,
    exactly: Option<u64>,
    every_year_by: Option<String>,
    unit: Option<Unit>,
}

/// Where a field stands, for errors.
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) id: &'a str,
}

impl Place<'_> {
    pub(super) fn error(&self, field: &str, problem: Problem) -> RulebookError {
        RulebookError::Field {
            file: self.file.to_owned(),
            id: self.id.to_owned(),
            field: field.to_owned(),
            problem,
        }
    }

    fn wording(&self, field: &str, text: String) -> Result<String, RulebookError> {
        if text.trim().is_empty() {
            return Err(self.error(field, Problem::Empty));
        }
        if text.chars().count() > WORDING_CHARACTERS_MAX {
            return Err(self.error(field, Problem::TooMany(WORDING_CHARACTERS_MAX)));
        }
        Ok(text)
    }

    fn name(&self, field: &str, text: String) -> Result<String, RulebookError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if text.is_empty() || text.len() > NAME_CHARACTERS_MAX || !text.chars().all(fits) {
            return Err(self.error(field, Problem::NotAName));
        }
        Ok(text)
    }

    fn both(
        &self,
        fields: [&str; 2],
        zh: Option<String>,
        en: Option<String>,
    ) -> Result<Option<(String, String)>, RulebookError> {
        let [field_zh, field_en] = fields;
        match (zh, en) {
            (None, None) => Ok(None),
            (Some(zh), Some(en)) => Ok(Some((self.wording(field_zh, zh)?, self.wording(field_en, en)?))),
            (None, Some(_)) => Err(self.error(field_zh, Problem::Missing)),
            (Some(_), None) => Err(self.error(field_en, Problem::Missing)),
        }
    }

    fn list<T: PartialEq>(&self, field: &str, list: Vec<T>) -> Result<Vec<T>, RulebookError> {
        if list.is_empty() {
            return Err(self.error(field, Problem::Empty));
        }
        if list.len() > ENTRIES_MAX {
            return Err(self.error(field, Problem::TooMany(ENTRIES_MAX)));
        }
        let twice = list
            .iter()
            .enumerate()
            .any(|(at, one)| list.iter().take(at).any(|other| other == one));
        if twice {
            return Err(self.error(field, Problem::Twice));
        }
        Ok(list)
    }

    fn date(&self, field: &str, date: Option<toml::value::Datetime>) -> Result<Option<Date>, RulebookError> {
        let Some(date) = date else { return Ok(None) };
        let plain = date.time.is_none() && date.offset.is_none();
        let date = civil_date(&date).filter(|_| plain);
        date.map(Some).ok_or_else(|| self.error(field, Problem::NotADate))
    }
}

impl RawFile {
    pub(super) fn read(file: &str, text: &str) -> Result<Self, RulebookError> {
        toml::from_str(text).map_err(|error| RulebookError::Syntax {
            file: file.to_owned(),
            detail: error.to_string().trim_end().to_owned(),
        })
    }
}

impl RawObligation {
    pub(super) fn into_obligation(self, file: &str, instrument: &Instrument) -> Result<Obligation, RulebookError> {
        let id = self.id.clone();
        let place = Place { file, id: &id };
        let code = instrument.code().to_owned();
        place.name("id", self.id.clone())?;
        if !id.strip_prefix(code.as_str()).is_some_and(|rest| rest.starts_with('-')) {
            return Err(place.error("id", Problem::NotAName));
        }
        let provenance = instrument.provenance_of(&self.article);
        if !self.provenance.agrees_with(&provenance) {
            return Err(place.error("provenance", Problem::Unknown(self.article)));
        }
        let (from, until) = (place.date("from", self.from)?, place.date("until", self.until)?);
        let own = (instrument.kind() != InstrumentKind::Draft).then(|| instrument.in_force());
        let from = from.or(own.flatten());
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            return Err(place.error("until", Problem::Reversed));
        }
        if self.parameters.len() > ENTRIES_MAX {
            return Err(place.error("parameters", Problem::TooMany(ENTRIES_MAX)));
        }
        let parameters = self
            .parameters
            .into_iter()
            .map(|(own, raw)| raw.into_parameter(&place, own));
        let parameters = parameters.collect::<Result<_, _>>()?;
        let bindings = self.bindings.into_iter().map(|raw| raw.into_binding(&place));
        let bindings: Vec<Binding> = bindings.collect::<Result<_, _>>()?;
        let bindings = if bindings.is_empty() {
            bindings
        } else {
            place.list("bindings", bindings)?
        };
        let instead_of = self
            .instead_of
            .map(|other| place.name("instead_of", other))
            .transpose()?;
        Ok(Obligation {
            instrument: code,
            article: place.wording("article", self.article)?,
            zh: place.wording("zh", self.zh)?,
            en: place.wording("en", self.en)?,
            remark: place.both(["remark_zh", "remark_en"], self.remark_zh, self.remark_en)?,
            bound: place.list("bound", self.bound)?,
            kinds: place.list("kinds", self.kinds)?,
            parameters,
            bindings,
            instead_of,
            provenance,
            from,
            until,
            id,
        })
    }
}

impl RawParameter {
    fn into_parameter(self, place: &Place<'_>, own_name: String) -> Result<Parameter, RulebookError> {
        let field = format!("parameters.{own_name}");
        let own_name = place.name(&field, own_name)?;
        let relations = [
            (Relation::Within, self.within),
            (Relation::Before, self.before),
            (Relation::AtLeast, self.at_least),
            (Relation::AtMost, self.at_most),
            (Relation::Exactly, self.exactly),
        ];
        let mut numbers = relations
            .into_iter()
            .filter_map(|(relation, value)| Some((relation, value?)));
        let quantity = match (numbers.next(), numbers.next(), self.every_year_by, self.unit) {
            (Some((relation, value)), None, None, Some(unit)) => Quantity::Number { relation, value, unit },
            (Some(_), None, None, None) => return Err(place.error(&format!("{field}.unit"), Problem::Missing)),
            (None, _, Some(_), Some(_)) => return Err(place.error(&format!("{field}.unit"), Problem::Unwanted)),
            (None, _, Some(day), None) => {
                let day = YearDay::parse(&day);
                Quantity::EveryYearBy(day.ok_or_else(|| place.error(&field, Problem::NotADate))?)
            }
            _ => return Err(place.error(&field, Problem::NotOneRelation)),
        };
        let parameter = Parameter::new(format!("{}.{own_name}", place.id), quantity);
        let timed = matches!(
            self.unit,
            Some(Unit::NaturalDays | Unit::WorkingDays | Unit::Months | Unit::Years)
        );
        if timed && parameter.term().is_none() {
            return Err(place.error(&field, Problem::TooLong));
        }
        Ok(parameter)
    }
}

impl RawBinding {
    fn into_binding(self, place: &Place<'_>) -> Result<Binding, RulebookError> {
        const FIELD: &str = "bindings";
        let reason = place.both(["bindings.human_zh", "bindings.human_en"], self.human_zh, self.human_en)?;
        let named = |name: String| {
            // A record's kind has its version behind a stroke: "contract-signed/1".
            let plain = name.split('/').all(|part| place.name(FIELD, part.to_owned()).is_ok());
            if plain {
                Ok(name)
            } else {
                Err(place.error(FIELD, Problem::NotAName))
            }
        };
        match (self.check, self.record, self.deadline, reason, self.state) {
            (Some(name), None, None, None, Some(state)) => Ok(Binding::Check(named(name)?, state)),
            (None, Some(name), None, None, Some(state)) => Ok(Binding::Record(named(name)?, state)),
            // That the parameter exists is checked when the whole book is there.
            (None, None, Some(name), None, Some(state)) => Ok(Binding::Deadline(name, state)),
            (None, None, None, Some((zh, en)), None) => Ok(Binding::Human { zh, en }),
            (None, None, None, Some(_), Some(_)) => Err(place.error("bindings.state", Problem::Unwanted)),
            (None, None, None, None, _) => Err(place.error(FIELD, Problem::Empty)),
            (.., None) => Err(place.error("bindings.state", Problem::Missing)),
            _ => Err(place.error(FIELD, Problem::TooMany(1))),
        }
    }
}

impl RawRuleSet {
    pub(super) fn into_rule_set(self, file: &str, instruments: &Instruments) -> Result<RuleSet, RulebookError> {
        let code = self.code.clone();
        let place = Place { file, id: &code };
        let applies = place.list("instruments", self.instruments)?;
        if let Some(unknown) = applies.iter().find(|code| instruments.find(code).is_none()) {
            return Err(place.error("instruments", Problem::Unknown(unknown.clone())));
        }
        Ok(RuleSet {
            zh: place.wording("zh", self.zh)?,
            en: place.wording("en", self.en)?,
            instruments: applies,
            follows: self.follows,
            remark: place.both(["remark_zh", "remark_en"], self.remark_zh, self.remark_en)?,
            code: place.name("code", self.code)?,
        })
    }
}
