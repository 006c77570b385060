//! The frame of a certificate: RFC 5280 §4.1, and that everything is DER.

use der::Tag;

use crate::lint::examined::{Examined, dotted};
use crate::lint::{Lint, Verdict, error, fires, names, rfc5280, warning};
use crate::serial::SerialNumber;
use crate::validity::{SECONDS_PER_DAY, utc};
use crate::view;
use hefu_rulebook::Citation;

/// Octets of a serial number (RFC 5280 §4.1.2.2).
const SERIAL_MAX: usize = 20;

pub(super) const LINTS: &[Lint] = &[
    error(
        "der-well-formed",
        Citation::new("X.690", "10.1"),
        "编码应为DER：长度最短，结构完整",
        "the encoding must be DER: shortest lengths, whole elements",
        der_well_formed,
    ),
    error(
        "extension-readable",
        rfc5280("4.2"),
        "已知扩展的内容应符合其定义",
        "known extensions must hold what their definition says",
        |it| names(it.malformed.clone()),
    ),
    error(
        "version-3",
        rfc5280("4.1.2.1"),
        "版本应为3",
        "the version must be 3",
        |it| fires(it.tbs.version != Some(&[2])),
    ),
    error(
        "serial-positive",
        rfc5280("4.1.2.2"),
        "序列号应为正整数",
        "the serial number must be positive",
        |it| {
            let serial = it.tbs.serial.content;
            fires(serial.first().is_none_or(|first| *first >= 0x80) || serial.iter().all(|octet| *octet == 0))
        },
    ),
    error(
        "serial-at-most-20-octets",
        rfc5280("4.1.2.2"),
        "序列号不得超过20个字节",
        "the serial number must not be longer than 20 octets",
        |it| (it.tbs.serial.content.len() > SERIAL_MAX).then(|| it.tbs.serial.content.len().to_string()),
    ),
    error(
        "serial-of-hefu",
        rfc5280("4.1.2.2"),
        "序列号应为本系统生成的16字节随机数，以保证唯一",
        "the serial number must be one of Hefu's, sixteen octets, so that it is unique",
        |it| fires(SerialNumber::from_bytes(it.tbs.serial.content).is_err()),
    ),
    error(
        "signature-algorithm-of-issuer",
        rfc5280("4.1.2.3"),
        "签名算法应与签发机构使用的一致",
        "the signature algorithm must be the one the issuer signs with",
        |it| fires(it.tbs.algorithm.whole != it.issuer.algorithm_der()),
    ),
    error(
        "issuer-not-empty",
        rfc5280("4.1.2.4"),
        "颁发者名称不得为空",
        "the issuer must have a name",
        |it| fires(it.tbs.issuer.content.is_empty()),
    ),
    error(
        "issuer-name-matches",
        rfc5280("4.1.2.4"),
        "颁发者名称应与签发机构证书的主体名称逐字节相同",
        "the issuer name must be the subject of the issuer's certificate, octet for octet",
        |it| fires(it.tbs.issuer.whole != it.issuer.name()),
    ),
    error(
        "validity-form",
        rfc5280("4.1.2.5.1"),
        "有效期时间应为格林尼治时间，精确到秒",
        "dates must be in Greenwich Mean Time, with seconds, without fractions",
        |it| fires(it.not_before.is_none() || it.not_after.is_none()),
    ),
    error(
        "validity-utc-until-2049",
        rfc5280("4.1.2.5"),
        "2049年及以前的时间应使用UTCTime，2050年起应使用GeneralizedTime",
        "dates through 2049 must be UTCTime, from 2050 GeneralizedTime",
        utc_until_2049,
    ),
    error(
        "validity-order",
        rfc5280("4.1.2.5"),
        "失效时间不得早于生效时间",
        "the end must not be before the start",
        |it| fires(it.not_after < it.not_before),
    ),
    error(
        "validity-within-issuer",
        rfc5280("4.1.2.5"),
        "有效期不得超出签发机构证书的有效期",
        "the validity must lie within that of the issuer's certificate",
        within_issuer,
    ),
    error(
        "validity-within-profile",
        Citation::new("M15", "16"),
        "有效期不得超过证书模板规定的天数",
        "the validity must not be longer than the profile says",
        within_profile,
    ),
    error(
        "unique-identifiers-absent",
        rfc5280("4.1.2.8"),
        "不得使用颁发者或主体唯一标识符",
        "unique identifiers must not be used",
        |it| fires(it.tbs.has_unique_identifiers),
    ),
    error(
        "extensions-present",
        rfc5280("4.1.2.9"),
        "应至少有一个扩展",
        "there must be at least one extension",
        |it| fires(it.tbs.extensions.is_empty()),
    ),
    error(
        "extension-once",
        rfc5280("4.2"),
        "同一扩展只能出现一次",
        "an extension must appear once only",
        extension_once,
    ),
    error(
        "critical-default-left-out",
        Citation::new("X.690", "11.5"),
        "critical为FALSE时不写出，为TRUE时写作FF",
        "critical must be left out when false, and FF when true",
        |it| {
            let wrong = it
                .tbs
                .extensions
                .iter()
                .filter(|one| !matches!(one.critical_octet, None | Some(0xff)));
            names(wrong.map(|one| dotted(one.oid)))
        },
    ),
    warning(
        "critical-extension-known",
        rfc5280("4.2"),
        "不宜将通用软件不认识的扩展标为关键",
        "an extension that common software does not know should not be critical",
        critical_known,
    ),
];

