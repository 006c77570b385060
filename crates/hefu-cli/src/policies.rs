//! `hefu policy`, `hefu licence`, `hefu disclosure`: what is published, filed and disclosed.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hefu_client::{DisclosureItem, Licence, PolicyAct, PolicyProposal, PolicyReceipt, PolicyVersion};
use hefu_policies::{Missing, missing_topics};
use hefu_rulebook::Language;
use rust_i18n::t;

use crate::{
    describe::when_told,
    failure::{Exit, Failure},
    files,
    policy_arguments::{
        LicenceRecord, LicenceShow, PolicyCheck, PolicyDecide, PolicyFile, PolicyList, PolicyProposals, PolicyPublish,
        PolicyShow, ShowDisclosure, Verdict,
    },
    screen::{Screen, Tone},
    session,
    words::{column, columns, spoken, word_or_slug},
};

fn text(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    String::from_utf8(files::read(path)?).map_err(|why| Failure::malformed(&name, "UTF-8", &why))
}

/// `hefu policy check`: without a service. Exit status 1 when a topic of the law is missing.
pub(crate) fn check(asked: &PolicyCheck, screen: Screen) -> Result<Exit, Failure> {
    let mut missing = missing_topics(&text(&asked.chinese)?, Language::Chinese);
    missing.extend(missing_topics(&text(&asked.english)?, Language::English));
    let refused = missing.iter().any(|it| it.required);
    screen.show(&missing, |page| {
        match (refused, missing.is_empty()) {
            (true, _) => page.outcome(Tone::Bad, &t!("policy.refused"))?,
            (false, false) => page.outcome(Tone::Doubtful, &t!("policy.incomplete"))?,
            (false, true) => page.outcome(Tone::Good, &t!("policy.complete"))?,
        }
        if missing.is_empty() {
            return Ok(());
        }
        let rows = missing.iter().map(|it| {
            let need = if it.required { "must" } else { "should" };
            vec![named(it), it.language.clone(), word_or_slug("policy", need)]
        });
        page.table(&columns(&["topic", "tongue", "need"]), rows.collect())
    })?;
    Ok(if refused { Exit::No } else { Exit::Done })
}

fn named(missing: &Missing) -> String {
    match spoken() {
        Language::Chinese => missing.zh.clone(),
        Language::English => missing.en.clone(),
    }
}

/// `hefu policy publish`: proposes; another officer decides.
pub(crate) fn publish(asked: &PolicyPublish, screen: Screen) -> Result<(), Failure> {
    let act = PolicyAct::Publish {
        series: asked.series.clone(),
        version: asked.edition.clone(),
        effective_on: asked.effective_on.to_string(),
        covers: asked.covers.clone(),
        chinese: text(&asked.chinese)?,
        english: text(&asked.english)?,
    };
    proposed(&session::officer(&asked.service)?.propose_policy(&act)?, screen)
}

/// `hefu policy file`: proposes to enter a filing.
pub(crate) fn file(asked: &PolicyFile, screen: Screen) -> Result<(), Failure> {
    let name = asked
        .receipt
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let act = PolicyAct::File {
        series: asked.series.clone(),
        version: asked.edition.clone(),
        recipient: asked.recipient.clone(),
        on: asked.on.to_string(),
        receipt: PolicyReceipt {
            name,
            content: STANDARD.encode(files::read(&asked.receipt)?),
        },
    };
    proposed(&session::officer(&asked.service)?.propose_policy(&act)?, screen)
}

/// `hefu licence record`: proposes to enter what a JSON file says.
pub(crate) fn record(asked: &LicenceRecord, screen: Screen) -> Result<(), Failure> {
    let name = asked.file.display().to_string();
    let licence: Licence =
        serde_json::from_slice(&files::read(&asked.file)?).map_err(|why| Failure::malformed(&name, "JSON", &why))?;
    let act = PolicyAct::RecordLicence(licence);
    proposed(&session::officer(&asked.service)?.propose_policy(&act)?, screen)
}

fn proposed(proposal: &PolicyProposal, screen: Screen) -> Result<(), Failure> {
    screen.show(proposal, |page| {
        page.line(&t!("policy.proposed", id = proposal.id, subject = proposal.subject))
    })
}

/// `hefu policy proposals`.
pub(crate) fn proposals(asked: &PolicyProposals, screen: Screen) -> Result<(), Failure> {
    let found = session::officer(&asked.service)?.policy_proposals(asked.after.as_deref())?;
    screen.show(&found, |page| {
        let rows = found.items.iter().map(|it| {
            let outcome = it.outcome.clone().unwrap_or_else(|| "open".to_owned());
            vec![
                it.id.clone(),
                word_or_slug("policy-act", &it.act),
                it.subject.clone(),
                it.proposed_by.clone(),
                when_told(&it.proposed_at),
                word_or_slug("outcome", &outcome),
            ]
        });
        let head = columns(&["number", "act", "subject", "proposed_by", "at", "state"]);
        page.table(&head, rows.collect())
    })
}

