//! TLS servers: the first things that browsers look at, after the CA/Browser Forum's baseline requirements.
//!
//! They bind certificates with the purpose serverAuth. An operator whose servers are inside a network of its own may
//! live with the warnings. Domain control and the public suffix list are not looked at here.

use gm_suite::KeyAlgorithm;
use hefu_rulebook::Citation;

use crate::key_usage::KeyUsage;
use crate::lint::examined::{Examined, dotted};
use crate::lint::{Lint, Verdict, error, fires, names, warning};
use crate::name::{Attribute, NameAttribute};
use crate::oid;
use crate::validity::{SECONDS_PER_DAY, utc};
use crate::view::GeneralName;

const fn baseline(section: &'static str) -> Citation {
    Citation::new("CABF BR", section)
}

pub(super) const LINTS: &[Lint] = &[
    error(
        "tls-server-named",
        baseline("7.1.2.7.12"),
        "服务器证书的主体别名应至少有一个域名或IP地址",
        "a server's certificate must have a DNS name or IP address as alternative name",
        |it| {
            let named = |all: &Vec<GeneralName<'_>>| all.iter().any(is_server_name);
            fires(is_server(it) && !it.alternatives.as_ref().is_some_and(named))
        },
    ),
    error(
        "tls-server-only-names",
        baseline("7.1.2.7.12"),
        "服务器证书的主体别名只能有域名和IP地址",
        "a server's alternative names may only be DNS names and IP addresses",
        |it| fires(is_server(it) && !it.alternatives.iter().flatten().all(is_server_name)),
    ),
    warning(
        "tls-server-internal-name",
        baseline("7.1.2.7.12"),
        "服务器证书不宜含内部域名",
        "a server's certificate should not have names of inner networks",
        internal_names,
    ),
    error(
        "tls-server-common-name",
        baseline("7.1.4.3"),
        "通用名应只有一个，且为主体别名之一",
        "there must be one common name only, and it must be among the alternative names",
        common_name,
    ),
    error(
        "tls-server-key-usage",
        baseline("7.1.2.7.11"),
        "服务器证书的密钥用法与公钥种类不符",
        "key usage does not fit a server's kind of key",
        |it| fires(is_server(it) && !key_usage_fits(it)),
    ),
    error(
        "tls-server-purposes",
        baseline("7.1.2.7.10"),
        "服务器证书的扩展密钥用法只能是服务器和客户端身份鉴别",
        "a server's purposes may only be server and client authentication",
        |it| {
            let allowed = [oid::KP_SERVER_AUTH, oid::KP_CLIENT_AUTH];
            let allowed = |purpose: &[u8]| allowed.iter().any(|oid| oid.as_bytes() == purpose);
            let all = it.purposes.iter().flatten().filter(|_| is_server(it));
            names(all.filter(|purpose| !allowed(purpose)).map(|purpose| dotted(purpose)))
        },
    ),
    warning(
        "tls-server-validity",
        baseline("6.3.2"),
        "服务器证书的有效期超过浏览器在该签发日期所接受的天数",
        "browsers do not accept a server certificate of that age and length",
        validity,
    ),
    warning(
        "tls-server-broad-wildcard",
        baseline("3.2.2.6"),
        "通配域名不宜直接位于顶级域之下",
        "a wildcard should not stand right below a top-level domain",
        |it| {
            let all = server_names(it).filter(|name| is_server(it) && name.starts_with("*."));
            names(all.filter(|name| name.split('.').count() < 3).map(str::to_owned))
        },
    ),
];

fn is_server(it: &Examined<'_>) -> bool {
    it.has_purpose(oid::KP_SERVER_AUTH)
}

/// Browsers do not read SM2: what they limit does not bind it.
fn is_browsed(it: &Examined<'_>) -> bool {
    is_server(it) && it.key_algorithm() != Some(KeyAlgorithm::Sm2)
}

fn is_server_name(name: &GeneralName<'_>) -> bool {
    matches!(name.number, GeneralName::DNS | GeneralName::IP)
}

fn server_names<'e>(it: &'e Examined<'_>) -> impl Iterator<Item = &'e str> {
    it.alternatives_of(GeneralName::DNS).filter_map(GeneralName::ascii)
}

fn internal_names(it: &Examined<'_>) -> Verdict {
    /// Names that no public registry gives out (RFC 6761, RFC 8375 and the usual private ones).
    const INNER: [&str; 9] = [
        "local",
        "localhost",
        "internal",
        "intranet",
        "lan",
        "corp",
        "home",
        "test",
        "invalid",
    ];
    let inner = |name: &&str| {
        name.rsplit('.')
            .next()
            .is_some_and(|top| INNER.contains(&top.to_ascii_lowercase().as_str()))
    };
    names(
        server_names(it)
            .filter(|_| is_server(it))
            .filter(inner)
            .map(str::to_owned),
    )
}

fn common_name(it: &Examined<'_>) -> Verdict {
    if !is_server(it) {
        return None;
    }
    let common: Vec<&NameAttribute<'_>> = it.subject.iter().filter(|one| one.is(Attribute::CommonName)).collect();
    let among = |text: &str| {
        let address: Option<std::net::IpAddr> = text.parse().ok();
        let octets = address.map(|address| match address {
            std::net::IpAddr::V4(address) => address.octets().to_vec(),
            std::net::IpAddr::V6(address) => address.octets().to_vec(),
        });
        server_names(it).any(|name| name == text)
            || octets.is_some_and(|octets| it.alternatives_of(GeneralName::IP).any(|name| name.content == octets))
    };
    let right = match common.as_slice() {
        [] => true,
        [one] => one.text().is_some_and(among),
        _ => false,
    };
    fires(!right)
}

fn key_usage_fits(it: &Examined<'_>) -> bool {
    let Some(usage) = it.key_usage else {
        return true;
    };
    let signature = KeyUsage::DIGITAL_SIGNATURE;
    let rsa = signature
        .with(KeyUsage::KEY_ENCIPHERMENT)
        .with(KeyUsage::DATA_ENCIPHERMENT);
    let curve = signature.with(KeyUsage::KEY_AGREEMENT);
    match it.key_algorithm() {
        Some(KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096) => usage.within(rsa),
        Some(KeyAlgorithm::P256 | KeyAlgorithm::P384) => usage.within(curve) && usage.meets(signature),
        _ => true,
    }
}

/// The longest validity by the day of issuance (ballot SC-081).
fn validity(it: &Examined<'_>) -> Verdict {
    let start = it.not_before?;
    let day = utc(start).date();
    let max = [(2029, 47), (2027, 100), (2026, 200)]
        .into_iter()
        .find(|(year, _)| day >= jiff::civil::date(*year, 3, 15))
        .map_or(398, |(_, days)| days);
    let seconds = it
        .not_after?
        .as_second()
        .checked_sub(start.as_second())?
        .checked_add(1)?;
    (is_browsed(it) && seconds > max * SECONDS_PER_DAY).then(|| format!("> {max} d"))
}
