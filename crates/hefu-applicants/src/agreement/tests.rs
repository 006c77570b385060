#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use super::*;
use crate::text::CONTRACT_ITEMS;
use crate::text::tests::{notice, text};
use crate::verification::tests::noon;

fn act() -> Act {
    Act {
        id: AgreementId::new([7; 16]),
        applicant: ApplicantId::new([1; 16]),
        by: OfficerId::new(3).unwrap(),
        at: noon(),
    }
}

fn shown(text: &Text, language: Language) -> Shown {
    Shown {
        language,
        sm3: text.sm3(language),
    }
}

/// `hefu-documents` has a test that its binary sets these very files. To write them anew: `HEFU_WRITE_COPIES=1`.
#[test]
fn the_copies_are_described_as_the_files_that_are_printed() {
    let contract = Text::check(text(TextKind::Contract, "2026-11", &CONTRACT_ITEMS)).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/copies");
    for (language, tag) in [(Language::Chinese, "zh"), (Language::English, "en")] {
        let agreement = Agreement::sign(act(), &contract, shown(&contract, language), " 李明 ").unwrap();
        for (side, name) in [(Side::Provider, "provider"), (Side::Subscriber, "subscriber")] {
            let copy = copy_for(side, &agreement, &contract, "示例电子认证服务有限公司");
            let path = folder.join(format!("{name}-{tag}.json"));
            if std::env::var_os("HEFU_WRITE_COPIES").is_some() {
                std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&copy).unwrap())).unwrap();
            }
            let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            assert_eq!(copy, file, "{name}-{tag}");
        }
    }
}

#[test]
fn an_act_is_bound_to_the_text_its_language_and_its_kind() {
    let one = Text::check(notice("1")).unwrap();
    let two = Text::check(notice("2")).unwrap();
    let contract = Text::check(text(TextKind::Contract, "1", &CONTRACT_ITEMS)).unwrap();
    let zh = |text: &Text| shown(text, Language::Chinese);
    assert!(Agreement::acknowledge(act(), &one, zh(&one)).is_ok());
    assert_eq!(
        Agreement::acknowledge(act(), &one, zh(&two)),
        Err(TextError::NotWhatWasShown)
    );
    let other_language = Shown {
        language: Language::English,
        ..zh(&one)
    };
    assert_eq!(
        Agreement::acknowledge(act(), &one, other_language),
        Err(TextError::NotWhatWasShown)
    );
    assert_eq!(
        Agreement::acknowledge(act(), &contract, zh(&contract)),
        Err(TextError::Unknown)
    );
    assert_eq!(
        Agreement::sign(act(), &contract, zh(&contract), "\n"),
        Err(TextError::NoSignatory)
    );
    let proof = Agreement::sign(act(), &contract, zh(&contract), "李明")
        .unwrap()
        .proof();
    assert_eq!(
        (proof.kind, proof.language, proof.version.as_str()),
        ("contract", "zh-CN", "1")
    );
}
