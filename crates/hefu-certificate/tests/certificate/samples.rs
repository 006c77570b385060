//! Sample authorities and certificates of every profile, made with fixed keys, serials and dates.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey, Signer};
use hefu_certificate::{
    IssuedCertificate, Issuer, Order, Profile, ProfileKind, Profiles, Publication, SerialNumber, Subject, Usage,
    Validity,
};
use jiff::Timestamp;

/// Keys made for these samples by `openssl genpkey`; they guard nothing.
const P256_KEYS: [&str; 3] = [
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b020101042041898634fd55d3ccc8a7d256593d71bc78f59cfcda64fbc6870fc06270e38842a14403420004fb3e6850a816f87bde5e21478aadd0eed6180f0648f754f2e7d40fbe5a302ac24bb2d2ec9cab5a40852320c82820a8ee542a65398eda9474e65413f191db3b23",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104204f2c7fe14b7782dd25c6e3fb7e18030377178cd6710bc9366970143d5c2fc907a144034200041ce757c4e076ba5c79b97f225ba0ce11e081635ac44baeb3e19f3c940d843c50d00a6d1656064d82b7a950f2b831b38ec1862468ec29cd0baf061bc7c845689b",
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420bd9448a70fb32323b50b91ec809383501ebd1a2b67621f4029fa83d2ce00c9a1a14403420004d80dfea312d4379e1adbd60e4f3d3b87540a7a74ab2dc5c902be8b30aa5c672cb03072e45295a70ea67e3040595652532eca997f8bd5e3a2f5c60a70fd7ecb40",
];

/// The day on which every sample is made.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// The n-th key of a fixed set; algorithms without a fixed set make theirs once a run.
pub(crate) fn key(algorithm: KeyAlgorithm, n: usize) -> PrivateKey {
    match algorithm {
        KeyAlgorithm::Sm2 => PrivateKey::from_sm2_scalar(&[u8::try_from(n).unwrap() + 0x11; 32]).unwrap(),
        KeyAlgorithm::P256 => PrivateKey::from_pkcs8(&hex::decode(P256_KEYS[n]).unwrap()).unwrap(),
        other => {
            static MADE: Mutex<BTreeMap<(String, usize), Vec<u8>>> = Mutex::new(BTreeMap::new());
            let mut made = MADE.lock().unwrap();
            let pkcs8 = made
                .entry((other.to_string(), n))
                .or_insert_with(|| PrivateKey::generate(other).unwrap().to_pkcs8().unwrap().to_vec());
            PrivateKey::from_pkcs8(pkcs8).unwrap()
        }
    }
}

pub(crate) fn serial(n: u8) -> SerialNumber {
    SerialNumber::from_random([n; 16])
}

pub(crate) fn publication(name: &str) -> Publication {
    let base = "http://ca.example.cn";
    Publication::nowhere()
        .with_crl(&format!("{base}/crl/{name}.crl"))
        .and_then(|it| it.with_ocsp(&format!("{base}/ocsp")))
        .and_then(|it| it.with_ca_issuers(&format!("{base}/ca/{name}.crt")))
        .and_then(|it| it.with_cps(&format!("{base}/cps")))
        // RFC 5612 keeps this enterprise number for documentation.
        .and_then(|it| it.with_policy_arc("1.3.6.1.4.1.32473.1"))
        .unwrap()
}

pub(crate) fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Field values for a profile.
pub(crate) fn fields(profile: &Profile) -> BTreeMap<String, String> {
    let family = profile.name().split('-').next().unwrap();
    match (profile.kind(), family) {
        (ProfileKind::Root, _) => values(&[("organisation", "合符示例"), ("common_name", "合符示例根")]),
        (ProfileKind::Issuing, _) => values(&[("organisation", "合符示例"), ("common_name", "合符示例签发机构")]),
        (ProfileKind::OcspSigner, _) => values(&[("organisation", "合符示例"), ("common_name", "OCSP 1")]),
        (ProfileKind::TimestampSigner, _) => values(&[("organisation", "合符示例"), ("common_name", "TSA 1")]),
        (_, "person") => values(&[
            ("province", "北京市"),
            ("common_name", "张三"),
            ("holder_number", "H-0001"),
            ("identity_number", "11010519491231002X"),
            ("email", "zhangsan@example.cn"),
        ]),
        (_, "organisation") => values(&[
            ("organisation", "示例科技有限公司"),
            ("common_name", "示例科技有限公司"),
            ("unified_social_credit_code", "91350100M000100Y43"),
        ]),
        (_, "staff") => values(&[
            ("organisation", "示例科技有限公司"),
            ("unit", "财务部"),
            ("title", "会计"),
            ("common_name", "李四"),
            ("employee_number", "0042"),
            ("unified_social_credit_code", "91350100M000100Y43"),
            ("passport_number", "E12345678"),
            ("email", "lisi@example.cn"),
        ]),
        (_, "device") => values(&[
            ("organisation", "示例科技有限公司"),
            ("common_name", "网关一"),
            ("device_number", "SN-2026-0001"),
            ("ip", "192.0.2.1, 2001:db8::1"),
        ]),
        (_, "tls") if profile.name().contains("server") => {
            values(&[("common_name", "www.example.cn"), ("dns", "www.example.cn, example.cn")])
        }
        (_, "tls") => values(&[("common_name", "客户端一"), ("organisation", "示例科技有限公司")]),
        (_, other) => panic!("no sample values for {other}"),
    }
}

