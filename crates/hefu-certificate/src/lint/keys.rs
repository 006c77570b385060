//! Keys: which kind, how strong, and what each kind can be used for.

use gm_suite::KeyAlgorithm;
use hefu_rulebook::Citation;

use crate::key_usage::KeyUsage;
use crate::lint::examined::{Examined, dotted};
use crate::lint::{Lint, Verdict, error, fires, names, rfc5280};

const SIGNS: KeyUsage = KeyUsage::DIGITAL_SIGNATURE
    .with(KeyUsage::NON_REPUDIATION)
    .with(KeyUsage::KEY_CERT_SIGN)
    .with(KeyUsage::CRL_SIGN);
const ENCIPHERS: KeyUsage = KeyUsage::KEY_ENCIPHERMENT.with(KeyUsage::DATA_ENCIPHERMENT);

pub(super) const LINTS: &[Lint] = &[
    error(
        "key-strong-and-sound",
        rfc5280("4.1.2.7"),
        "公钥应为支持的种类，强度足够，且在其曲线上",
        "the key must be of a supported kind, strong enough, and on its curve",
        |it| fires(it.key.is_none()),
    ),
    error(
        "key-accepted-by-profile",
        Citation::new("M15", "16"),
        "公钥种类应为证书模板所接受",
        "the profile must accept this kind of key",
        |it| {
            let algorithm = it.key_algorithm()?;
            (!it.profile.keys().contains(&algorithm)).then(|| algorithm.to_string())
        },
    ),
    error(
        "key-not-the-issuers",
        Citation::new("ESL", "13"),
        "持有人的密钥应为其专有，不得是签发机构自己的密钥",
        "the holder's key must be the holder's alone, not the issuer's own",
        |it| fires(!it.issuer.is_self_signed() && it.key.as_ref() == Some(it.issuer.public_key())),
    ),
    error(
        "key-usage-fits-ecdsa",
        Citation::new("RFC 8813", "3"),
        "ECDSA密钥不得用于密钥加密或数据加密",
        "a P-256 or P-384 key cannot encipher keys or data",
        |it| {
            let curve = matches!(it.key_algorithm(), Some(KeyAlgorithm::P256 | KeyAlgorithm::P384));
            fires(curve && it.may(ENCIPHERS))
        },
    ),
    error(
        "key-usage-fits-rsa",
        rfc5280("4.2.1.3"),
        "RSA密钥不得用于密钥协商",
        "an RSA key cannot agree on keys",
        |it| {
            use KeyAlgorithm::{Rsa2048, Rsa3072, Rsa4096};
            let rsa = matches!(it.key_algorithm(), Some(Rsa2048 | Rsa3072 | Rsa4096));
            fires(rsa && it.may(KeyUsage::KEY_AGREEMENT))
        },
    ),
    error(
        "key-usage-fits-ed25519",
        Citation::new("RFC 8410", "5"),
        "Ed25519密钥只能用于签名",
        "an Ed25519 key can only sign",
        |it| fires(it.key_algorithm() == Some(KeyAlgorithm::Ed25519) && !signs_only(it)),
    ),
    error(
        "key-usage-fits-ml-dsa",
        Citation::new("RFC 9881", "5"),
        "ML-DSA密钥只能用于签名",
        "an ML-DSA key can only sign",
        |it| {
            use KeyAlgorithm::{MlDsa44, MlDsa65, MlDsa87};
            let lattice = matches!(it.key_algorithm(), Some(MlDsa44 | MlDsa65 | MlDsa87));
            fires(lattice && !signs_only(it))
        },
    ),
    error(
        "key-usage-of-profile",
        Citation::new("M15", "16"),
        "密钥用法应与证书模板一致",
        "key usage must be what the profile says",
        |it| {
            let wanted = it.part.map(|part| part.key_usage);
            (it.key_usage != wanted).then(|| it.key_usage.unwrap_or_default().to_string())
        },
    ),
    error(
        "purposes-of-profile",
        Citation::new("M15", "16"),
        "扩展密钥用法应与证书模板一致",
        "purposes must be those the profile says",
        purposes_of_profile,
    ),
];

fn signs_only(it: &Examined<'_>) -> bool {
    it.key_usage.is_none_or(|usage| usage.within(SIGNS))
}

fn purposes_of_profile(it: &Examined<'_>) -> Verdict {
    let wanted = it.part.map(|part| part.purposes.as_slice()).unwrap_or_default();
    let found = it.purposes.as_deref().unwrap_or_default();
    let same = wanted.len() == found.len()
        && wanted
            .iter()
            .zip(found)
            .all(|(wanted, found)| wanted.oid().as_bytes() == *found);
    if same {
        None
    } else {
        Some(names(found.iter().map(|oid| dotted(oid))).unwrap_or_default())
    }
}
