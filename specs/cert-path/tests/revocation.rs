//! CRLs and OCSP answers made by OpenSSL (`vectors/make.sh`) as evidence about chains.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod chains;

use cert_path::{CertificateStatus, Evidence, MAX_EVIDENCE, Options, Report, RevocationScope, Source, Verdict, check};
use chains::{anchors, certificate, certificates, crl, ocsp, time};

/// The lists were made on 1 June and are good until 1 July; the answers were made on 22 November and are good for years.
const NOW: &str = "2026-06-15T12:00:00Z";
const AFTER: &str = "2027-01-15T12:00:00Z";

fn evidence(files: &[&str]) -> Evidence {
    let mut evidence = Evidence::default();
    for name in files {
        match name.strip_suffix(".ocsp") {
            Some(name) => evidence.add_ocsp(ocsp(name)).unwrap(),
            None => evidence.add_crl(crl(name)).unwrap(),
        }
    }
    evidence
}

fn report(suite: &str, target: &str, files: &[&str], at: &str, scope: RevocationScope) -> Report {
    let files: Vec<_> = files.iter().map(|name| format!("{suite}-{name}")).collect();
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let options = Options {
        revocation: scope,
        ..Options::default()
    };
    check(
        &certificate(&format!("{suite}-{target}")),
        &certificates(&[&format!("{suite}-issuing")]),
        &anchors(&[&format!("{suite}-root")]),
        &evidence(&files),
        time(at),
        &options,
    )
}

fn words(report: &Report) -> String {
    match &report.verdict {
        Verdict::Valid => "valid".to_owned(),
        Verdict::Invalid { why } => format!("invalid: {why}"),
        Verdict::Unknown { why } => format!("unknown: {}", why.code()),
    }
}

fn judge(suite: &str, target: &str, files: &[&str], at: &str) -> String {
    words(&report(suite, target, files, at, RevocationScope::Target))
}

#[test]
fn a_current_list_tells_good_revoked_and_suspended_apart() {
    for suite in ["p256", "rsa", "sm2"] {
        let judge = |target| judge(suite, target, &["issuing"], NOW);
        assert_eq!(judge("leaf"), "valid", "{suite}");
        assert_eq!(
            judge("revoked"),
            "invalid: it was revoked at 2026-03-01T00:00:00Z",
            "{suite}"
        );
        assert_eq!(
            judge("held"),
            "invalid: it is suspended since 2026-03-01T00:00:00Z",
            "{suite}"
        );
    }
}

#[test]
fn an_answer_of_a_responder_tells_good_revoked_and_suspended_apart() {
    for suite in ["p256", "rsa", "sm2"] {
        assert_eq!(judge(suite, "leaf", &["good.ocsp"], AFTER), "valid", "{suite}");
        assert_eq!(
            judge(suite, "leaf", &["direct.ocsp"], AFTER),
            "valid",
            "{suite}: signed by the issuer itself"
        );
        assert_eq!(
            judge(suite, "revoked", &["revoked.ocsp"], AFTER),
            "invalid: it was revoked at 2026-03-01T00:00:00Z",
            "{suite}"
        );
        assert_eq!(
            judge(suite, "held", &["held.ocsp"], AFTER),
            "invalid: it is suspended since 2026-03-01T00:00:00Z",
            "{suite}"
        );
    }
}

#[test]
fn a_list_that_has_grown_old_leaves_the_question_open() {
    for suite in ["p256", "rsa", "sm2"] {
        assert_eq!(
            judge(suite, "leaf", &["issuing"], AFTER),
            "unknown: status-stale",
            "{suite}"
        );
        assert_eq!(
            judge(suite, "leaf", &["issuing-old"], NOW),
            "unknown: status-stale",
            "{suite}"
        );
        assert_eq!(
            judge(suite, "held", &["issuing"], AFTER),
            "unknown: status-stale",
            "{suite}: it may be lifted"
        );
    }
}

#[test]
fn a_revocation_in_an_old_list_stands_for_ever() {
    assert_eq!(
        judge("sm2", "revoked", &["issuing"], AFTER),
        "invalid: it was revoked at 2026-03-01T00:00:00Z"
    );
}

#[test]
fn an_old_list_beside_a_new_one_does_no_harm() {
    assert_eq!(judge("sm2", "leaf", &["issuing-old", "issuing"], NOW), "valid");
    assert_eq!(judge("sm2", "leaf", &["issuing", "issuing-old"], NOW), "valid");
}

