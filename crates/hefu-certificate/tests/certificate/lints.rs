//! Every lint fires on a certificate made to break its rule, and is silent on the samples.

use std::collections::BTreeSet;

use gm_suite::KeyAlgorithm;
use hefu_certificate::{Draft, Finding, Issuer, Profile, Profiles, Publication, Severity, Usage, lint};

use crate::samples::{self, Hierarchy, hierarchy, profile, tbs};
use crate::tree::{Node, Tbs};

const AKI: &str = "2.5.29.35";
const SKI: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
const BASIC: &str = "2.5.29.19";
const PURPOSES: &str = "2.5.29.37";
const POLICIES: &str = "2.5.29.32";
const POINTS: &str = "2.5.29.31";
const ACCESS: &str = "1.3.6.1.5.5.7.1.1";
const SAN: &str = "2.5.29.17";
const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";
const RESIDENT: &str = "1.2.156.10260.4.1.1.1";
const CREDIT: &str = "1.2.156.10260.4.4";
const CN: &str = "2.5.4.3";
const COUNTRY: &str = "2.5.4.6";

/// A certificate that breaks a rule: profile and usage it starts from, authorities, and the change.
struct Broken {
    lint: &'static str,
    profile: &'static str,
    usage: Usage,
    algorithm: KeyAlgorithm,
    change: fn(&mut Tbs),
}

const fn sm2(lint: &'static str, profile: &'static str, usage: Usage, change: fn(&mut Tbs)) -> Broken {
    Broken {
        lint,
        profile,
        usage,
        algorithm: KeyAlgorithm::Sm2,
        change,
    }
}

const fn person(lint: &'static str, change: fn(&mut Tbs)) -> Broken {
    sm2(lint, "person-sm2", Usage::Sign, change)
}

const fn server(lint: &'static str, change: fn(&mut Tbs)) -> Broken {
    Broken {
        lint,
        profile: "tls-server",
        usage: Usage::Single,
        algorithm: KeyAlgorithm::P256,
        change,
    }
}

const fn authority(lint: &'static str, change: fn(&mut Tbs)) -> Broken {
    sm2(lint, "issuing", Usage::Single, change)
}

const fn ocsp(lint: &'static str, change: fn(&mut Tbs)) -> Broken {
    sm2(lint, "ocsp-signer", Usage::Single, change)
}

fn general_names(names: &[(u8, &[u8])]) -> Vec<u8> {
    let names = names
        .iter()
        .map(|(tag, content)| Node::primitive(*tag, content))
        .collect();
    Node::constructed(0x30, names).der()
}

fn purposes(dotted: &[&str]) -> Vec<u8> {
    Node::constructed(0x30, dotted.iter().map(|one| Node::oid(one)).collect()).der()
}

fn bits(unused: u8, octets: &[u8]) -> Vec<u8> {
    let mut content = vec![unused];
    content.extend_from_slice(octets);
    Node::primitive(3, &content).der()
}

/// A policy with a qualifier.
fn policy(qualifier: &str, value: Node) -> Vec<u8> {
    let info = Node::constructed(0x30, vec![Node::oid(qualifier), value]);
    let policy = Node::constructed(0x30, vec![Node::oid("1.2.3"), Node::constructed(0x30, vec![info])]);
    Node::constructed(0x30, vec![policy]).der()
}

/// A distribution point with these fields.
fn point(fields: Vec<Node>) -> Vec<u8> {
    Node::constructed(0x30, vec![Node::constructed(0x30, fields)]).der()
}

fn full_name(uri: &str) -> Node {
    let names = Node::constructed(0xa0, vec![Node::primitive(0x86, uri.as_bytes())]);
    Node::constructed(0xa0, vec![names])
}

fn access(method: &str, location: Node) -> Vec<u8> {
    Node::constructed(0x30, vec![Node::constructed(0x30, vec![Node::oid(method), location])]).der()
}