fn extension_once(it: &Examined<'_>) -> Verdict {
    let oids: Vec<&[u8]> = it.tbs.extensions.iter().map(|extension| extension.oid).collect();
    let again = oids
        .iter()
        .enumerate()
        .filter(|(index, oid)| oids.iter().take(*index).any(|before| before == *oid));
    names(again.map(|(_, oid)| dotted(oid)))
}

fn der_well_formed(it: &Examined<'_>) -> Verdict {
    if let Err(malformed) = view::well_formed(it.raw) {
        return Some(malformed.to_string());
    }
    let wrong = it
        .tbs
        .extensions
        .iter()
        .filter(|extension| view::well_formed(extension.value).is_err());
    names(wrong.map(|extension| format!("{} at byte {}", dotted(extension.oid), extension.offset)))
}

fn utc_until_2049(it: &Examined<'_>) -> Verdict {
    let wrong =
        |tag: Tag, at: Option<jiff::Timestamp>| at.is_some_and(|at| (tag == Tag::UtcTime) != (utc(at).year() < 2050));
    fires(wrong(it.tbs.start.tag, it.not_before) || wrong(it.tbs.end.tag, it.not_after))
}

fn within_issuer(it: &Examined<'_>) -> Verdict {
    let bounds = it.issuer.validity()?;
    let outside = [it.not_before?, it.not_after?]
        .into_iter()
        .filter(|at| !bounds.holds(*at));
    names(outside.map(|at| at.to_string()))
}

fn within_profile(it: &Examined<'_>) -> Verdict {
    let seconds = it
        .not_after?
        .as_second()
        .checked_sub(it.not_before?.as_second())?
        .checked_add(1)?;
    let max = it.profile.validity_days_max();
    (seconds > i64::from(max) * SECONDS_PER_DAY).then(|| format!("{seconds} s > {max} d"))
}

fn critical_known(it: &Examined<'_>) -> Verdict {
    use crate::oid;
    let known = [
        oid::CE_KEY_USAGE,
        oid::CE_CERTIFICATE_POLICIES,
        oid::CE_SUBJECT_ALT_NAME,
        oid::CE_BASIC_CONSTRAINTS,
        oid::CE_NAME_CONSTRAINTS,
        oid::CE_POLICY_CONSTRAINTS,
        oid::CE_EXTENDED_KEY_USAGE,
        oid::CE_INHIBIT_ANY_POLICY,
    ];
    let unknown = it
        .tbs
        .extensions
        .iter()
        .filter(|extension| extension.is_critical() && !known.iter().any(|oid| oid.as_bytes() == extension.oid));
    names(unknown.map(|extension| dotted(extension.oid)))
}