/// `hefu policy decide`.
pub(crate) fn decide(asked: &PolicyDecide, screen: Screen) -> Result<(), Failure> {
    let outcome = match asked.outcome {
        Verdict::Approved => "approved",
        Verdict::Rejected => "rejected",
    };
    let decided = session::officer(&asked.service)?.decide_policy(&asked.proposal, outcome)?;
    screen.show(&decided, |page| {
        let state = word_or_slug("outcome", outcome);
        page.line(&t!(
            "policy.decided",
            id = decided.id,
            subject = decided.subject,
            state = state
        ))
    })
}

/// `hefu policy list`.
pub(crate) fn list(asked: &PolicyList, screen: Screen) -> Result<(), Failure> {
    let found = session::visitor(&asked.service)?.policies()?;
    screen.show(&found, |page| {
        let rows = found.items.iter().map(|it| {
            vec![
                it.series.clone(),
                it.version.clone(),
                it.effective_on.clone(),
                when_told(&it.published_at),
                filing(it),
                state(it),
            ]
        });
        let head = columns(&["series", "version", "effective_on", "published_at", "filing", "state"]);
        page.table(&head, rows.collect())
    })
}

fn filing(version: &PolicyVersion) -> String {
    match &version.filing {
        Some(filing) => format!("{} {}", filing.on, filing.recipient),
        None => t!("policy.not-filed").into_owned(),
    }
}

fn state(version: &PolicyVersion) -> String {
    let mut words = Vec::new();
    if version.current {
        words.push(t!("policy.current").into_owned());
    }
    if version.sample {
        words.push(t!("policy.sample").into_owned());
    }
    words.join(" ")
}

/// `hefu policy show`: what is known of a version, or its text as it was published.
pub(crate) fn show(asked: &PolicyShow, screen: Screen) -> Result<(), Failure> {
    let client = session::visitor(&asked.service)?;
    if let Some(language) = asked.text {
        let tag = match language {
            Language::Chinese => "zh",
            Language::English => "en",
        };
        return Screen::raw(&client.policy_text(&asked.series, &asked.edition, tag)?);
    }
    let all = client.policies()?.items;
    let this = |it: &PolicyVersion| it.series == asked.series && it.version == asked.edition;
    let Some(found) = all.into_iter().find(this) else {
        let what = t!("policy.absent", series = asked.series, version = asked.edition);
        return Err(Failure::new(Exit::Absent, "no-such-policy", what.into_owned())
            .why(t!("policy.absent-why").into_owned())
            .now(t!("policy.absent-now").into_owned()));
    };
    screen.show(&found, |page| {
        let pairs = [
            ("series", found.series.clone()),
            ("version", found.version.clone()),
            ("state", state(&found)),
            ("effective_on", found.effective_on.clone()),
            ("published_at", when_told(&found.published_at)),
            ("filing", filing(&found)),
            ("sm3_zh", found.sm3_zh.clone()),
            ("sm3_en", found.sm3_en.clone()),
        ];
        page.pairs(pairs.into_iter().map(|(name, value)| (column(name), value)).collect())
    })
}

/// `hefu licence show`: the licence alone.
pub(crate) fn licence(asked: &LicenceShow, screen: Screen) -> Result<(), Failure> {
    let found = session::visitor(&asked.service)?.disclosure()?;
    screen.show(&found.items, |page| {
        match found.valid {
            Some(true) => page.outcome(Tone::Good, &t!("licence.valid"))?,
            Some(false) => page.outcome(Tone::Bad, &t!("licence.not-valid"))?,
            None => return page.outcome(Tone::Doubtful, &t!("licence.none")),
        }
        let pairs = found
            .items
            .iter()
            .map(|item| (item_name(item), item.value.clone().unwrap_or_default()));
        page.pairs(pairs.collect())
    })
}

/// `hefu disclosure`: every item with the articles that ask for it.
pub(crate) fn disclosure(asked: &ShowDisclosure, screen: Screen) -> Result<(), Failure> {
    let found = session::visitor(&asked.service)?.disclosure()?;
    screen.show(&found, |page| {
        let rows = found.items.iter().map(|item| {
            let rules = item.sources.iter().map(|source| {
                let mark = if source.verified {
                    String::new()
                } else {
                    format!(" ({})", t!("disclosure.unverified"))
                };
                format!("{} {}{mark}", source.instrument, source.article)
            });
            let value = item
                .value
                .clone()
                .unwrap_or_else(|| t!("disclosure.nothing").into_owned());
            vec![item_name(item), value, rules.collect::<Vec<_>>().join(", ")]
        });
        page.table(&columns(&["item", "value", "rule"]), rows.collect())?;
        let statement = found
            .statement
            .clone()
            .unwrap_or_else(|| t!("disclosure.nothing").into_owned());
        page.pairs(vec![(column("statement"), statement)])
    })
}

fn item_name(item: &DisclosureItem) -> String {
    match spoken() {
        Language::Chinese => item.zh.clone(),
        Language::English => item.en.clone(),
    }
}