const LAW: &[Broken] = &[
    person("law-holder-name", |it| it.attribute(CN).content.clear()),
    person("law-provider-name", |it| it.issuer().children.truncate(1)),
    person("law-serial-number", |it| it.serial().content = vec![0]),
    person("law-validity", |it| it.not_after().content = b"2811220759Z".to_vec()),
    person("law-verification-data", |it| it.spki().children[1].content[3] ^= 1),
    person("law-provider-signature", |it| {
        it.algorithm().children[0] = Node::oid("1.2.840.10045.4.3.2");
    }),
    person("law-signing-key-signs", |it| it.put(KEY_USAGE, true, &bits(5, &[0x20]))),
    person("law-signer-cannot-deny", |it| {
        it.put(KEY_USAGE, true, &bits(7, &[0x80]));
    }),
    person("law-policy-identifier", |it| it.remove(POLICIES)),
    sm2("law-encryption-key-does-not-sign", "person-sm2", Usage::Encrypt, |it| {
        it.put(KEY_USAGE, true, &bits(3, &[0xb8]));
    }),
];

const STRUCTURE: &[Broken] = &[
    person("tbs-readable", |it| it.0.children.truncate(5)),
    person("der-well-formed", |it| {
        let at = it.position(BASIC).unwrap();
        it.extensions()[at].children.last_mut().unwrap().content = vec![0x30, 0x81, 0x00];
    }),
    person("extension-readable", |it| it.put(SKI, false, &[5, 0])),
    person("version-3", |it| it.version().content = vec![1]),
    person("serial-positive", |it| it.serial().content = vec![0x80; 16]),
    person("serial-at-most-20-octets", |it| it.serial().content = vec![0x11; 21]),
    person("serial-of-hefu", |it| it.serial().content = vec![0x11; 8]),
    person("signature-algorithm-of-issuer", |it| {
        it.algorithm().children.push(Node::primitive(5, &[]));
    }),
    person("issuer-not-empty", |it| it.issuer().children.clear()),
    person("issuer-name-matches", |it| it.issuer().children.reverse()),
    person("validity-form", |it| {
        it.not_before().content = b"261122080000+0800".to_vec();
    }),
    person("validity-utc-until-2049", |it| {
        *it.not_after() = Node::primitive(0x18, b"20271122075959Z");
    }),
    person("validity-order", |it| {
        it.not_after().content = b"261121075959Z".to_vec();
    }),
    person("validity-within-issuer", |it| {
        it.not_after().content = b"371122075959Z".to_vec();
    }),
    person("validity-within-profile", |it| {
        it.not_after().content = b"330101000000Z".to_vec();
    }),
    person("unique-identifiers-absent", |it| {
        it.0.children.insert(7, Node::primitive(0x81, &[0, 1]));
    }),
    person("extensions-present", |it| it.extensions().clear()),
    person("extension-once", |it| {
        let again = it.extensions()[0].clone();
        it.extensions().push(again);
    }),
    person("critical-default-left-out", |it| {
        it.extensions()[0].children.insert(1, Node::primitive(1, &[0]));
    }),
    person("critical-extension-known", |it| it.put("1.2.3.4", true, &[5, 0])),
];

const NAMES: &[Broken] = &[
    server("subject-empty-needs-critical-alternative", |it| {
        it.subject().children.clear();
    }),
    person("name-value-not-empty", |it| it.attribute(CN).content.clear()),
    person("name-string-type", |it| {
        *it.attribute(CN) = Node::primitive(0x14, b"Zhang San");
    }),
    person("name-printable-type", |it| it.attribute(COUNTRY).tag = 12),
    person("name-printable-characters", |it| {
        *it.attribute(CN) = Node::primitive(19, b"zhang@san");
    }),
    person("name-country-form", |it| it.attribute(COUNTRY).content = b"cn".to_vec()),
    person("name-length", |it| {
        it.attribute(CN).content = "张".repeat(65).into_bytes();
    }),
    person("name-characters", |it| {
        it.attribute(CN).content = b"Zhang\0San".to_vec();
    }),
    person("name-spaces", |it| it.attribute(CN).content = b"Zhang San ".to_vec()),
    person("name-single-valued", |it| {
        let second = it.subject().children[1].children[0].clone();
        it.subject().children[0].children.push(second);
    }),
    person("name-repeated", |it| {
        let again = it.subject().children[0].clone();
        it.subject().children.push(again);
    }),
    person("name-may-not-be-unique", |it| {
        it.remove(RESIDENT);
        let serial_number = Node::oid("2.5.4.5");
        it.subject()
            .children
            .retain(|rdn| rdn.children[0].children[0] != serial_number);
    }),
    person("alternative-not-empty", |it| it.put(SAN, false, &[0x30, 0])),
    person("alternative-not-critical", |it| it.set_critical(SAN, true)),
    person("alternative-dns-form", |it| {
        it.put(SAN, false, &general_names(&[(0x82, b"localhost")]));
    }),
    person("alternative-email-form", |it| {
        it.put(SAN, false, &general_names(&[(0x81, b"zhangsan")]));
    }),
    person("alternative-uri-form", |it| {
        it.put(SAN, false, &general_names(&[(0x86, b"/index.html")]));
    }),
    person("alternative-ip-form", |it| {
        it.put(SAN, false, &general_names(&[(0x87, &[127, 0, 0, 1, 0])]));
    }),
];

