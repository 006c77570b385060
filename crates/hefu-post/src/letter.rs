//! A letter: what is told to a subscriber, in Chinese first and English below, as plain text.
//!
//! What comes from outside (names, reasons) is data in a body and never part of a header: subjects are fixed words.
//! Control characters, and those that turn the direction of writing, are taken out of it, and its length is limited.

use askama::Template;
use hefu_certificate::RevocationGround;
use hefu_rulebook::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Characters of a name in a letter. Longer ones are cut: a name is no place for a message of somebody else's.
const NAME_CHARACTERS_MAX: usize = 64;
/// Characters of a reason or a request for more: two pages.
const TEXT_CHARACTERS_MAX: usize = 4000;

/// Who writes.
#[derive(Clone, Debug)]
pub struct Office {
    /// The operator's name.
    pub name: String,
    /// Where the service is reached, without a slash at the end.
    pub public_url: String,
}

/// What a one-time code is for, as people read it after "for" and before 的.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Purpose {
    /// In Chinese, such as "领取证书".
    pub zh: &'static str,
    /// In English, such as "fetching your certificate".
    pub en: &'static str,
}

/// What is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Letter {
    /// The application came in.
    Received {
        /// Its number.
        application: String,
    },
    /// The application needs more before it goes on.
    Supplement {
        /// Its number.
        application: String,
        /// What is missing.
        what: String,
    },
    /// The application was rejected.
    Rejected {
        /// Its number.
        application: String,
        /// Why.
        reason: String,
    },
    /// The certificate was issued.
    Issued {
        /// The application's number.
        application: String,
        /// Serial number, hexadecimal.
        serial: String,
        /// Its last moment.
        not_after: Timestamp,
    },
    /// The certificate was renewed.
    Renewed {
        /// The application's number.
        application: String,
        /// Serial number of the new one, hexadecimal.
        serial: String,
        /// Serial number of the one before.
        replaces: String,
        /// The new one's last moment.
        not_after: Timestamp,
    },
    /// The certificate was suspended.
    Suspended {
        /// Serial number, hexadecimal.
        serial: String,
    },
    /// The suspension was lifted.
    Resumed {
        /// Serial number, hexadecimal.
        serial: String,
    },
    /// The certificate was revoked.
    Revoked {
        /// Serial number, hexadecimal.
        serial: String,
        /// Why, where it is known.
        ground: Option<RevocationGround>,
    },
    /// The certificate ends soon.
    Expiring {
        /// Serial number, hexadecimal.
        serial: String,
        /// Its last moment.
        not_after: Timestamp,
        /// Within how many days.
        days: u32,
    },
    /// A one-time code.
    Code {
        /// What for.
        purpose: Purpose,
        /// The code, as it is to be typed.
        code: String,
        /// Until when it is good.
        until: Timestamp,
    },
}

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct Paper<'a> {
    office: &'a Office,
    holder: &'a str,
    letter: &'a Letter,
}

impl Letter {
    /// The word in JSON, tables and records.
    #[must_use]
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::Received { .. } => "application-received",
            Self::Supplement { .. } => "supplement-wanted",
            Self::Rejected { .. } => "application-rejected",
            Self::Issued { .. } => "certificate-issued",
            Self::Renewed { .. } => "certificate-renewed",
            Self::Suspended { .. } => "certificate-suspended",
            Self::Resumed { .. } => "certificate-resumed",
            Self::Revoked { .. } => "certificate-revoked",
            Self::Expiring { .. } => "certificate-expiring",
            Self::Code { .. } => "one-time-code",
        }
    }

    /// The subject line: fixed words, because it travels and is listed in clear.
    #[must_use]
    pub const fn subject(&self) -> &'static str {
        match self {
            Self::Received { .. } => "证书申请已受理 · Application received",
            Self::Supplement { .. } => "证书申请需要补正 · Something more is needed",
            Self::Rejected { .. } => "证书申请未获批准 · Application rejected",
            Self::Issued { .. } => "证书已签发 · Certificate issued",
            Self::Renewed { .. } => "证书已更新 · Certificate renewed",
            Self::Suspended { .. } => "证书已暂停 · Certificate suspended",
            Self::Resumed { .. } => "证书已恢复 · Certificate resumed",
            Self::Revoked { .. } => "证书已撤销 · Certificate revoked",
            Self::Expiring { .. } => "证书即将到期 · Certificate ends soon",
            Self::Code { .. } => "一次性代码 · One-time code",
        }
    }

    /// The body, to `holder`.
    ///
    /// # Errors
    /// Only if the template could not be written into memory.
    pub fn body(&self, office: &Office, holder: &str) -> Result<String, askama::Error> {
        let letter = self.tidied();
        let holder = tidy(holder, NAME_CHARACTERS_MAX, false);
        let text = Paper {
            office,
            holder: &holder,
            letter: &letter,
        }
        .render()?;
        Ok(text.trim().to_owned() + "\n")
    }

    /// The same with what people wrote made harmless.
    fn tidied(&self) -> Self {
        let mut letter = self.clone();
        match &mut letter {
            Self::Supplement { what: text, .. } | Self::Rejected { reason: text, .. } => {
                *text = tidy(text, TEXT_CHARACTERS_MAX, true);
            }
            Self::Code { code, .. } => *code = tidy(code, NAME_CHARACTERS_MAX, false),
            _ => {}
        }
        letter
    }
}