/// A root and an authority below it.
pub(crate) struct Hierarchy {
    pub(crate) root: IssuedCertificate,
    pub(crate) root_issuer: Issuer,
    pub(crate) issuing: IssuedCertificate,
    pub(crate) issuer: Issuer,
    pub(crate) root_key: Arc<dyn Signer>,
    pub(crate) key: Arc<dyn Signer>,
    pub(crate) algorithm: KeyAlgorithm,
}

/// The profiles compiled in, and three of them with the older set of identity extensions.
pub(crate) fn profiles() -> &'static Profiles {
    static PROFILES: LazyLock<Profiles> = LazyLock::new(|| {
        let mut profiles = Profiles::builtin();
        for name in ["person-sm2", "organisation-sm2", "staff-sm2"] {
            let older = format!("like = '{name}'\nname = '{name}-2018'\nextension_set = 'gbt20518-2018'");
            profiles.add(&older).unwrap();
        }
        profiles
    });
    &PROFILES
}

pub(crate) fn profile(name: &str) -> &'static Profile {
    profiles().get(name).unwrap()
}

pub(crate) fn hierarchy(algorithm: KeyAlgorithm) -> Hierarchy {
    let name = algorithm.to_string();
    let (root_key, key) = (Arc::new(key(algorithm, 0)), Arc::new(key(algorithm, 1)));
    let root_profile = profile("root");
    let subject = Subject::new(root_profile, &fields(root_profile)).unwrap();
    let itself = Issuer::self_signed(&subject, root_key.public_key(), Publication::nowhere()).unwrap();
    let start = "2026-01-01T00:00:00Z".parse().unwrap();
    let validity = root_profile.validity(start, None, &itself).unwrap();
    let order = Order {
        subject: &subject,
        public_key: root_key.public_key(),
        usage: Usage::Single,
        serial: serial(1),
        validity,
    };
    let root = root_profile
        .draft(&itself, &order)
        .unwrap()
        .pass()
        .unwrap()
        .sign(root_key.as_ref())
        .unwrap();

    let root_issuer = Issuer::from_certificate(root.der(), publication(&format!("{name}-root"))).unwrap();
    let issuing = issue(
        profile("issuing"),
        &root_issuer,
        root_key.as_ref(),
        key.public_key(),
        2,
        Usage::Single,
    );
    let issuer = Issuer::from_certificate(issuing.der(), publication(&name)).unwrap();
    Hierarchy {
        root,
        root_issuer,
        issuing,
        issuer,
        root_key,
        key,
        algorithm,
    }
}

/// One certificate of a profile with its sample values.
pub(crate) fn issue(
    profile: &Profile,
    issuer: &Issuer,
    signer: &dyn Signer,
    public_key: &PublicKey,
    number: u8,
    usage: Usage,
) -> IssuedCertificate {
    let subject = Subject::new(profile, &fields(profile)).unwrap();
    let validity = profile.validity(now(), None, issuer).unwrap();
    let order = Order {
        subject: &subject,
        public_key,
        usage,
        serial: serial(number),
        validity,
    };
    profile
        .draft(issuer, &order)
        .unwrap()
        .pass()
        .unwrap()
        .sign(signer)
        .unwrap()
}

/// A sample certificate with the names of its profile and usage.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) profile: &'static Profile,
    pub(crate) usage: Usage,
    pub(crate) certificate: IssuedCertificate,
}

/// The octets that would be signed for a sample.
pub(crate) fn tbs(profile: &Profile, hierarchy: &Hierarchy, usage: Usage) -> Vec<u8> {
    let (issuer, owner) = match profile.kind() {
        ProfileKind::Root => return hierarchy.root.tbs().unwrap().to_vec(),
        ProfileKind::Issuing => (&hierarchy.root_issuer, hierarchy.key.public_key().clone()),
        _ => (&hierarchy.issuer, key(hierarchy.algorithm, 2).public_key().clone()),
    };
    let subject = Subject::new(profile, &fields(profile)).unwrap();
    let validity: Validity = profile.validity(now(), None, issuer).unwrap();
    let order = Order {
        subject: &subject,
        public_key: &owner,
        usage,
        serial: serial(3),
        validity,
    };
    profile.draft(issuer, &order).unwrap().tbs().to_vec()
}

/// Every certificate of every profile that takes keys of this kind, issued by authorities of the same kind.
pub(crate) fn samples(hierarchy: &Hierarchy) -> Vec<Sample> {
    let mut samples = Vec::new();
    for profile in profiles()
        .iter()
        .filter(|profile| profile.keys().contains(&hierarchy.algorithm))
    {
        for (index, part) in profile.parts().iter().enumerate() {
            let certificate = match profile.kind() {
                ProfileKind::Root => hierarchy.root.clone(),
                ProfileKind::Issuing => hierarchy.issuing.clone(),
                _ => {
                    let key = key(hierarchy.algorithm, 2);
                    let number = 3 + u8::try_from(index).unwrap();
                    let issuer = (&hierarchy.issuer, hierarchy.key.as_ref());
                    issue(profile, issuer.0, issuer.1, key.public_key(), number, part.usage)
                }
            };
            let name = match part.usage {
                Usage::Single => profile.name().to_owned(),
                usage => format!("{}.{usage}", profile.name()),
            };
            samples.push(Sample {
                name,
                profile,
                usage: part.usage,
                certificate,
            });
        }
    }
    samples
}
