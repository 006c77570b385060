//! The report as a table for a screen: one row an obligation, columns as wide as their cells, Chinese included.

use comfy_table::{Cell, ContentArrangement, Table, presets};
use hefu_rulebook::Language;

use crate::finding::Finding;
use crate::report::{Judged, JudgedBinding, Report, State};

/// Screen cells between two columns.
const COLUMN_GAP: u16 = 2;

impl Report {
    /// The head of the table.
    #[must_use]
    pub fn head(language: Language) -> [&'static str; 4] {
        match language {
            Language::Chinese => ["条文", "结论", "依据", "证据"],
            Language::English => ["article", "finding", "by", "evidence"],
        }
    }

    /// The rows of the table, in the order of the obligations.
    #[must_use]
    pub fn rows(&self, language: Language) -> Vec<Vec<String>> {
        self.obligations.iter().map(|one| one.row(language)).collect()
    }

    /// The whole table with its outcome above and what could not be looked at below.
    #[must_use]
    pub fn table(&self, language: Language) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(Self::head(language).map(Cell::new));
        for row in self.rows(language) {
            table.add_row(row);
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, COLUMN_GAP));
        }
        let mut lines = vec![self.headline(language), String::new()];
        lines.extend(table.to_string().lines().map(|line| line.trim_end().to_owned()));
        lines.push(String::new());
        lines.extend(self.remarks(language));
        lines.join("\n")
    }

    /// Rule set, day, party and the counts, one line.
    #[must_use]
    pub fn headline(&self, language: Language) -> String {
        let set = self.rule_set_name.text(language);
        let bound = self.bound_name.text(language);
        let counts = self.counts(language);
        match language {
            Language::Chinese => format!("{set}，{}，{bound}：{counts}", self.on),
            Language::English => format!("{set}, {}, {bound}: {counts}", self.on),
        }
    }

    fn counts(&self, language: Language) -> String {
        let counted = Finding::ALL.iter().rev().filter_map(|finding| {
            let count = self.summary.of_finding(*finding);
            (count > 0).then(|| match language {
                Language::Chinese => format!("{}{count}条", finding.name(language)),
                Language::English => format!("{count} {}", finding.name(language)),
            })
        });
        let counted: Vec<String> = counted.collect();
        counted.join(match language {
            Language::Chinese => "；",
            Language::English => "; ",
        })
    }

    /// What a reader must know of the findings, a line each.
    #[must_use]
    pub fn remarks(&self, language: Language) -> Vec<String> {
        let mut lines: Vec<String> = self.doubts.iter().map(|doubt| doubt.message(language)).collect();
        if self.summary.unverified > 0 {
            lines.push(match language {
                Language::Chinese => format!("{}条的措辞无人与官方文本核对过。", self.summary.unverified),
                Language::English => format!(
                    "The wording of {} was not compared with the official text.",
                    self.summary.unverified
                ),
            });
        }
        if !self.not_in_force.is_empty() {
            let ids = self.not_in_force.join(", ");
            lines.push(match language {
                Language::Chinese => format!("当日未施行，未列入：{ids}。"),
                Language::English => format!("Not in force on the day and left out: {ids}."),
            });
        }
        lines.push(caution(language).to_owned());
        lines
    }
}

/// What a finding is not.
const fn caution(language: Language) -> &'static str {
    match language {
        Language::Chinese => "结论只说明记录中能看到什么，不是法律意见；条文为转述，以官方文本为准。",
        Language::English => {
            "A finding says what the records show and is no legal opinion; articles are paraphrased, the official text decides."
        }
    }
}

impl Judged {
    fn row(&self, language: Language) -> Vec<String> {
        vec![
            self.place.text(language).to_owned(),
            self.finding.name(language).to_owned(),
            self.kept_by(language),
            self.evidence(language),
        ]
    }

    /// "已建2/3" or "2 of 3 built"; for people alone the word.
    #[must_use]
    pub fn kept_by(&self, language: Language) -> String {
        let of_state = |state| self.bindings.iter().filter(|one| one.state == state).count();
        let (built, people, all) = (of_state(State::Built), of_state(State::Human), self.bindings.len());
        match (language, all == people) {
            (_, true) => State::Human.name(language).to_owned(),
            (Language::Chinese, false) => format!("已建{built}/{}", all - people),
            (Language::English, false) => format!("{built} of {} built", all - people),
        }
    }

    /// The first fault if there is one, else the counts of what was found.
    pub(crate) fn evidence(&self, language: Language) -> String {
        if let Some(fault) = self.bindings.iter().find_map(|one| one.fault(language)) {
            return fault;
        }
        if let Some(uncounted) = self.bindings.iter().find_map(|one| one.uncounted(language)) {
            return uncounted;
        }
        let seen: Vec<String> = self.bindings.iter().filter_map(|one| one.seen(language)).collect();
        seen.join(match language {
            Language::Chinese => "、",
            Language::English => ", ",
        })
    }
}

impl JudgedBinding {
    /// The first fault, where it shows, and how many more.
    #[must_use]
    pub fn fault(&self, language: Language) -> Option<String> {
        let first = self.faults.first()?;
        let more = self.faults.len() as u64 - 1 + self.more_faults;
        let (place, text) = (&first.seen_at, first.kind.message(language));
        let place = format!("{}#{}", place.zone, place.index);
        Some(match (language, more) {
            (_, 0) => format!("{text} ({place})"),
            (Language::Chinese, _) => format!("{text} ({place})，另有{more}处"),
            (Language::English, _) => format!("{text} ({place}) and {more} more"),
        })
    }

    /// That a deadline cannot be counted, and for which years.
    #[must_use]
    pub fn uncounted(&self, language: Language) -> Option<String> {
        let years: Vec<String> = self.uncounted_years.iter().map(i16::to_string).collect();
        if years.is_empty() {
            return None;
        }
        Some(match language {
            Language::Chinese => format!("无法计算期限：没有{}年的节假日数据", years.join("、")),
            Language::English => format!("cannot be counted: no holiday data for {}", years.join(", ")),
        })
    }

    /// "contract-signed/1 ×3 (ra#9)"; nothing when nothing was found.
    #[must_use]
    pub fn seen(&self, language: Language) -> Option<String> {
        let latest = self.evidence.first()?;
        Some(format!(
            "{} ×{} ({}#{})",
            self.name.text(language),
            self.count,
            latest.zone,
            latest.index
        ))
    }
}
