//! Checks of what applicants write: numbers with check digits, DNS names, mail addresses.
//!
//! A check looks at one value and says no with a reason; it does not know whether the number was ever given out.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Octets of a DNS name (RFC 1035 §2.3.4).
const DNS_NAME_MAX: usize = 253;
/// Octets of one label.
const DNS_LABEL_MAX: usize = 63;
/// Octets of a mail address (RFC 5321 §4.5.3.1).
const EMAIL_MAX: usize = 254;

/// A named check of a field's value.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ValueCheck {
    /// Two capital letters (ISO 3166); the code itself is not looked up.
    Country,
    /// 公民身份号码: 17 digits and a check character (GB 11643).
    ResidentIdentity,
    /// 统一社会信用代码: 18 characters with a check character (GB 32100).
    CreditCode,
    /// 5 to 20 letters and digits.
    Passport,
    /// A DNS name in preferred syntax, fully qualified, without wildcard.
    Dns,
    /// The same, or "*." before it.
    DnsWildcard,
    /// A mailbox, "local@domain".
    Email,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An absolute URI.
    Uri,
    /// Only characters of `PrintableString`.
    Printable,
}

impl ValueCheck {
    /// Every check, in the order of this enum.
    pub const ALL: [Self; 10] = [
        Self::Country,
        Self::ResidentIdentity,
        Self::CreditCode,
        Self::Passport,
        Self::Dns,
        Self::DnsWildcard,
        Self::Email,
        Self::Ip,
        Self::Uri,
        Self::Printable,
    ];

    /// The name in profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::ResidentIdentity => "resident-identity",
            Self::CreditCode => "credit-code",
            Self::Passport => "passport",
            Self::Dns => "dns",
            Self::DnsWildcard => "dns-wildcard",
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Uri => "uri",
            Self::Printable => "printable",
        }
    }

    /// Whether `value` passes.
    #[must_use]
    pub fn passes(self, value: &str) -> bool {
        match self {
            Self::Country => value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase()),
            Self::ResidentIdentity => is_resident_identity(value),
            Self::CreditCode => is_credit_code(value),
            Self::Passport => (5..=20).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            Self::Dns => is_dns_name(value),
            Self::DnsWildcard => is_dns_name(value.strip_prefix("*.").unwrap_or(value)),
            Self::Email => is_mailbox(value),
            Self::Ip => value.parse::<IpAddr>().is_ok(),
            Self::Uri => is_absolute_uri(value),
            Self::Printable => crate::name::is_printable(value),
        }
    }

    /// What a value should look like, in Chinese.
    #[must_use]
    pub const fn wanted_zh(self) -> &'static str {
        match self {
            Self::Country => "应为两个大写字母的国家代码，如 CN",
            Self::ResidentIdentity => "应为18位公民身份号码，且校验码正确",
            Self::CreditCode => "应为18位统一社会信用代码，且校验码正确",
            Self::Passport => "应为5至20位字母或数字",
            Self::Dns => "应为完整的域名，如 www.example.cn",
            Self::DnsWildcard => "应为完整的域名，或以“*.”开头的通配域名",
            Self::Email => "应为电子邮件地址，如 li@example.cn",
            Self::Ip => "应为IPv4或IPv6地址",
            Self::Uri => "应为带有协议名的完整网址",
            Self::Printable => "只能使用字母、数字、空格和 ' ( ) + , - . / : = ?",
        }
    }

    /// What a value should look like, in English.
    #[must_use]
    pub const fn wanted_en(self) -> &'static str {
        match self {
            Self::Country => "two capital letters of a country code, such as CN",
            Self::ResidentIdentity => "an 18-character citizen identification number with a right check character",
            Self::CreditCode => "an 18-character unified social credit code with a right check character",
            Self::Passport => "5 to 20 letters or digits",
            Self::Dns => "a full domain name, such as www.example.cn",
            Self::DnsWildcard => "a full domain name, or one that begins with \"*.\"",
            Self::Email => "a mail address, such as li@example.cn",
            Self::Ip => "an IPv4 or IPv6 address",
            Self::Uri => "an absolute URI with its scheme",
            Self::Printable => "letters, digits, spaces and ' ( ) + , - . / : = ? only",
        }
    }
}

impl fmt::Display for ValueCheck {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for ValueCheck {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|check| check.name() == name).ok_or(())
    }
}

