//! The report as the JSON description that the `hefu-documents` binary sets as PDF. Neither is linked to the other: the
//! description is the interface, and tests of the command read it with the other's reader.

use hefu_rulebook::Language;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::finding::Finding;
use crate::report::{Judged, JudgedBinding, Report};

impl Report {
    /// The description of a document by `issuer`; times are shown in `zone`.
    #[must_use]
    pub fn description(&self, issuer: &str, zone: &TimeZone, language: Language) -> Value {
        let word = |zh: &'static str, en: &'static str| match language {
            Language::Chinese => zh,
            Language::English => en,
        };
        let at = self.generated_at.to_zoned(zone.clone());
        let mut blocks = vec![self.overview(language)];
        blocks.extend(
            self.remarks(language)
                .into_iter()
                .map(|text| json!({"note": {"text": text}})),
        );
        for finding in Finding::ALL {
            let mut judged = self.obligations.iter().filter(|one| one.finding == finding).peekable();
            if judged.peek().is_some() {
                blocks.push(json!({"heading": {"level": 1, "text": finding.name(language)}}));
                judged.for_each(|one| one.describe(language, &mut blocks));
            }
        }
        json!({
            "language": language.tag(),
            "title": word("合规情况报告", "Conformance report"),
            "subtitle": self.rule_set_name.text(language),
            "issuer": issuer,
            "generated_at": at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "unprintable": "show",
            "blocks": blocks,
        })
    }

    fn overview(&self, language: Language) -> Value {
        let word = |zh: &'static str, en: &'static str| match language {
            Language::Chinese => zh,
            Language::English => en,
        };
        let mut items = vec![
            json!({"name": word("适用日期", "Rules of"), "value": self.on.to_string()}),
            json!({"name": word("义务人", "Who is bound"), "value": self.bound_name.text(language)}),
        ];
        items.extend(Finding::ALL.iter().rev().map(
            |finding| json!({"name": finding.name(language), "value": self.summary.of_finding(*finding).to_string()}),
        ));
        json!({"facts": {"items": items}})
    }
}

impl Judged {
    fn describe(&self, language: Language, blocks: &mut Vec<Value>) {
        blocks.push(json!({"heading": {"level": 2, "text": self.place.text(language)}}));
        blocks.push(json!({"paragraph": {"text": self.text.text(language)}}));
        let items: Vec<String> = self.bindings.iter().map(|one| one.describe(language)).collect();
        if !items.is_empty() {
            blocks.push(json!({"list": {"marker": "bullet", "items": items}}));
        }
        if let Some(look_at) = &self.look_at {
            blocks.push(json!({"note": {"text": look_at.text(language)}}));
        }
        if let (Some(officer), Some(at), Some(source)) = (
            &self.wording.confirmed_by,
            self.wording.confirmed_at,
            &self.wording.source,
        ) {
            let text = match (language, self.wording.verified) {
                (Language::Chinese, true) => format!("措辞由{officer}于{at}据{source}核对。"),
                (Language::English, true) => format!("Wording confirmed by {officer} at {at} from {source}."),
                (Language::Chinese, false) => format!("{officer}于{at}据{source}核对的是较早的措辞。"),
                (Language::English, false) => {
                    format!("{officer} confirmed an earlier wording at {at} from {source}.")
                }
            };
            blocks.push(json!({"note": {"text": text}}));
        }
    }
}

impl JudgedBinding {
    /// Name, state and finding on one line; each place of evidence and each fault on a line of its own.
    fn describe(&self, language: Language) -> String {
        let (open, close, colon) = match language {
            Language::Chinese => ("（", "）", "："),
            Language::English => (" (", ")", ": "),
        };
        let (name, state) = (self.name.text(language), self.state.name(language));
        let mut lines = vec![format!(
            "{name}{open}{state}{close}{colon}{}",
            self.finding.name(language)
        )];
        lines.extend(self.evidence.iter().map(|one| {
            let digest = one.digest.get(..16).unwrap_or(&one.digest);
            format!("{}#{} {} {digest}…", one.zone, one.index, one.at)
        }));
        lines.extend(self.uncounted(language));
        lines.extend(self.faults.iter().map(|fault| {
            let place = &fault.seen_at;
            format!("{} ({}#{})", fault.kind.message(language), place.zone, place.index)
        }));
        lines.join("\n")
    }
}
