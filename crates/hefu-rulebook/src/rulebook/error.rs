//! Why rule data cannot be used: which file, which obligation, which field, what is wrong with it.

use crate::citation::Citation;
use crate::explain::{Blame, Explain, Kind};
use crate::instruments::InstrumentsError;
use crate::language::Language;
use crate::parameter_name::{ParameterName, Shape};

/// What is wrong with a field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// It must be there.
    Missing,
    /// It may not be there.
    Unwanted,
    /// It holds nothing.
    Empty,
    /// It is longer, or has more entries, than this.
    TooMany(usize),
    /// It stands twice, or is known already.
    Twice,
    /// It is not a name: letters, digits and hyphens.
    NotAName,
    /// It names something that is not in the data.
    Unknown(String),
    /// It needs one relation (within, before, at-least, at-most, exactly or every-year-by), not none or several.
    NotOneRelation,
    /// It is not a date, or not one of every year such as "01-15".
    NotADate,
    /// It is longer than any period may be.
    TooLong,
    /// The last day is before the first.
    Reversed,
}

impl Problem {
    fn text(&self, language: Language) -> String {
        let (zh, en) = match self {
            Self::Missing => ("缺少该项".to_owned(), "is missing".to_owned()),
            Self::Unwanted => ("不应有该项".to_owned(), "may not be there".to_owned()),
            Self::Empty => ("内容为空".to_owned(), "is empty".to_owned()),
            Self::TooMany(max) => (format!("超过{max}"), format!("is more than {max}")),
            Self::Twice => ("重复".to_owned(), "stands twice".to_owned()),
            Self::NotAName => (
                "名称只能用字母、数字和连字符".to_owned(),
                "is not a name of letters, digits and hyphens".to_owned(),
            ),
            Self::Unknown(name) => (
                format!("数据中没有{name:?}"),
                format!("names {name:?}, which is not in the data"),
            ),
            Self::NotOneRelation => (
                "within、before、at-least、at-most、exactly、every-year-by须恰有其一".to_owned(),
                "needs exactly one of within, before, at-least, at-most, exactly, every-year-by".to_owned(),
            ),
            Self::NotADate => ("不是日期".to_owned(), "is not a date".to_owned()),
            Self::TooLong => ("期限过长".to_owned(), "is too long a period".to_owned()),
            Self::Reversed => ("终止日早于起始日".to_owned(), "ends before it begins".to_owned()),
        };
        match language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }
}

/// Why rule data cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RulebookError {
    /// More octets, or more obligations in all, than any law needs.
    #[error("{file}: more than {max}")]
    TooLarge {
        /// Name of the file.
        file: String,
        /// The limit.
        max: usize,
    },
    /// Not TOML, or an unknown or missing key; the detail has line and column.
    #[error("{file}: {detail}")]
    Syntax {
        /// Name of the file.
        file: String,
        /// What the TOML reader says.
        detail: String,
    },
    /// The description of an instrument.
    #[error("{file}: {error}")]
    Instrument {
        /// Name of the file.
        file: String,
        /// What is wrong with it.
        error: InstrumentsError,
    },
    /// A field.
    #[error("{file}: {}{field}: {}", before(id, ": "), problem.text(Language::English))]
    Field {
        /// Name of the file.
        file: String,
        /// Id of the obligation or code of the rule set; empty when it is the file's own field.
        id: String,
        /// The field.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Code asks for a parameter that no rule set can answer.
    #[error("no rule set has the parameter {0}")]
    NoParameter(ParameterName),
    /// A parameter has another shape than code expects.
    #[error("the parameter {name} of rule set {set} is not {}", shape_word(name.shape(), Language::English))]
    Shape {
        /// The parameter.
        name: ParameterName,
        /// Code of the rule set.
        set: String,
    },
}

/// The id with what parts it from the field; nothing when the field is the file's own.
fn before(id: &str, mark: &str) -> String {
    if id.is_empty() {
        String::new()
    } else {
        format!("{id}{mark}")
    }
}

fn shape_word(shape: Shape, language: Language) -> &'static str {
    match (language, shape) {
        (Language::Chinese, Shape::Term) => "期限",
        (Language::Chinese, Shape::Amount) => "数量",
        (Language::Chinese, Shape::YearDay) => "每年的某一日",
        (Language::English, Shape::Term) => "a length of time",
        (Language::English, Shape::Amount) => "an amount",
        (Language::English, Shape::YearDay) => "a day of every year",
    }
}

impl Explain for RulebookError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "rule-data-too-large",
            Self::Syntax { .. } => "rule-data-malformed",
            Self::Instrument { .. } => "rule-data-instrument",
            Self::Field { .. } => "rule-data-field",
            Self::NoParameter(_) => "rule-parameter-missing",
            Self::Shape { .. } => "rule-parameter-shape",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::NoParameter(name) | Self::Shape { name, .. } => Some(name.citation()),
            Self::TooLarge { .. } | Self::Syntax { .. } | Self::Instrument { .. } | Self::Field { .. } => None,
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::TooLarge { file, max } => format!("规则文件{file}超过上限{max}"),
            Self::Syntax { file, detail } => format!("规则文件{file}无法读取：{detail}"),
            Self::Instrument { file, error } => format!("规则文件{file}中的规范性文件说明有误：{error}"),
            Self::Field {
                file,
                id,
                field,
                problem,
            } => format!(
                "规则文件{file}，{}{field}：{}",
                before(id, "，"),
                problem.text(language)
            ),
            Self::NoParameter(name) => format!("没有任何规则集含有参数{name}"),
            Self::Shape { name, set } => {
                format!("规则集{set}的参数{name}不是{}", shape_word(name.shape(), language))
            }
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}

/// Why a rule set gives no value for a parameter.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// It has none: a gap. No other set's number stands in for it.
    #[error("rule set {set} knows no value for {name}")]
    Gap {
        /// Code of the rule set.
        set: String,
        /// What was asked for.
        name: ParameterName,
    },
    /// It has one of another shape.
    #[error("{name} in rule set {set} has another shape than asked for")]
    Shape {
        /// Code of the rule set.
        set: String,
        /// What was asked for.
        name: ParameterName,
    },
}

impl ParameterError {
    const fn name(&self) -> ParameterName {
        match self {
            Self::Gap { name, .. } | Self::Shape { name, .. } => *name,
        }
    }
}

impl Explain for ParameterError {
    fn code(&self) -> &'static str {
        match self {
            Self::Gap { .. } => "rule-parameter-gap",
            Self::Shape { .. } => "rule-parameter-shape",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Gap { .. } => Blame::Operator,
            Self::Shape { .. } => Blame::Hefu,
        }
    }

    fn citation(&self) -> Option<Citation> {
        Some(self.name().citation())
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Gap { set, name }) => format!("规则集{set}中参数{name}的值不详"),
            (Language::Chinese, Self::Shape { set, name }) => format!("规则集{set}中参数{name}的形式与所问不符"),
        }
    }
}