const EXTENSIONS: &[Broken] = &[
    person("authority-key-present", |it| it.remove(AKI)),
    person("authority-key-matches", |it| {
        it.put(
            AKI,
            false,
            &Node::constructed(0x30, vec![Node::primitive(0x80, &[1; 20])]).der(),
        );
    }),
    authority("subject-key-present-authority", |it| it.remove(SKI)),
    person("subject-key-present", |it| it.remove(SKI)),
    person("subject-key-derived", |it| {
        it.put(SKI, false, &Node::primitive(4, &[1; 20]).der());
    }),
    person("must-not-be-critical", |it| it.set_critical(SKI, true)),
    person("key-usage-present", |it| it.remove(KEY_USAGE)),
    person("key-usage-critical", |it| it.set_critical(KEY_USAGE, false)),
    person("key-usage-not-empty", |it| it.put(KEY_USAGE, true, &bits(0, &[]))),
    person("key-usage-shortest", |it| it.put(KEY_USAGE, true, &bits(0, &[0xc0]))),
    person("key-usage-agreement", |it| it.put(KEY_USAGE, true, &bits(0, &[0xc1]))),
    person("key-cert-sign-needs-authority", |it| {
        it.put(KEY_USAGE, true, &bits(2, &[0xc4]));
    }),
    person("path-length-needs-authority", |it| {
        it.put(BASIC, true, &[0x30, 3, 2, 1, 0]);
    }),
    person("policies-not-empty", |it| it.put(POLICIES, false, &[0x30, 0])),
    person("policy-once", |it| {
        let mut policies = it.value(POLICIES);
        policies.children.push(policies.children[0].clone());
        it.put(POLICIES, false, &policies.der());
    }),
    person("policy-qualifier-known", |it| {
        it.put(POLICIES, false, &policy("1.2.3.4", Node::primitive(5, &[])));
    }),
    person("policy-cps-form", |it| {
        it.put(
            POLICIES,
            false,
            &policy("1.3.6.1.5.5.7.2.1", Node::primitive(12, b"http://ca.example.cn/cps")),
        );
    }),
    person("purposes-not-empty", |it| it.put(PURPOSES, false, &[0x30, 0])),
    person("purpose-any-not-critical", |it| {
        it.put(PURPOSES, true, &purposes(&["2.5.29.37.0"]));
    }),
    person("purposes-fit-key-usage", |it| {
        it.put(KEY_USAGE, true, &bits(6, &[0x40]));
    }),
    person("crl-points-not-critical", |it| it.set_critical(POINTS, true)),
    person("crl-points-complete", |it| {
        it.put(POINTS, false, &point(vec![Node::primitive(0x81, &[6, 0x40])]));
    }),
    person("crl-points-reachable", |it| {
        it.put(POINTS, false, &point(vec![full_name("ftp://ca.example.cn/crl")]));
    }),
    person("access-location-form", |it| {
        it.put(
            ACCESS,
            false,
            &access("1.3.6.1.5.5.7.48.1", Node::primitive(0x82, b"ocsp.example.cn")),
        );
    }),
    person("pointer-over-https", |it| {
        it.put(POINTS, false, &point(vec![full_name("https://ca.example.cn/crl")]));
    }),
    person("status-can-be-asked", |it| {
        it.remove(POINTS);
        it.remove(ACCESS);
    }),
];