#[test]
fn a_later_revocation_leaves_the_certificate_good_before_it() {
    let before = "2026-02-01T00:00:00Z";
    assert_eq!(judge("sm2", "revoked", &["issuing"], before), "valid");
    assert_eq!(judge("sm2", "revoked", &["revoked.ocsp"], before), "valid");
    assert_eq!(judge("sm2", "held", &["held.ocsp"], before), "valid");
    assert_eq!(
        judge("sm2", "leaf", &["good.ocsp"], NOW),
        "valid",
        "the answer was made later"
    );
}

#[test]
fn later_evidence_does_not_speak_for_a_certificate_that_had_expired_by_then() {
    assert_eq!(
        judge("sm2", "expired", &["issuing"], "2021-06-01T00:00:00Z"),
        "unknown: status-stale"
    );
}

#[test]
fn without_evidence_nothing_is_known() {
    assert_eq!(judge("sm2", "leaf", &[], NOW), "unknown: status-no-evidence");
    assert_eq!(
        judge("sm2", "leaf", &["root"], NOW),
        "unknown: status-no-evidence",
        "another issuer's list"
    );
    assert_eq!(
        judge("sm2", "leaf", &["revoked.ocsp"], AFTER),
        "unknown: status-no-evidence",
        "another certificate"
    );
}

#[test]
fn a_stranger_cannot_answer() {
    for suite in ["p256", "rsa", "sm2"] {
        assert_eq!(
            judge(suite, "leaf", &["stranger.ocsp"], AFTER),
            "unknown: status-not-authentic",
            "{suite}"
        );
    }
}

#[test]
fn a_changed_list_or_answer_is_no_evidence() {
    for suite in ["p256", "rsa", "sm2"] {
        let mut list = crl(&format!("{suite}-issuing"));
        let place = list.len() - 6;
        list[place] ^= 1;
        let mut evidence = Evidence::default();
        evidence.add_crl(list).unwrap();
        let report = check(
            &certificate(&format!("{suite}-leaf")),
            &certificates(&[&format!("{suite}-issuing")]),
            &anchors(&[&format!("{suite}-root")]),
            &evidence,
            time(NOW),
            &Options::default(),
        );
        assert_eq!(words(&report), "unknown: status-not-authentic", "{suite}");
    }
}

#[test]
fn the_whole_chain_may_have_to_be_known() {
    let whole = |files: &[&str]| words(&report("sm2", "leaf", files, NOW, RevocationScope::Chain));
    assert_eq!(whole(&["issuing"]), "unknown: status-no-evidence");
    assert_eq!(whole(&["issuing", "root"]), "valid");
}

#[test]
fn a_revoked_authority_takes_everything_below_with_it() {
    let judge = |list: &str| {
        let report = check(
            &certificate("p256-below-withdrawn"),
            &certificates(&["p256-withdrawn"]),
            &anchors(&["p256-root"]),
            &evidence(&["p256-withdrawn", list]),
            time(NOW),
            &Options::default(),
        );
        (words(&report), report.certificates[1].reason.is_some())
    };
    assert_eq!(judge("p256-root"), ("valid".to_owned(), false));
    let invalid = "invalid: it was revoked at 2026-03-01T00:00:00Z".to_owned();
    assert_eq!(judge("p256-root-later"), (invalid, true));
}

#[test]
fn the_report_says_where_a_status_comes_from() {
    let report = report("sm2", "leaf", &["issuing"], NOW, RevocationScope::Target);
    assert_eq!(
        report.certificates[0].status,
        CertificateStatus::Good {
            source: Source::Crl,
            this_update: time("2026-06-01T00:00:00Z"),
            next_update: Some(time("2026-07-01T00:00:00Z")),
        }
    );
}

#[test]
fn evidence_is_read_before_it_is_kept_and_counted() {
    let mut evidence = Evidence::default();
    assert!(evidence.add_crl(b"no list".to_vec()).is_err());
    assert!(evidence.add_ocsp(crl("sm2-root")).is_err());
    assert!(evidence.is_empty());
    for _ in 0..MAX_EVIDENCE {
        evidence.add_crl(crl("sm2-root")).unwrap();
    }
    assert!(evidence.add_crl(crl("sm2-root")).is_err());
}
