//! Chains made by OpenSSL (`vectors/make.sh`) judged by this crate.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod chains;

use cert_path::{
    Anchor, Certainty, Evidence, Options, PolicySet, Reason, RevocationScope, Role, Verdict, check, validate,
};
use chains::{anchors, certificate, certificates, oid, time};

const NOW: &str = "2026-06-15T12:00:00Z";

/// From the names of target, bag and anchors to words.
fn judge(target: &str, bag: &[&str], trusted: &[&str], options: &Options) -> String {
    match validate(
        &certificate(target),
        &certificates(bag),
        &anchors(trusted),
        time(NOW),
        options,
    ) {
        Ok(path) => format!("valid, {} certificates", path.certificates().len()),
        Err(failure) => format!(
            "{} at {}: {}",
            match failure.certainty() {
                Certainty::Invalid => "invalid",
                Certainty::Unknown => "unknown",
            },
            failure.index,
            failure.reason.code()
        ),
    }
}

fn plain(target: &str, bag: &[&str], trusted: &[&str]) -> String {
    judge(target, bag, trusted, &Options::default())
}

#[test]
fn a_sound_chain_is_valid_in_every_suite() {
    for suite in ["p256", "rsa", "sm2"] {
        let [leaf, issuing, root] = ["leaf", "issuing", "root"].map(|name| format!("{suite}-{name}"));
        assert_eq!(plain(&leaf, &[&issuing], &[&root]), "valid, 3 certificates", "{suite}");
    }
}

#[test]
fn the_dates_of_the_target_are_checked_to_the_second() {
    for suite in ["p256", "rsa", "sm2"] {
        let at = |name: &str, moment: &str| {
            let target = certificate(&format!("{suite}-{name}"));
            let bag = certificates(&[&format!("{suite}-issuing")]);
            let trusted = anchors(&[&format!("{suite}-root")]);
            match validate(&target, &bag, &trusted, time(moment), &Options::default()) {
                Ok(_) => "valid".to_owned(),
                Err(failure) => failure.reason.to_string(),
            }
        };
        assert_eq!(at("expired", NOW), "it expired at 2022-01-01T00:00:00Z");
        assert_eq!(at("future", NOW), "it is not valid before 2035-01-01T00:00:00Z");
        assert_eq!(
            at("leaf", "2025-12-31T23:59:59.999Z"),
            "it is not valid before 2026-01-01T00:00:00Z"
        );
        assert_eq!(at("leaf", "2026-01-01T00:00:00Z"), "valid");
        assert_eq!(at("leaf", "2029-01-01T00:00:00.999Z"), "valid");
        assert_eq!(at("leaf", "2029-01-01T00:00:01Z"), "it expired at 2029-01-01T00:00:00Z");
        assert_eq!(at("expired", "2021-06-01T00:00:00Z"), "valid");
    }
}

#[test]
fn the_dates_of_issuer_and_anchor_are_checked_too() {
    let at = |moment: &str| {
        let outcome = validate(
            &certificate("p256-future"),
            &certificates(&["p256-issuing"]),
            &anchors(&["p256-root"]),
            time(moment),
            &Options::default(),
        );
        outcome.map_or_else(|failure| failure.index, |_| 9)
    };
    assert_eq!(at("2035-06-01T00:00:00Z"), 9);
    assert_eq!(at("2044-06-01T00:00:00Z"), 1, "issuing CA expired");
    assert_eq!(at("2046-06-01T00:00:00Z"), 2, "root expired");
}

#[test]
fn one_changed_bit_of_the_signature_is_seen() {
    for suite in ["p256", "rsa", "sm2"] {
        let mut der = certificate(&format!("{suite}-leaf")).der().to_vec();
        let place = der.len() - 6;
        der[place] ^= 1;
        let tampered = cert_path::Certificate::from_der(&der).unwrap();
        let failure = validate(
            &tampered,
            &certificates(&[&format!("{suite}-issuing")]),
            &anchors(&[&format!("{suite}-root")]),
            time(NOW),
            &Options::default(),
        )
        .unwrap_err();
        assert_eq!((failure.reason, failure.index), (Reason::BadSignature, 0), "{suite}");
    }
}