const KEYS: &[Broken] = &[
    person("key-strong-and-sound", |it| it.spki().children[1].content[3] ^= 1),
    person("key-accepted-by-profile", |it| {
        *it.spki() = Node::parse(samples::key(KeyAlgorithm::P256, 2).public_key().spki());
    }),
    person("key-not-the-issuers", |it| {
        *it.spki() = Node::parse(samples::key(KeyAlgorithm::Sm2, 1).public_key().spki());
    }),
    server("key-usage-fits-ecdsa", |it| it.put(KEY_USAGE, true, &bits(5, &[0xa0]))),
    server("key-usage-fits-rsa", |it| {
        *it.spki() = Node::parse(samples::key(KeyAlgorithm::Rsa2048, 2).public_key().spki());
        it.put(KEY_USAGE, true, &bits(3, &[0x88]));
    }),
    server("key-usage-fits-ed25519", |it| {
        *it.spki() = Node::parse(samples::key(KeyAlgorithm::Ed25519, 2).public_key().spki());
        it.put(KEY_USAGE, true, &bits(3, &[0x88]));
    }),
    server("key-usage-fits-ml-dsa", |it| {
        *it.spki() = Node::parse(samples::key(KeyAlgorithm::MlDsa44, 2).public_key().spki());
        it.put(KEY_USAGE, true, &bits(5, &[0xa0]));
    }),
    person("key-usage-of-profile", |it| it.put(KEY_USAGE, true, &bits(7, &[0x80]))),
    person("purposes-of-profile", |it| it.remove(PURPOSES)),
];

const AUTHORITY: &[Broken] = &[
    authority("authority-basic-constraints", |it| it.set_critical(BASIC, false)),
    person("not-an-authority", |it| it.put(BASIC, true, &[0x30, 3, 1, 1, 0xff])),
    authority("authority-key-cert-sign", |it| {
        it.put(KEY_USAGE, true, &bits(1, &[0x02]));
    }),
    authority("authority-crl-sign", |it| it.put(KEY_USAGE, true, &bits(2, &[0x04]))),
    sm2("root-signs-itself", "root", Usage::Single, |it| {
        it.subject().children.reverse();
    }),
    person("only-a-root-signs-itself", |it| *it.subject() = it.issuer().clone()),
    ocsp("ocsp-signer-purpose", |it| {
        it.put(PURPOSES, false, &purposes(&["1.3.6.1.5.5.7.3.2"]));
    }),
    ocsp("ocsp-no-check-place", |it| it.put(NO_CHECK, false, &[0x30, 0])),
    ocsp("ocsp-signer-status", |it| {
        it.remove(NO_CHECK);
        it.remove(ACCESS);
    }),
    sm2("timestamp-signer-purpose", "timestamp-signer", Usage::Single, |it| {
        it.set_critical(PURPOSES, false);
    }),
];

const GM: &[Broken] = &[
    person("gm-sign-usage", |it| it.put(KEY_USAGE, true, &bits(5, &[0xe0]))),
    sm2("gm-encrypt-usage", "device-sm2", Usage::Encrypt, |it| {
        it.put(KEY_USAGE, true, &bits(3, &[0xb8]));
    }),
    person("gm-sm2-signature-identifier", |it| {
        it.algorithm().children.push(Node::primitive(5, &[]));
    }),
    person("gm-identity-set", |it| {
        it.put("1.2.156.10260.4.1.5", false, &Node::primitive(19, b"1").der());
    }),
    person("gm-identity-form", |it| {
        it.put(RESIDENT, false, &Node::primitive(12, b"11010519491231002X").der());
    }),
    person("gm-identity-not-critical", |it| it.set_critical(RESIDENT, true)),
    person("gm-resident-identity-check", |it| {
        it.put(RESIDENT, false, &Node::primitive(19, b"110105194912310021").der());
    }),
    sm2("gm-credit-code-check", "organisation-sm2", Usage::Sign, |it| {
        it.put(CREDIT, false, &Node::primitive(19, b"91350100M000100Y44").der());
    }),
];

const TLS: &[Broken] = &[
    server("tls-server-named", |it| {
        it.put(SAN, false, &general_names(&[(0x81, b"a@example.cn")]));
    }),
    server("tls-server-only-names", |it| {
        it.put(
            SAN,
            false,
            &general_names(&[(0x82, b"www.example.cn"), (0x81, b"a@example.cn")]),
        );
    }),
    server("tls-server-internal-name", |it| {
        it.put(SAN, false, &general_names(&[(0x82, b"www.corp")]));
    }),
    server("tls-server-common-name", |it| {
        it.attribute(CN).content = b"other.example.cn".to_vec();
    }),
    server("tls-server-key-usage", |it| it.put(KEY_USAGE, true, &bits(6, &[0xc0]))),
    server("tls-server-purposes", |it| {
        it.put(PURPOSES, false, &purposes(&["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.4"]));
    }),
    server("tls-server-validity", |it| {
        it.not_after().content = b"271122075959Z".to_vec();
    }),
    server("tls-server-broad-wildcard", |it| {
        it.put(SAN, false, &general_names(&[(0x82, b"*.cn")]));
    }),
];