/// Text without control characters and without those that turn the direction of writing (the bidirectional controls of Unicode), at most
/// so long. Lines are kept where a text may have them; elsewhere a line break is a space.
fn tidy(text: &str, characters_max: usize, lines: bool) -> String {
    let turns = |letter: char| matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = text.chars().filter_map(|letter| match letter {
        '\n' if lines => Some('\n'),
        '\r' if lines => None,
        '\u{2028}' | '\u{2029}' => Some(' '),
        letter if letter.is_control() => Some(' '),
        letter if turns(letter) => None,
        letter => Some(letter),
    });
    let cut: String = kept.take(characters_max).collect();
    cut.trim().to_owned()
}

/// A serial number in groups of four that can be read aloud.
fn grouped(serial: &str) -> String {
    let characters: Vec<char> = serial.to_ascii_uppercase().chars().collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// Beijing time, in which the law counts, with its zone.
fn beijing(at: &Timestamp) -> String {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M (UTC+8)").to_string()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn body(letter: &Letter, holder: &str) -> String {
        let office = Office {
            name: "示例认证".to_owned(),
            public_url: "https://ca.example.cn".to_owned(),
        };
        letter.body(&office, holder).unwrap()
    }

    fn all() -> Vec<Letter> {
        let application = || "0193a0".to_owned();
        let serial = || "4f2a91c70d3e88b1".to_owned();
        let not_after: Timestamp = "2027-11-22T15:59:59Z".parse().unwrap();
        vec![
            Letter::Received {
                application: application(),
            },
            Letter::Supplement {
                application: application(),
                what: "营业执照".to_owned(),
            },
            Letter::Rejected {
                application: application(),
                reason: "名称不符".to_owned(),
            },
            Letter::Issued {
                application: application(),
                serial: serial(),
                not_after,
            },
            Letter::Renewed {
                application: application(),
                serial: serial(),
                replaces: "4b00".to_owned(),
                not_after,
            },
            Letter::Suspended { serial: serial() },
            Letter::Resumed { serial: serial() },
            Letter::Revoked {
                serial: serial(),
                ground: Some(RevocationGround::SecurityNotGuaranteed),
            },
            Letter::Revoked {
                serial: serial(),
                ground: None,
            },
            Letter::Expiring {
                serial: serial(),
                not_after,
                days: 30,
            },
            Letter::Expiring {
                serial: serial(),
                not_after,
                days: 1,
            },
            Letter::Code {
                purpose: Purpose {
                    zh: "领取证书",
                    en: "fetching your certificate",
                },
                code: "4827 1193".to_owned(),
                until: not_after,
            },
        ]
    }

    #[test]
    fn every_letter_says_the_same_in_both_languages() {
        let written: Vec<String> = all()
            .iter()
            .map(|letter| format!("== {}\n{}", letter.subject(), body(letter, "张三")))
            .collect();
        insta::assert_snapshot!(written.join("\n"));
    }

    #[test]
    fn no_letter_leaves_lines_empty_in_a_row() {
        for letter in all() {
            let text = body(&letter, "张三");
            assert!(!text.contains("\n\n\n"), "{text}");
            assert_eq!(text.matches("张三").count(), 2, "{text}");
        }
    }

    #[test]
    fn a_name_stays_one_line_and_a_reason_keeps_its_lines() {
        let name = "张三\r\nBcc: all@example.cn\r\n\r\n<script>\u{202e}";
        let letter = Letter::Rejected {
            application: "1".to_owned(),
            reason: "一\r\n二\u{0}".to_owned(),
        };
        let text = body(&letter, name);
        assert!(text.starts_with("张三  Bcc: all@example.cn    <script>：\n"), "{text}");
        assert!(text.contains("\n一\n二\n"), "{text}");
        assert!(!text.contains(['\r', '\u{0}', '\u{202e}']), "{text:?}");
    }

    #[test]
    fn a_name_is_no_place_for_a_message() {
        let text = body(
            &Letter::Suspended {
                serial: "4b".to_owned(),
            },
            &"长".repeat(1000),
        );
        assert_eq!(text.matches('长').count(), 2 * NAME_CHARACTERS_MAX);
    }
}