#[test]
fn one_changed_bit_of_the_signed_part_is_seen() {
    for suite in ["p256", "rsa", "sm2"] {
        let mut der = certificate(&format!("{suite}-leaf")).der().to_vec();
        let name = "张三".as_bytes();
        let place = der.windows(name.len()).position(|window| window == name).unwrap();
        der[place..place + name.len()].copy_from_slice("李四".as_bytes());
        let tampered = cert_path::Certificate::from_der(&der).unwrap();
        let bag = certificates(&[&format!("{suite}-issuing")]);
        let outcome = validate(
            &tampered,
            &bag,
            &anchors(&[&format!("{suite}-root")]),
            time(NOW),
            &Options::default(),
        );
        assert_eq!(outcome.unwrap_err().reason, Reason::BadSignature, "{suite}");
    }
}

#[test]
fn an_issuer_of_the_same_name_and_another_key_is_no_issuer() {
    let bag = ["p256-issuing"];
    assert_eq!(
        plain("p256-forged", &bag, &["p256-root"]),
        "invalid at 0: bad-signature"
    );
    assert_eq!(plain("p256-other-key", &bag, &["p256-root"]), "unknown at 0: no-issuer");
    assert_eq!(plain("p256-forged", &bag, &["p256-impostor"]), "valid, 2 certificates");
    assert_eq!(
        plain("p256-leaf", &["p256-impostor", "p256-issuing"], &["p256-root"]),
        "valid, 3 certificates"
    );
}

#[test]
fn a_missing_issuer_leaves_the_question_open() {
    assert_eq!(plain("p256-leaf", &[], &["p256-root"]), "unknown at 0: no-issuer");
    assert_eq!(
        plain("p256-leaf", &["sm2-issuing"], &["p256-root"]),
        "unknown at 0: no-issuer"
    );
    assert_eq!(
        plain("p256-leaf", &["p256-issuing"], &["sm2-root"]),
        "unknown at 1: no-issuer"
    );
}

#[test]
fn a_root_that_nobody_trusts_makes_the_chain_invalid() {
    assert_eq!(
        plain("sm2-leaf", &["sm2-issuing", "sm2-root"], &["p256-root"]),
        "invalid at 2: untrusted-root"
    );
    assert_eq!(plain("p256-root", &[], &["sm2-root"]), "invalid at 0: untrusted-root");
}

#[test]
fn an_issuing_authority_may_be_trusted_alone_and_an_anchor_may_be_the_target() {
    assert_eq!(plain("sm2-leaf", &[], &["sm2-issuing"]), "valid, 2 certificates");
    assert_eq!(plain("sm2-root", &[], &["sm2-root"]), "valid, 1 certificates");
}

#[test]
fn who_is_no_authority_cannot_issue() {
    let bag = ["p256-issuing", "p256-leaf"];
    assert_eq!(
        plain("p256-below-leaf", &bag, &["p256-root"]),
        "invalid at 1: not-authority"
    );
    assert_eq!(
        plain("p256-below-no-sign", &["p256-no-sign"], &["p256-root"]),
        "invalid at 1: key-may-not-certify"
    );
}

#[test]
fn the_path_length_constraint_is_kept() {
    let bag = ["p256-sub", "p256-issuing"];
    assert_eq!(
        plain("p256-too-deep", &bag, &["p256-root"]),
        "invalid at 1: path-too-long"
    );
    assert_eq!(
        plain("p256-too-deep", &["p256-sub"], &["p256-issuing"]),
        "invalid at 1: path-too-long"
    );
    assert_eq!(plain("p256-too-deep", &[], &["p256-sub"]), "valid, 2 certificates");
}

#[test]
fn a_critical_extension_that_is_not_understood_is_refused_unless_the_caller_does() {
    let bag = ["p256-issuing"];
    assert_eq!(
        plain("p256-critical", &bag, &["p256-root"]),
        "invalid at 0: unknown-critical"
    );
    let mut options = Options::default();
    options.processed_by_caller.push(oid("1.3.6.1.4.1.32473.77"));
    assert_eq!(
        judge("p256-critical", &bag, &["p256-root"], &options),
        "valid, 3 certificates"
    );
}

