#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use hefu_rulebook::{Explain as _, Language};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn today() -> Date {
    date(2026, 11, 22)
}

fn citizen(number: &str) -> String {
    match CitizenNumber::parse(number, today()) {
        Ok(number) => format!("{number} born {}", number.born().unwrap()),
        Err(error) => error.code().to_owned(),
    }
}

/// A number with its check character, from seventeen digits.
fn with_check(body: &str) -> String {
    let fits = |last: &char| ValueCheck::ResidentIdentity.passes(&format!("{body}{last}"));
    let last = "0123456789X".chars().find(fits).unwrap();
    format!("{body}{last}")
}

fn credit_with_check(body: &str) -> String {
    let fits = |last: &char| ValueCheck::CreditCode.passes(&format!("{body}{last}"));
    format!("{body}{}", ALPHABET.chars().find(fits).unwrap())
}

#[test]
fn a_citizens_number_is_read_or_says_what_is_wrong() {
    // The two numbers that GB 11643-1999 is known by, then one fault each.
    for (number, expected) in [
        ("11010519491231002X", "110*************2X born 1949-12-31"),
        (" 11010519491231002x ", "110*************2X born 1949-12-31"),
        ("440524188001010014", "440*************14 born 1880-01-01"),
        ("110105194912310021", "identity-number-check"),
        ("110105491231002", "identity-number-first-generation"),
        ("1101051949123100", "identity-number-shape"),
        ("1101051949123100é", "identity-number-shape"),
        ("身份证", "identity-number-shape"),
        ("", "identity-number-shape"),
    ] {
        let expected = expected.replace("110*************2X", &masked("11010519491231002X"));
        let expected = expected.replace("440*************14", &masked("440524188001010014"));
        assert_eq!(citizen(number), expected, "{number}");
    }
    for (body, expected) in [
        ("11010520261123001", "identity-number-birthday"), // tomorrow
        ("11010518751123001", "identity-number-birthday"), // 151 years ago
        ("11010520250229001", "identity-number-birthday"), // no leap year
        ("99010520000101001", "identity-number-region"),
    ] {
        assert_eq!(citizen(&with_check(body)), expected, "{body}");
    }
    assert!(
        citizen(&with_check("11010520261122001")).ends_with("born 2026-11-22"),
        "born today"
    );
}

#[test]
fn the_first_generation_is_explained_in_both_languages() {
    let error = CitizenNumber::parse("110105491231002", today()).unwrap_err();
    assert!(error.message(Language::Chinese).contains("第一代15位"));
    assert!(
        error
            .message_with_rule(Language::English)
            .ends_with("(GB 11643 (unverified))")
    );
}

#[test]
fn a_number_is_never_printed_whole() {
    let number = CitizenNumber::parse("11010519491231002X", today()).unwrap();
    let printed = format!("{number} {number:?}");
    assert!(!printed.contains("19491231"), "{printed}");
    assert_eq!(masked("11010519491231002X"), "110*************2X");
    assert_eq!(masked("E1234567"), "********");
    assert_eq!(masked("一二三四五六七八九十"), "一二三*****九十");
}

#[test]
fn a_credit_code_is_read_with_notes() {
    let (code, notes) = CreditCode::parse("91350100m000100y43").unwrap();
    assert_eq!(code.registered_with(), Some(("工商", "企业")));
    assert_eq!((code.organisation_code(), notes), ("M000100Y4", vec![]));
    for (code, expected) in [
        ("91350100M000100Y44", NumberError::CreditCheck),
        ("91350100M000100Y4", NumberError::CreditShape),
        ("91350100I000100Y43", NumberError::CreditShape),
        ("9135A100M000100Y43", NumberError::CreditShape),
        ("企业", NumberError::CreditShape),
    ] {
        assert_eq!(CreditCode::parse(code).unwrap_err(), expected, "{code}");
    }
    let (_, notes) = CreditCode::parse(&credit_with_check("91350100M000100Y5")).unwrap();
    assert_eq!(notes, [NumberNote::OldCodeCheck]);
    let (_, notes) = CreditCode::parse(&credit_with_check("X7350100M000100Y4")).unwrap();
    assert_eq!(notes, [NumberNote::RegistrationUnknown]);
}

#[test]
fn an_old_organisation_code_that_fails_its_check_only_warns() {
    let notes = |code| OrganisationCode::parse(code).map(|(_, notes)| notes);
    assert_eq!(notes("M000100Y-4"), Ok(vec![NumberNote::OldCode]));
    assert_eq!(notes("m000100y4"), Ok(vec![NumberNote::OldCode]));
    assert_eq!(
        notes("M000100Y-5"),
        Ok(vec![NumberNote::OldCode, NumberNote::OldCodeCheck])
    );
    for wrong in [
        "M000100-Y4",
        "M000100Y-",
        "M000100Y4-",
        "M000100YA",
        "12345678",
        "一二三",
    ] {
        assert_eq!(notes(wrong), Err(NumberError::OrganisationShape), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,24}") {
        let _ = CitizenNumber::parse(&text, today());
        let _ = CreditCode::parse(&text);
        let _ = OrganisationCode::parse(&text);
        let _ = masked(&text);
    }

    /// ISO 7064 MOD 11-2: every change of one character and every exchange of two neighbours.
    #[test]
    fn a_citizens_number_shows_one_slip(serial in 0_u32..1000, day in 0_i32..40_000, place in 0_usize..18, put in 0_usize..11) {
        let born = date(1900, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let number = with_check(&format!("110105{}{serial:03}", born.strftime("%Y%m%d")));
        prop_assert!(CitizenNumber::parse(&number, today()).is_ok());
        let mut changed: Vec<char> = number.chars().collect();
        changed[place] = "0123456789X".chars().nth(put).unwrap();
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(CitizenNumber::parse(&changed, today()).is_ok(), changed == number);
        if place < 17 {
            let mut swapped: Vec<char> = number.chars().collect();
            swapped.swap(place, place + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assert_eq!(CitizenNumber::parse(&swapped, today()).is_ok(), swapped == number);
        }
    }

    /// Modulo 31, a prime as large as the alphabet, weights 3^i: the same two promises.
    #[test]
    fn a_credit_code_shows_one_slip(body in "9[123][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}", place in 0_usize..18, put in 0_usize..31) {
        let code = credit_with_check(&body);
        prop_assert!(CreditCode::parse(&code).is_ok());
        let mut changed: Vec<char> = code.chars().collect();
        changed[place] = ALPHABET.chars().nth(put).unwrap();
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(CreditCode::parse(&changed).is_ok(), changed == code);
        if place < 17 {
            let mut swapped: Vec<char> = code.chars().collect();
            swapped.swap(place, place + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assert_eq!(CreditCode::parse(&swapped).is_ok(), swapped == code);
        }
    }

    /// GB 11714 promises it for digits; letters run to 35 modulo 11, so that some stand for each other.
    #[test]
    fn an_organisation_code_of_digits_shows_one_slip(body in "[0-9]{8}", place in 0_usize..8, put in 0_u32..10) {
        let last = "0123456789X".chars().find(|last| organisation_check_is_right(&format!("{body}{last}"))).unwrap();
        let mut changed: Vec<char> = body.chars().collect();
        changed[place] = char::from_digit(put, 10).unwrap();
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(organisation_check_is_right(&format!("{changed}{last}")), changed == body);
        if place < 7 {
            let mut swapped: Vec<char> = body.chars().collect();
            swapped.swap(place, place + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assert_eq!(organisation_check_is_right(&format!("{swapped}{last}")), swapped == body);
        }
    }
}
