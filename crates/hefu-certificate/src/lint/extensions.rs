//! Standard extensions: what they must say and whether they may be critical (RFC 5280 §4.2).

use const_oid::ObjectIdentifier;
use hefu_rulebook::Citation;

use crate::key_usage::KeyUsage;
use crate::lint::examined::{Examined, dotted};
use crate::lint::{Lint, Verdict, error, fires, names, notice, rfc5280, warning};
use crate::oid;
use crate::profile::ProfileKind;
use crate::value_check::is_absolute_uri;
use crate::view::{DistributionPoint, GeneralName};

pub(super) const LINTS: &[Lint] = &[
    error(
        "authority-key-present",
        rfc5280("4.2.1.1"),
        "除自签名证书外，应有颁发机构密钥标识符",
        "a certificate that is not self-signed must name the issuer's key",
        |it| fires(!it.issuer.is_self_signed() && it.authority_key.is_none()),
    ),
    error(
        "authority-key-matches",
        rfc5280("4.2.1.2"),
        "颁发机构密钥标识符应与签发机构证书的主体密钥标识符相同",
        "the authority key identifier must be the subject key identifier of the issuer's certificate",
        |it| {
            fires(
                it.authority_key
                    .is_some_and(|named| named != it.issuer.key_identifier()),
            )
        },
    ),
    error(
        "subject-key-present-authority",
        rfc5280("4.2.1.2"),
        "认证机构证书应有主体密钥标识符",
        "an authority's certificate must have a subject key identifier",
        |it| fires(it.kind().is_authority() && it.subject_key.is_none()),
    ),
    warning(
        "subject-key-present",
        rfc5280("4.2.1.2"),
        "证书宜有主体密钥标识符",
        "a certificate should have a subject key identifier",
        |it| fires(!it.kind().is_authority() && it.subject_key.is_none()),
    ),
    warning(
        "subject-key-derived",
        rfc5280("4.2.1.2"),
        "主体密钥标识符宜由公钥导出",
        "the subject key identifier should be derived from the key",
        |it| {
            let derived = it.key.as_ref()?.key_identifier();
            fires(it.subject_key? != derived.as_slice())
        },
    ),
    error(
        "must-not-be-critical",
        rfc5280("4.2.1.1"),
        "密钥标识符和机构信息访问扩展不得标为关键",
        "key identifiers and authority information access must not be critical",
        |it| {
            let never = [
                oid::CE_AUTHORITY_KEY_IDENTIFIER,
                oid::CE_SUBJECT_KEY_IDENTIFIER,
                oid::PE_AUTHORITY_INFO_ACCESS,
            ];
            names(
                never
                    .into_iter()
                    .filter(|oid| it.is_critical(*oid))
                    .map(|oid| oid.to_string()),
            )
        },
    ),
    warning(
        "key-usage-present",
        rfc5280("4.2.1.3"),
        "证书宜有密钥用法",
        "a certificate should have key usage",
        |it| fires(!it.kind().is_authority() && it.extension(oid::CE_KEY_USAGE).is_none()),
    ),
    warning(
        "key-usage-critical",
        rfc5280("4.2.1.3"),
        "密钥用法宜标为关键",
        "key usage should be critical",
        |it| fires(it.extension(oid::CE_KEY_USAGE).is_some() && !it.is_critical(oid::CE_KEY_USAGE)),
    ),
    error(
        "key-usage-not-empty",
        rfc5280("4.2.1.3"),
        "密钥用法应至少置一位",
        "key usage must have at least one bit",
        |it| fires(it.key_usage.is_some_and(KeyUsage::is_empty)),
    ),
    error(
        "key-usage-shortest",
        Citation::new("X.690", "11.2.2"),
        "密钥用法的位串末尾不得有零位",
        "the bit string of key usage must not end in zero bits",
        |it| {
            let content = it.extension(oid::CE_KEY_USAGE)?.value.get(2..)?;
            fires(content != it.key_usage?.bit_string().as_slice())
        },
    ),
    error(
        "key-usage-agreement",
        rfc5280("4.2.1.3"),
        "仅加密、仅解密位须与密钥协商位同时使用",
        "encipher-only and decipher-only mean nothing without key agreement",
        |it| {
            let only = KeyUsage::ENCIPHER_ONLY.with(KeyUsage::DECIPHER_ONLY);
            fires(it.may(only) && !it.may(KeyUsage::KEY_AGREEMENT))
        },
    ),
    error(
        "key-cert-sign-needs-authority",
        rfc5280("4.2.1.3"),
        "置keyCertSign位的证书，其基本约束应为cA",
        "keyCertSign needs the cA bit of the basic constraints",
        |it| fires(it.may(KeyUsage::KEY_CERT_SIGN) && !it.is_authority()),
    ),
    error(
        "path-length-needs-authority",
        rfc5280("4.2.1.9"),
        "路径长度约束只能用于可签发证书的认证机构",
        "a path length needs cA and keyCertSign",
        |it| {
            let limited = it.basic?.path_length.is_some();
            fires(limited && !(it.is_authority() && it.may(KeyUsage::KEY_CERT_SIGN)))
        },
    ),
    error(
        "policies-not-empty",
        rfc5280("4.2.1.4"),
        "证书策略扩展应至少有一项",
        "certificate policies must name at least one",
        |it| fires(it.policies.as_ref().is_some_and(Vec::is_empty)),
    ),
    error(
        "policy-once",
        rfc5280("4.2.1.4"),
        "同一证书策略只能出现一次",
        "a policy must appear once only",
        policy_once,
    ),
    warning(
        "policy-qualifier-known",
        rfc5280("4.2.1.4"),
        "策略限定符宜限于CPS地址和用户声明",
        "policy qualifiers should be CPS pointers and user notices only",
        |it| {
            let known = [oid::QT_CPS, oid::QT_USER_NOTICE];
            let all = it.policies.iter().flatten().flat_map(|policy| &policy.qualifiers);
            let other = all.filter(|(kind, _)| !known.iter().any(|oid| oid.as_bytes() == *kind));
            names(other.map(|(kind, _)| dotted(kind)))
        },
    ),
    error(
        "policy-cps-form",
        rfc5280("4.2.1.4"),
        "CPS地址应为IA5String的绝对URI",
        "a CPS pointer must be an absolute URI in an IA5String",
        policy_cps_form,
    ),
    error(
        "purposes-not-empty",
        rfc5280("4.2.1.12"),
        "扩展密钥用法应至少有一项",
        "extended key usage must name at least one purpose",
        |it| fires(it.purposes.as_ref().is_some_and(Vec::is_empty)),
    ),
    warning(
        "purpose-any-not-critical",
        rfc5280("4.2.1.12"),
        "含任意用途时，扩展密钥用法不宜标为关键",
        "extended key usage should not be critical beside any purpose",
        |it| fires(it.has_purpose(oid::KP_ANY) && it.is_critical(oid::CE_EXTENDED_KEY_USAGE)),
    ),
    error(
        "purposes-fit-key-usage",
        rfc5280("4.2.1.12"),
        "扩展密钥用法应与密钥用法相符",
        "every purpose must be possible with the key usage",
        purposes_fit,
    ),
    warning(
        "crl-points-not-critical",
        rfc5280("4.2.1.13"),
        "CRL分布点不宜标为关键",
        "CRL distribution points should not be critical",
        |it| fires(it.is_critical(oid::CE_CRL_DISTRIBUTION_POINTS)),
    ),
    error(
        "crl-points-complete",
        rfc5280("4.2.1.13"),
        "CRL分布点应有名称，且至少一处包含全部撤销原因",
        "a CRL distribution point must have a name, and one must cover all reasons",
        |it| {
            let points = it.points.as_ref()?;
            let nameless = |point: &DistributionPoint<'_>| !point.has_name && !point.has_issuer;
            fires(points.iter().any(nameless) || points.iter().all(|point| point.has_reasons))
        },
    ),
    warning(
        "crl-points-reachable",
        rfc5280("4.2.1.13"),
        "CRL分布点宜含HTTP或LDAP地址",
        "CRL distribution points should have an HTTP or LDAP address",
        |it| {
            let mut addresses = it.points.as_ref()?.iter().flat_map(|point| &point.names);
            fires(!addresses.any(is_reachable))
        },
    ),
    error(
        "access-location-form",
        rfc5280("4.2.2.1"),
        "机构信息访问的位置应为HTTP或LDAP地址",
        "locations of OCSP and of the issuer's certificate must be HTTP or LDAP addresses",
        |it| {
            let known = [oid::AD_OCSP, oid::AD_CA_ISSUERS];
            let known = |method: &[u8]| known.iter().any(|oid| oid.as_bytes() == method);
            let wrong = it
                .access
                .iter()
                .flatten()
                .filter(|(method, at)| known(method) && !is_reachable(at));
            names(wrong.map(|(method, _)| dotted(method)))
        },
    ),
    notice(
        "pointer-over-https",
        rfc5280("8"),
        "CRL和机构信息访问地址使用https可能造成循环校验",
        "https in CRL or authority information access addresses may make checking circular",
        |it| {
            let points = it.points.iter().flatten().flat_map(|point| &point.names);
            let all = points.chain(it.access.iter().flatten().map(|(_, location)| location));
            names(
                all.filter_map(GeneralName::ascii)
                    .filter(|text| text.starts_with("https:"))
                    .map(str::to_owned),
            )
        },
    ),
    warning(
        "status-can-be-asked",
        Citation::new("ESL", "22"),
        "证书宜载明查询其状态的CRL或OCSP地址",
        "a certificate should say where its status can be asked, by CRL or OCSP",
        |it| {
            let ocsp = oid::AD_OCSP;
            let by_ocsp = it.access.iter().flatten().any(|(method, _)| *method == ocsp.as_bytes());
            let asked = matches!(it.kind(), ProfileKind::Root | ProfileKind::OcspSigner);
            fires(!asked && !by_ocsp && it.points.is_none())
        },
    ),
];