#[test]
fn a_circle_ends_and_the_way_out_of_it_is_found() {
    let circle = ["p256-east", "p256-west", "p256-east-by-west", "p256-west-by-east"];
    assert_eq!(
        plain("p256-circle", &circle, &["p256-root"]),
        "invalid at 2: untrusted-root"
    );
    let with_exit = [&circle[..], &["p256-west-by-root"]].concat();
    assert_eq!(
        plain("p256-circle", &with_exit, &["p256-root"]),
        "valid, 4 certificates"
    );
}

#[test]
fn a_bag_full_of_look_alikes_costs_no_more_than_the_limit() {
    let impostor = certificate("p256-impostor");
    let bag: Vec<_> = (0..u32::try_from(cert_path::MAX_SIGNATURE_CHECKS).unwrap() + 10)
        .map(|number| {
            // Another serial number makes another certificate with the same name and key; who signs it is not asked.
            let mut der = impostor.der().to_vec();
            let serial = impostor.serial();
            let place = der.windows(serial.len()).position(|window| window == serial).unwrap();
            der[place + 4..place + 8].copy_from_slice(&number.to_be_bytes());
            cert_path::Certificate::from_der(&der).unwrap()
        })
        .collect();
    let failure = validate(
        &certificate("p256-leaf"),
        &bag,
        &anchors(&["p256-root"]),
        time(NOW),
        &Options::default(),
    )
    .unwrap_err();
    assert_eq!(failure.reason, Reason::SearchLimit);
}

#[test]
fn names_outside_the_permitted_subtrees_are_refused() {
    for (target, outcome) in [
        ("p256-named-good", "valid, 3 certificates"),
        ("p256-named-dns", "invalid at 0: name-not-permitted"),
        ("p256-named-excluded", "invalid at 0: name-not-permitted"),
        ("p256-named-dn", "invalid at 0: name-not-permitted"),
        ("p256-named-ip", "invalid at 0: name-not-permitted"),
        ("p256-named-email", "invalid at 0: name-not-permitted"),
    ] {
        assert_eq!(plain(target, &["p256-named"], &["p256-root"]), outcome, "{target}");
        let alone = outcome.replace('3', "2");
        assert_eq!(
            plain(target, &[], &["p256-named"]),
            alone,
            "{target}: an anchor's constraints bind too"
        );
    }
}

#[test]
fn a_required_policy_must_cover_the_chain() {
    for (target, outcome) in [
        ("p256-policy-good", "valid, 3 certificates"),
        ("p256-policy-none", "invalid at 0: policy-missing"),
        ("p256-policy-other", "invalid at 0: policy-missing"),
    ] {
        assert_eq!(plain(target, &["p256-policy"], &["p256-root"]), outcome, "{target}");
    }
}

fn policies(target: &str, bag: &[&str], options: &Options) -> String {
    let outcome = validate(
        &certificate(target),
        &certificates(bag),
        &anchors(&["p256-root"]),
        time(NOW),
        options,
    );
    match outcome {
        Ok(path) => match path.policies() {
            PolicySet::Any => "any".to_owned(),
            PolicySet::Only(policies) => policies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        },
        Err(failure) => failure.reason.code().to_owned(),
    }
}

