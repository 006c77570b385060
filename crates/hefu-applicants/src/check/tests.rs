#![expect(clippy::unwrap_used, reason = "tests")]

use hefu_rulebook::Explain as _;
use jiff::civil::date;

use super::*;
use crate::applicant::tests::{li, works};
use crate::applicant::{ApplicantInput, SubjectKind};
use crate::evidence::EvidenceKind;
use crate::id::EvidenceId;
use crate::media::Media;
use crate::policy::PolicyError;
use crate::verification::tests::noon;

fn piece(number: u8, kind: EvidenceKind, days_old: i64) -> Evidence {
    Evidence {
        id: EvidenceId::new([number; 16]),
        applicant: ApplicantId::new([1; 16]),
        kind,
        media: Media::Png,
        octets: 100,
        sm3: [number; 32],
        taken_by: "officer:3".to_owned(),
        taken_at: noon() - SignedDuration::from_hours(24 * days_old),
        verdict: None,
    }
}

fn input(kind: SubjectKind) -> ApplicantInput {
    match kind {
        SubjectKind::Person => ApplicantInput::Person(li()),
        SubjectKind::Organisation => ApplicantInput::Organisation(works()),
        SubjectKind::Staff => ApplicantInput::Staff {
            person: li(),
            organisation: works(),
            department: None,
        },
        SubjectKind::Device => ApplicantInput::Device {
            name: "vpn".to_owned(),
            owner: works(),
            responsible: li(),
        },
    }
}

fn decide(kind: SubjectKind, occasion: Occasion, evidence: &[Evidence]) -> Result<IdentityCheck, CheckError> {
    let applicant = Applicant::parse(&input(kind), date(2026, 11, 22)).unwrap();
    let dossier = Dossier {
        id: ApplicantId::new([1; 16]),
        applicant: &applicant,
        evidence,
    };
    let for_what = For::new(occasion, "application:1").unwrap();
    let officer = OfficerId::new(3).unwrap();
    IdentityCheck::decide(
        &Policy::builtin().unwrap(),
        dossier,
        &for_what,
        officer,
        noon(),
        CheckId::new([5; 16]),
    )
}

fn missing(kind: SubjectKind, occasion: Occasion, evidence: &[Evidence]) -> Vec<String> {
    match decide(kind, occasion, evidence) {
        Ok(_) => Vec::new(),
        Err(CheckError::Insufficient(missing)) => missing.into_iter().map(|one| one.id).collect(),
        Err(other) => vec![other.code().to_owned()],
    }
}

#[test]
fn nobody_gets_by_with_nothing_on_any_occasion() {
    for kind in SubjectKind::ALL {
        for occasion in Occasion::ALL {
            let error = decide(*kind, *occasion, &[]).unwrap_err();
            assert_eq!(
                (error.code(), error.citation().is_some()),
                ("identity-insufficient", true)
            );
        }
    }
}

#[test]
fn a_person_is_checked_with_a_document_and_a_comparison() {
    let person = |evidence: &[Evidence]| missing(SubjectKind::Person, Occasion::Application, evidence);
    let front = piece(1, EvidenceKind::IdentityDocumentFront, 0);
    let back = piece(2, EvidenceKind::IdentityDocumentBack, 0);
    let portrait = piece(3, EvidenceKind::Portrait, 0);
    assert_eq!(person(&[front.clone(), portrait.clone()]), ["person-document"]);
    assert_eq!(person(&[front.clone(), back.clone()]), ["person-compared"]);
    assert_eq!(person(&[front.clone(), back.clone(), portrait]), Vec::<String>::new());
    let answer = |number, days_old, verdict| Evidence {
        verdict: Some(verdict),
        ..piece(number, EvidenceKind::VerificationResult, days_old)
    };
    let (old_match, no_match) = (answer(4, 2, Verdict::Match), answer(5, 1, Verdict::NoMatch));
    assert_eq!(
        person(&[front.clone(), back.clone(), old_match.clone()]),
        Vec::<String>::new()
    );
    assert_eq!(person(&[front, back, old_match, no_match]), ["person-compared"]);
}

#[test]
fn evidence_that_is_too_old_from_tomorrow_or_of_another_file_does_not_count() {
    let request = |days_old| piece(1, EvidenceKind::SignedRequest, days_old);
    let person = |evidence| missing(SubjectKind::Person, Occasion::Revocation, &[evidence]);
    assert_eq!(person(request(90)), Vec::<String>::new());
    assert_eq!(person(request(91)), ["person-again"]);
    assert_eq!(person(request(-1)), ["person-again"]);
    let foreign = Evidence {
        applicant: ApplicantId::new([2; 16]),
        ..request(0)
    };
    assert_eq!(person(foreign), ["person-again"]);
}

#[test]
fn an_agent_needs_an_authorisation_that_runs() {
    let evidence = [
        piece(1, EvidenceKind::OrganisationLicence, 0),
        piece(2, EvidenceKind::Authorisation, 0),
        piece(3, EvidenceKind::Passport, 0),
    ];
    let organisation = |evidence: &[Evidence]| missing(SubjectKind::Organisation, Occasion::Application, evidence);
    assert_eq!(organisation(&evidence), Vec::<String>::new());
    assert_eq!(
        organisation(evidence.get(..1).unwrap()),
        ["acting-for-organisation", "representative-document"]
    );
}

#[test]
fn the_proof_is_the_digest_of_a_document_without_names_or_numbers() {
    let evidence = [piece(1, EvidenceKind::SignedRequest, 89)];
    let check = decide(SubjectKind::Person, Occasion::Renewal, &evidence).unwrap();
    let proof = check.proof();
    assert_eq!(proof.sm3, hex::encode(sm3(check.document().as_bytes())));
    assert!(!check.document().contains("李明") && !check.document().contains("1949"));
    assert!(
        check
            .document()
            .starts_with(r#"{"about":"application:1","applicant":"0101"#),
        "{}",
        check.document()
    );
    // The evidence is 89 of 90 days old: the check ends with it, not after the week that the policy gives.
    assert_eq!(proof.good_until, noon() + SignedDuration::from_hours(24));
    assert!(proof.holds("application:1", proof.good_until));
    assert!(!proof.holds("application:2", noon()));
    assert!(!proof.holds("application:1", proof.good_until + SignedDuration::from_secs(1)));
    assert!(!proof.holds("application:1", noon() - SignedDuration::from_secs(1)));
}

#[test]
fn a_policy_that_asks_nothing_of_somebody_is_refused() {
    let builtin = include_str!("../../data/policy.toml");
    let check = |from: &str, to: &str| Policy::from_toml(&builtin.replace(from, to)).map(drop);
    let uncovered = check(r#"occasions = ["renewal", "revocation"]"#, r#"occasions = ["renewal"]"#);
    assert!(matches!(
        uncovered,
        Err(PolicyError::Uncovered {
            occasion: Occasion::Revocation,
            ..
        })
    ));
    for (from, to) in [
        ("rule = \"M15 30\"", "rule = \"M15 99\""),
        ("[[\"employment\"]]", "[[\"word-of-mouth\"]]"),
        ("[[\"employment\"]]", "[[]]"),
    ] {
        assert!(matches!(check(from, to), Err(PolicyError::Line { .. })), "{to}");
    }
    assert_eq!(
        check("evidence_days_max = 90", "evidence_days_max = 0"),
        Err(PolicyError::Numbers)
    );
    assert!(matches!(
        check("version =", "verson ="),
        Err(PolicyError::Unreadable(_))
    ));
}
