//! Proof that the catalogue is complete: both languages say everything, everything that is said is used, and nothing that
//! is used is missing.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeSet, fs, path::Path};

use clap::{Command, CommandFactory};
use hefu_certificate::RevocationGround;
use pkix_status::RevocationReason;

use crate::arguments::Cli;

const HELP: &str = include_str!("../locales/help.yml");
const WORDS: &str = include_str!("../locales/words.yml");

/// Every `key.locale` of a file, by indentation; our files use nothing else of YAML.
fn leaves(text: &str) -> Vec<String> {
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut found = Vec::new();
    let mut block = None;
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let depth = line.len() - line.trim_start().len();
        if block.is_some_and(|start| depth > start || line.trim().is_empty()) {
            continue;
        }
        block = None;
        let Some((name, value)) = line.trim_start().split_once(':') else {
            continue;
        };
        path.retain(|(above, _)| *above < depth);
        path.push((depth, name.trim_matches('"').to_owned()));
        if name == "zh" || name == "en" {
            let names: Vec<&str> = path.iter().map(|(_, name)| name.as_str()).collect();
            found.push(names.join("."));
            assert!(!value.trim().is_empty(), "{} is empty", names.join("."));
        }
        if value.trim().starts_with('|') {
            block = Some(depth);
        }
    }
    found
}

fn keys(text: &str, locale: &str) -> BTreeSet<String> {
    let suffix = format!(".{locale}");
    leaves(text)
        .iter()
        .filter_map(|leaf| leaf.strip_suffix(&suffix).map(str::to_owned))
        .collect()
}

fn sources() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| !path.ends_with("catalogue.rs"));
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Keys that the help asks for, and whether each is needed.
fn help_keys(command: &Command, path: &str, needed: &mut BTreeSet<String>, possible: &mut BTreeSet<String>) {
    needed.insert(format!("{path}.about"));
    possible.insert(format!("{path}.examples"));
    for argument in command.get_arguments() {
        possible.insert(format!("{path}.{}", argument.get_id()));
        possible.insert(format!("help.any.{}", argument.get_id()));
    }
    for below in command.get_subcommands() {
        let below_path = format!("{path}.{}", below.get_name());
        if !below.has_subcommands() {
            needed.insert(format!("{below_path}.examples"));
        }
        help_keys(below, &below_path, needed, possible);
    }
}

/// Keys that are put together from slugs of other crates.
fn families() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = BTreeSet::new();
    let mut add = |family: &str, slugs: &[&str]| keys.extend(slugs.iter().map(|slug| format!("{family}.{slug}")));
    for reason in RevocationReason::ALL {
        add("crl-reason", &[&reason.code().to_string()]);
    }
    for ground in RevocationGround::ALL {
        add("ground", &[ground.slug()]);
    }
    add("reason", &REASONS);
    add("next", &["malformed", "refusal", "absent", "fault", "permission"]);
    add("role", &["target", "intermediate", "anchor"]);
    add("status", &["not-checked", "good", "suspended", "revoked", "unknown"]);
    add("usage-of-certificate", &["single", "sign", "encrypt"]);
    add("certificate-state", &["valid", "suspended", "revoked", "expired"]);
    let before = ["entered", "noticed", "contracted", "identified"];
    let after = ["approved", "requested", "issued", "rejected"];
    add("application-state", &before);
    add("application-state", &after);
    add(
        "next-step",
        &["notice", "contract", "identity", "approval", "issuance", "rejection"],
    );
    add(
        "batch-state",
        &["uploaded", "checked", "running", "paused", "finished", "discarded"],
    );
    add("application-kind", &["first", "renewal", "rekey"]);
    add("ceremony", &["root", "issuing", "ocsp-signer", "crl"]);
    add("step", &["key-made", "lints-passed", "signed", "checked", "listed"]);
    add("device", &DEVICE);
    add("letter-state", &["queued", "sending", "sent", "failed", "unaddressed"]);
    add(
        "announcement-kind",
        &["renewal", "suspension", "recovery", "revocation"],
    );
    add("letter-kind", &LETTERS);
    let people = ["applicant", "officer", "caller", "operator"];
    let institutions = [
        "registration-authority",
        "certification-authority",
        "key-centre",
        "hefu",
    ];
    add("policy", &["must", "should"]);
    add("policy-act", &["publish", "file", "record-licence"]);
    add("outcome", &["open", "approved", "rejected"]);
    add("subscriber-answer", &["accepted", "refused"]);
    add("asked-of-subscriber", &ASKS);
    add("blame", &people);
    add("blame", &institutions);
    keys
}

/// What a subscriber is asked to do.
const ASKS: [&str; 5] = ["notice", "contract", "supplement", "delivery", "acceptance"];