#[test]
fn the_policies_of_a_path_are_the_intersection_with_what_is_wanted() {
    let wanted = |oids: &[&str]| Options {
        policies: Some(oids.iter().map(|text| oid(text)).collect()),
        require_explicit_policy: true,
        ..Options::default()
    };
    let any = Options::default();
    assert_eq!(
        policies("p256-policy-good", &["p256-policy"], &any),
        "1.3.6.1.4.1.32473.1"
    );
    assert_eq!(
        policies(
            "p256-policy-good",
            &["p256-policy"],
            &wanted(&["1.3.6.1.4.1.32473.1", "1.3.6.1.4.1.32473.9"])
        ),
        "1.3.6.1.4.1.32473.1"
    );
    assert_eq!(
        policies("p256-policy-good", &["p256-policy"], &wanted(&["1.3.6.1.4.1.32473.2"])),
        "policy-missing"
    );
    assert_eq!(
        policies("p256-below-any", &["p256-anypolicy"], &any),
        "1.3.6.1.4.1.32473.5"
    );
    assert_eq!(
        policies("p256-below-any", &["p256-anypolicy"], &wanted(&["1.3.6.1.4.1.32473.5"])),
        "1.3.6.1.4.1.32473.5"
    );
    assert_eq!(policies("p256-leaf", &["p256-issuing"], &any), "");
    assert_eq!(
        policies("p256-leaf", &["p256-issuing"], &wanted(&["1.3.6.1.4.1.32473.1"])),
        "policy-missing"
    );
    let inhibited = Options {
        inhibit_any_policy: true,
        ..any
    };
    assert_eq!(policies("p256-below-any", &["p256-anypolicy"], &inhibited), "");
}

#[test]
fn a_mapped_policy_counts_as_the_one_it_is_mapped_from() {
    let mut options = Options {
        policies: Some([oid("1.3.6.1.4.1.32473.1")].into()),
        require_explicit_policy: true,
        ..Options::default()
    };
    assert_eq!(
        policies("p256-mapped", &["p256-mapping"], &options),
        "1.3.6.1.4.1.32473.1"
    );
    options.inhibit_policy_mapping = true;
    assert_eq!(policies("p256-mapped", &["p256-mapping"], &options), "policy-missing");
}

#[test]
fn a_purpose_is_asked_of_those_who_list_purposes() {
    let for_purpose = |text: &str| Options {
        purpose: Some(oid(text)),
        ..Options::default()
    };
    let (server, client) = ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    let judge = |target, purpose| judge(target, &["p256-issuing"], &["p256-root"], &for_purpose(purpose));
    assert_eq!(judge("p256-purpose", server), "valid, 3 certificates");
    assert_eq!(judge("p256-purpose", client), "invalid at 0: purpose-missing");
    assert_eq!(judge("p256-leaf", client), "valid, 3 certificates");
}

#[test]
fn a_key_usage_is_asked_of_those_who_list_usages() {
    use x509_cert::ext::pkix::KeyUsages;
    let for_usage = |usage| Options {
        key_usage: Some(usage),
        ..Options::default()
    };
    let judge = |usage| judge("p256-leaf", &["p256-issuing"], &["p256-root"], &for_usage(usage));
    assert_eq!(judge(KeyUsages::DigitalSignature), "valid, 3 certificates");
    assert_eq!(judge(KeyUsages::NonRepudiation), "invalid at 0: usage-missing");
}

#[test]
fn a_report_without_revocation_says_so() {
    let options = Options {
        revocation: RevocationScope::None,
        ..Options::default()
    };
    let report = check(
        &certificate("sm2-leaf"),
        &certificates(&["sm2-issuing"]),
        &anchors(&["sm2-root"]),
        &Evidence::default(),
        time(NOW),
        &options,
    );
    assert_eq!(report.verdict, Verdict::Valid);
    let roles: Vec<_> = report.certificates.iter().map(|line| line.role).collect();
    assert_eq!(roles, [Role::Target, Role::Intermediate, Role::Anchor]);
    for line in report.certificates {
        assert_eq!(line.status, cert_path::CertificateStatus::NotChecked);
    }
}

#[test]
fn a_report_of_a_failure_names_the_certificate_that_fails() {
    let report = check(
        &certificate("p256-too-deep"),
        &certificates(&["p256-sub", "p256-issuing"]),
        &[Anchor::trust(certificate("p256-root"))],
        &Evidence::default(),
        time(NOW),
        &Options::default(),
    );
    assert_eq!(
        report.verdict,
        Verdict::Invalid {
            why: Reason::PathTooLong
        }
    );
    let lines: Vec<_> = report
        .certificates
        .iter()
        .map(|line| (line.role, line.reason.is_some()))
        .collect();
    assert_eq!(
        lines,
        [
            (Role::Target, false),
            (Role::Intermediate, true),
            (Role::Intermediate, false),
            (Role::Anchor, false)
        ]
    );
}