fn policy_once(it: &Examined<'_>) -> Verdict {
    let oids: Vec<&[u8]> = it.policies.iter().flatten().map(|policy| policy.oid).collect();
    let again = oids
        .iter()
        .enumerate()
        .filter(|(index, oid)| oids.iter().take(*index).any(|before| before == *oid));
    names(again.map(|(_, oid)| dotted(oid)))
}

fn policy_cps_form(it: &Examined<'_>) -> Verdict {
    let cps = oid::QT_CPS;
    let all = it.policies.iter().flatten().flat_map(|policy| &policy.qualifiers);
    let pointers = all
        .filter(|(kind, _)| *kind == cps.as_bytes())
        .map(|(_, pointer)| pointer);
    let bad = pointers.filter(|pointer| {
        let text = std::str::from_utf8(pointer.content).ok();
        pointer.tag != der::Tag::Ia5String || !text.is_some_and(is_absolute_uri)
    });
    names(bad.map(|pointer| hex::encode(pointer.content)))
}

/// Purposes and the key usage bits of which at least one is consistent with them (RFC 5280 §4.2.1.12).
const CONSISTENT: [(ObjectIdentifier, KeyUsage); 6] = [
    (
        oid::KP_SERVER_AUTH,
        KeyUsage::DIGITAL_SIGNATURE
            .with(KeyUsage::KEY_ENCIPHERMENT)
            .with(KeyUsage::KEY_AGREEMENT),
    ),
    (
        oid::KP_CLIENT_AUTH,
        KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::KEY_AGREEMENT),
    ),
    (oid::KP_CODE_SIGNING, KeyUsage::DIGITAL_SIGNATURE),
    (
        oid::KP_EMAIL_PROTECTION,
        KeyUsage::DIGITAL_SIGNATURE
            .with(KeyUsage::NON_REPUDIATION)
            .with(KeyUsage::KEY_ENCIPHERMENT)
            .with(KeyUsage::KEY_AGREEMENT),
    ),
    (
        oid::KP_TIME_STAMPING,
        KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION),
    ),
    (
        oid::KP_OCSP_SIGNING,
        KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION),
    ),
];

fn purposes_fit(it: &Examined<'_>) -> Verdict {
    let usage = it.key_usage?;
    let wrong = CONSISTENT
        .into_iter()
        .filter(|(purpose, bits)| it.has_purpose(*purpose) && !usage.meets(*bits));
    names(wrong.map(|(purpose, _)| purpose.to_string()))
}

fn is_reachable(name: &GeneralName<'_>) -> bool {
    let schemes = ["http://", "https://", "ldap://", "ldap:///"];
    name.number == GeneralName::URI
        && name
            .ascii()
            .is_some_and(|text| is_absolute_uri(text) && schemes.iter().any(|scheme| text.starts_with(scheme)))
}