/// Lints that need another profile or issuer than the samples have; each has a test of its own below.
const ELSEWHERE: [&str; 5] = [
    "law-prescribed-contents",
    "law-government-policy",
    "gm-sm2-under-sm2",
    "gm-sm2-key-identifier",
    "path-length-of-issuer",
];

fn findings(tbs: Vec<u8>, profile: &Profile, issuer: &Issuer, usage: Usage) -> Vec<Finding> {
    Draft::restore(tbs, profile, issuer, usage).lint()
}

fn names(findings: &[Finding]) -> BTreeSet<&'static str> {
    findings.iter().map(Finding::name).collect()
}

/// The issuer that a sample of this profile has.
fn issuer_of(profile: &Profile, hierarchy: &Hierarchy) -> Issuer {
    use hefu_certificate::ProfileKind;
    match profile.kind() {
        ProfileKind::Issuing => hierarchy.root_issuer.clone(),
        ProfileKind::Root => {
            let subject = hefu_certificate::Subject::new(profile, &samples::fields(profile)).unwrap();
            Issuer::self_signed(&subject, hierarchy.root_key.public_key(), Publication::nowhere()).unwrap()
        }
        _ => hierarchy.issuer.clone(),
    }
}

#[test]
fn every_lint_fires_on_a_certificate_that_breaks_its_rule() {
    let hierarchies = [hierarchy(KeyAlgorithm::Sm2), hierarchy(KeyAlgorithm::P256)];
    for broken in [LAW, STRUCTURE, NAMES, EXTENSIONS, KEYS, AUTHORITY, GM, TLS].concat_refs() {
        let hierarchy = hierarchies
            .iter()
            .find(|one| one.algorithm == broken.algorithm)
            .unwrap();
        let profile = profile(broken.profile);
        let issuer = issuer_of(profile, hierarchy);
        let good = tbs(profile, hierarchy, broken.usage);
        let before = findings(good.clone(), profile, &issuer, broken.usage);
        assert!(
            !names(&before).contains(broken.lint),
            "{} fires on the sample: {before:?}",
            broken.lint
        );

        let mut tree = Tbs::parse(&good);
        (broken.change)(&mut tree);
        let after = findings(tree.der(), profile, &issuer, broken.usage);
        assert!(
            names(&after).contains(broken.lint),
            "{} is silent: {after:?}",
            broken.lint
        );
    }
}

trait ConcatRefs {
    fn concat_refs(&self) -> Vec<&'static Broken>;
}

impl ConcatRefs for [&'static [Broken]; 8] {
    fn concat_refs(&self) -> Vec<&'static Broken> {
        self.iter().flat_map(|group| group.iter()).collect()
    }
}

#[test]
fn there_is_a_broken_certificate_for_every_lint() {
    let broken = [LAW, STRUCTURE, NAMES, EXTENSIONS, KEYS, AUTHORITY, GM, TLS].concat_refs();
    let tried: BTreeSet<&str> = broken.iter().map(|one| one.lint).chain(ELSEWHERE).collect();
    let all: BTreeSet<&str> = lint::all().map(lint::Lint::name).collect();
    assert_eq!(tried, all);
}

#[test]
fn no_lint_says_anything_about_the_samples_of_any_profile() {
    // RSA-4096 keys take seconds to make and differ from RSA-3072 in nothing that a lint sees.
    let kinds = profile("root")
        .keys()
        .iter()
        .filter(|kind| **kind != KeyAlgorithm::Rsa4096);
    for algorithm in kinds.copied() {
        let hierarchy = hierarchy(algorithm);
        for sample in samples::samples(&hierarchy) {
            let issuer = issuer_of(sample.profile, &hierarchy);
            let tbs = sample.certificate.tbs().unwrap().to_vec();
            let found = findings(tbs, sample.profile, &issuer, sample.usage);
            assert!(found.is_empty(), "{algorithm} {}: {found:?}", sample.name);
        }
    }
}

#[test]
fn contents_that_an_operator_prescribes_are_asked_for() {
    let text = "like = 'person-sm2'\nname = 'p'\nprescribed_extensions = ['1.2.3.4', '2.5.29.15']";
    let profiles = Profiles::from_toml(text).unwrap();
    let hierarchy = hierarchy(KeyAlgorithm::Sm2);
    let tbs = tbs(profile("person-sm2"), &hierarchy, Usage::Sign);
    let found = findings(tbs, profiles.get("p").unwrap(), &hierarchy.issuer, Usage::Sign);
    let finding = found
        .iter()
        .find(|finding| finding.name() == "law-prescribed-contents")
        .unwrap();
    assert_eq!(finding.detail(), "1.2.3.4");
}