/// How a key device fails.
const DEVICE: [&str; 6] = [
    "label",
    "label-taken",
    "no-such-key",
    "exists",
    "wrong-passphrase",
    "fault",
];

/// What sorts of letters `hefu-post` writes.
const LETTERS: [&str; 10] = [
    "application-received",
    "supplement-wanted",
    "application-rejected",
    "certificate-issued",
    "certificate-renewed",
    "certificate-suspended",
    "certificate-resumed",
    "certificate-revoked",
    "certificate-expiring",
    "one-time-code",
];

/// Every code of `cert_path::Reason`; a test below proves that it is one of these for each reason that can be made.
const REASONS: [&str; 26] = [
    "no-issuer",
    "untrusted-root",
    "search-limit",
    "unusable-key",
    "unsupported-signature",
    "bad-signature",
    "not-yet-valid",
    "expired",
    "not-authority",
    "key-may-not-certify",
    "path-too-long",
    "unknown-critical",
    "name-not-permitted",
    "name-form-unsupported",
    "too-much-to-compare",
    "policy-missing",
    "policy-mapping-invalid",
    "purpose-missing",
    "usage-missing",
    "revoked",
    "suspended",
    "status-no-evidence",
    "status-stale",
    "status-not-authentic",
    "status-unsupported",
    "status-responder-unaware",
];

#[test]
fn both_languages_have_the_same_keys() {
    for text in [HELP, WORDS] {
        assert_eq!(keys(text, "zh"), keys(text, "en"));
        assert!(keys(text, "zh").len() > 100);
    }
}

#[test]
fn both_languages_have_the_same_places_for_values() {
    for key in keys(HELP, "zh").iter().chain(&keys(WORDS, "zh")) {
        let places = |locale| {
            let text = crate::_rust_i18n_try_translate(locale, key).unwrap().into_owned();
            let places = text
                .split("%{")
                .skip(1)
                .filter_map(|rest| rest.split('}').next().map(str::to_owned));
            places.collect::<BTreeSet<_>>()
        };
        assert_eq!(places("zh"), places("en"), "{key}");
    }
}

#[test]
fn every_command_and_argument_has_help() {
    let (mut needed, mut possible) = (BTreeSet::new(), BTreeSet::new());
    help_keys(&Cli::command(), "help", &mut needed, &mut possible);
    let known = keys(HELP, "zh");
    let missing: Vec<_> = needed.difference(&known).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_arguments(&Cli::command(), "help", &known);
    let fixed = [
        "after",
        "template",
        "commands",
        "arguments",
        "options",
        "examples",
        "choices",
        "default",
        "environment",
        "any.help",
        "any.version",
    ];
    possible.extend(fixed.map(|name| format!("help.{name}")));
    possible.extend(needed);
    let unused: Vec<_> = known.difference(&possible).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn assert_arguments(command: &Command, path: &str, known: &BTreeSet<String>) {
    for argument in command.get_arguments() {
        let name = argument.get_id();
        let found = known.contains(&format!("{path}.{name}")) || known.contains(&format!("help.any.{name}"));
        assert!(found, "{path}.{name}");
    }
    for below in command.get_subcommands() {
        assert_arguments(below, &format!("{path}.{}", below.get_name()), known);
    }
}

#[test]
fn every_word_is_used() {
    let (sources, families) = (sources(), families());
    let known = keys(WORDS, "zh");
    let is_used = |key: &&String| {
        let slug = key.strip_prefix("column.").unwrap_or(key);
        families.contains(*key) || sources.contains(&format!("\"{slug}\""))
    };
    let unused: Vec<_> = known.iter().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_word_that_is_used_is_there() {
    let known: BTreeSet<String> = keys(WORDS, "zh").into_iter().chain(keys(HELP, "zh")).collect();
    let missing: Vec<_> = families().difference(&known).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
    let sources = sources();
    let calls = sources.match_indices("t!(").filter(|(place, _)| {
        let before = sources[..*place].chars().next_back();
        !before.is_some_and(|it| it.is_ascii_alphanumeric() || it == '_')
    });
    for (place, call) in calls {
        let rest = sources[place + call.len()..].trim_start().strip_prefix('"');
        let key = rest.and_then(|rest| rest.split('"').next());
        assert!(key.is_some_and(|key| known.contains(key)), "{key:?}");
    }
}

#[test]
fn reasons_are_told_by_their_codes() {
    use cert_path::{Reason, StatusGap};
    for reason in [
        Reason::NoIssuer,
        Reason::PathTooLong,
        Reason::StatusUnknown(StatusGap::Stale),
    ] {
        assert!(REASONS.contains(&reason.code()), "{}", reason.code());
    }
}