/// GB 11643: weights 2^(17-i) modulo 11, check character from "10X98765432".
fn is_resident_identity(value: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let Some((digits, last)) = value.as_bytes().split_at_checked(17) else {
        return false;
    };
    let [last] = last else {
        return false;
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    CHECKS.get(sum as usize % 11) == Some(last)
}

/// GB 32100: characters of a 31-letter alphabet, weights 3^i modulo 31, the last brings the sum to a multiple of 31.
fn is_credit_code(value: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const LENGTH: usize = 18;
    let numbers: Vec<usize> = value.chars().map_while(|character| ALPHABET.find(character)).collect();
    let Some((last, first)) = numbers.split_last() else {
        return false;
    };
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % ALPHABET.len()));
    let sum: usize = first.iter().zip(weights).map(|(number, weight)| number * weight).sum();
    value.len() == LENGTH && numbers.len() == LENGTH && (sum + last).is_multiple_of(ALPHABET.len())
}

/// RFC 1034 §3.5 with RFC 1123 §2.1: labels of letters, digits and hyphens, at least two of them.
pub(crate) fn is_dns_name(value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= DNS_LABEL_MAX
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    value.len() <= DNS_NAME_MAX
        && value.contains('.')
        && value.split('.').all(label)
        && !value
            .split('.')
            .next_back()
            .is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The dot-string form of RFC 5321 §4.1.2; quoted local parts are refused.
pub(crate) fn is_mailbox(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else {
        return false;
    };
    let atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    value.len() <= EMAIL_MAX && local.split('.').all(atom) && is_dns_name(domain)
}

/// RFC 3986: scheme, colon, something; visible ASCII only.
pub(crate) fn is_absolute_uri(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else {
        return false;
    };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let host_ok = rest
        .strip_prefix("//")
        .is_none_or(|authority| !authority.starts_with('/') || scheme == "ldap");
    scheme_ok && host_ok && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(check: ValueCheck, good: &[&str], bad: &[&str]) {
        for value in good {
            assert!(check.passes(value), "{check} refuses {value}");
        }
        for value in bad {
            assert!(!check.passes(value), "{check} accepts {value}");
        }
    }

    #[test]
    fn resident_identity_numbers_need_a_right_check_character() {
        // The examples that GB 11643-1999 is known by.
        check(
            ValueCheck::ResidentIdentity,
            &["11010519491231002X", "440524188001010014"],
            &[
                "110105194912310021",
                "11010519491231002x",
                "1101051949123100",
                "",
                "11010519491231002XX",
                "身份证",
            ],
        );
    }

    #[test]
    fn credit_codes_need_a_right_check_character() {
        // The example that GB 32100-2015 is known by.
        check(
            ValueCheck::CreditCode,
            &["91350100M000100Y43"],
            &[
                "91350100M000100Y44",
                "91350100M000100Y4",
                "91350100m000100y43",
                "91350100I000100Y43",
            ],
        );
    }

    #[test]
    fn domain_names_are_full_and_in_preferred_syntax() {
        let long = format!("{}.cn", "a".repeat(64));
        check(
            ValueCheck::Dns,
            &["www.example.cn", "xn--fiqs8s.cn", "a-b.example.com", "EXAMPLE.cn"],
            &[
                "localhost",
                "www..cn",
                "-a.cn",
                "a-.cn",
                "a_b.cn",
                "*.a.cn",
                "例子.cn",
                "10.0.0.1",
                "a.cn.",
                &long,
            ],
        );
        check(
            ValueCheck::DnsWildcard,
            &["*.example.cn", "a.cn"],
            &["*.*.cn", "a.*.cn", "*", "**.a.cn"],
        );
    }

    #[test]
    fn mailboxes_uris_and_the_rest() {
        check(
            ValueCheck::Email,
            &["li@example.cn", "a.b+c@x.y.cn"],
            &["li", "li@", "@a.cn", "a b@c.cn", "li@localhost"],
        );
        check(
            ValueCheck::Uri,
            &["http://ca.example.cn/crl", "ldap:///cn=a?b", "urn:x:y"],
            &["//a", "http:", "ca.example.cn", "http:///x", "http://a b"],
        );
        check(ValueCheck::Ip, &["10.0.0.1", "::1"], &["10.0.0", "1.2.3.4/8"]);
        check(ValueCheck::Country, &["CN"], &["cn", "CHN", "中国"]);
        check(ValueCheck::Passport, &["E12345678"], &["E1", "E 123456"]);
        check(ValueCheck::Printable, &["A-1"], &["张"]);
    }
}