#[test]
fn a_certificate_for_government_affairs_needs_its_policy_identifier() {
    let profiles = Profiles::from_toml("like = 'person-sm2'\nname = 'g'\nlaw_scope = 'government'").unwrap();
    let government = profiles.get("g").unwrap();
    let hierarchy = hierarchy(KeyAlgorithm::Sm2);
    let good = tbs(profile("person-sm2"), &hierarchy, Usage::Sign);
    assert!(findings(good.clone(), government, &hierarchy.issuer, Usage::Sign).is_empty());
    let mut tree = Tbs::parse(&good);
    tree.remove(POLICIES);
    let found = findings(tree.der(), government, &hierarchy.issuer, Usage::Sign);
    assert_eq!(found.first().map(Finding::severity), Some(Severity::Error));
    assert_eq!(names(&found), BTreeSet::from(["law-government-policy"]));
    assert_eq!(found[0].citation().to_string(), "电子政务电子认证服务管理办法 19(5)");
}

#[test]
fn an_sm2_certificate_under_another_authority_is_warned_about() {
    let international = hierarchy(KeyAlgorithm::P256);
    let client = profile("tls-client");
    let key = samples::key(KeyAlgorithm::Sm2, 2);
    let subject = hefu_certificate::Subject::new(client, &samples::fields(client)).unwrap();
    let order = hefu_certificate::Order {
        subject: &subject,
        public_key: key.public_key(),
        usage: Usage::Single,
        serial: samples::serial(9),
        validity: client.validity(samples::now(), None, &international.issuer).unwrap(),
    };
    let found = client.draft(&international.issuer, &order).unwrap().lint();
    assert_eq!(names(&found), BTreeSet::from(["gm-sm2-under-sm2"]));
    assert_eq!(found[0].detail(), "p256");
}

#[test]
fn an_sm2_key_with_the_curve_as_its_type_is_refused() {
    let hierarchy = hierarchy(KeyAlgorithm::Sm2);
    let person = profile("person-sm2");
    let mut tree = Tbs::parse(&tbs(person, &hierarchy, Usage::Sign));
    // What some software writes: the curve in place of id-ecPublicKey, without parameters.
    tree.spki().children[0] = Node::constructed(0x30, vec![Node::oid("1.2.156.10197.1.301")]);
    let found = names(&findings(tree.der(), person, &hierarchy.issuer, Usage::Sign));
    assert!(
        found.contains("gm-sm2-key-identifier") || found.contains("key-strong-and-sound"),
        "{found:?}"
    );
}

#[test]
fn an_authority_with_path_length_zero_has_none_below_it() {
    let hierarchy = hierarchy(KeyAlgorithm::Sm2);
    let issuing = profile("issuing");
    let mut tree = Tbs::parse(&tbs(issuing, &hierarchy, Usage::Single));
    *tree.issuer() = Node::parse(hierarchy.issuer.name());
    let found = names(&findings(tree.der(), issuing, &hierarchy.issuer, Usage::Single));
    assert!(found.contains("path-length-of-issuer"), "{found:?}");
}

#[test]
fn a_finding_speaks_both_languages_and_marks_what_was_not_read() {
    use hefu_rulebook::Language;
    let hierarchy = hierarchy(KeyAlgorithm::Sm2);
    let person = profile("person-sm2");
    let mut tree = Tbs::parse(&tbs(person, &hierarchy, Usage::Sign));
    tree.put(KEY_USAGE, true, &bits(5, &[0xe0]));
    let found = findings(tree.der(), person, &hierarchy.issuer, Usage::Sign);
    let finding = found.iter().find(|finding| finding.name() == "gm-sign-usage").unwrap();
    assert_eq!(
        finding.message(Language::Chinese),
        "签名证书的密钥用法应为数字签名和抗抵赖，不得含加密用途"
    );
    assert_eq!(finding.citation().render(Language::English), "GB/T 20518 (unverified)");
    let json = serde_json::to_value(finding).unwrap();
    assert_eq!(json["severity"], "error");
    assert_eq!(json["citation"]["verified"], false);
}
