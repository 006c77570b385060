//! The counter's pages in process: a real registry, desk and office on a real database, reached through a router.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod house;

use hefu_applicants::{EVIDENCE_OCTETS_MAX, SubjectKind};
use hefu_officers::Role;

use house::{House, PNG, multipart};

const NUMBER: &str = "11010519491231002X";
const PERSON: [(&str, &str); 3] = [
    ("person-name", "李明"),
    ("person-document", "resident-identity"),
    ("person-number", NUMBER),
];

#[tokio::test]
async fn a_wrong_number_is_said_beside_its_field_and_what_was_typed_stays() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let path = "/desk/applicants/new/person";
    let typed = [
        ("person-name", "<b>李明</b>"),
        ("person-document", "resident-identity"),
        ("person-number", "110105194912310021"),
        ("person-email", "=cmd@example.cn"),
    ];
    let answer = entry.send(path, &typed).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("id=\"person-number-error\""), "{}", answer.body);
    assert!(answer.body.contains("value=\"110105194912310021\""), "{}", answer.body);
    assert!(
        answer.body.contains("&#60;b&#62;李明") && !answer.body.contains("<b>李明"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("=cmd@example.cn"), "{}", answer.body);
    assert_eq!(house.files().await, 0, "nothing was kept");
}

#[tokio::test]
async fn what_is_alike_is_shown_before_it_is_kept() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let path = "/desk/applicants/new/person";
    let first = entry.send(path, &PERSON).await;
    assert_eq!(first.status, 303, "{}", first.body);
    let again = entry.send(path, &PERSON).await;
    assert_eq!(again.status, 200);
    assert!(
        again.body.contains("same number") && again.body.contains("李*"),
        "{}",
        again.body
    );
    assert_eq!(house.files().await, 1, "not kept yet");
    let mark = again.hidden("looked_at");
    let mut looked = PERSON.to_vec();
    looked.push(("looked_at", &mark));
    let kept = entry.send(path, &looked).await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    assert_eq!(house.files().await, 2);
    let shown = entry.get(kept.location()).await;
    assert!(
        shown.body.contains("Look at this") && shown.body.contains("same number"),
        "{}",
        shown.body
    );
    assert!(
        !shown.body.contains(NUMBER) && !shown.body.contains("李明"),
        "masked: {}",
        shown.body
    );
}

#[tokio::test]
async fn an_old_code_that_fails_its_check_warns() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let typed = [
        ("organisation-name", "示例公司"),
        ("organisation-number", "D2143569-9"),
        ("legal_representative-name", "李四"),
        ("legal_representative-document", "passport"),
        ("legal_representative-number", "E12345678"),
    ];
    let answer = entry.send("/desk/applicants/new/organisation", &typed).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("old organisation code"), "{}", answer.body);
    assert!(answer.body.contains("check character does not fit"), "{}", answer.body);
    assert_eq!(house.files().await, 0);
}

#[tokio::test]
async fn a_file_is_found_by_whole_words_only_and_never_by_address() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let file = entry.register(&PERSON).await;
    let id = file.rsplit('/').next().unwrap().to_owned();
    for sought in [NUMBER, "11010519491231002x", " 李明 ", &id] {
        let found = entry.send("/desk/applicants", &[("sought", sought)]).await;
        assert!(
            found.status == 200 && found.body.contains(&file),
            "{sought}: {}",
            found.body
        );
    }
    for sought in ["李", "110105", "%", ""] {
        let found = entry.send("/desk/applicants", &[("sought", sought)]).await;
        assert!(!found.body.contains(&file), "{sought}");
    }
    let auditor = house.log_in(Role::AUDITOR).await;
    let shown = auditor.get("/desk/applicants").await;
    assert!(
        shown.status == 200 && !shown.body.contains("/new/person"),
        "{}",
        shown.body
    );
    assert_eq!(auditor.get("/desk/applicants/new/person").await.status, 403);
    assert_eq!(auditor.get(&format!("{file}/reading")).await.status, 403);
    let shown = auditor.get(&file).await;
    assert!(
        shown.status == 200 && !shown.body.contains("/evidence\""),
        "{}",
        shown.body
    );
}

#[tokio::test]
async fn evidence_is_what_it_claims_fits_and_needs_consent_where_it_is_biometric() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let file = entry.register(&PERSON).await;
    let path = format!("{file}/evidence");
    let upload = async |kind: &str, media: &str, octets: &[u8]| {
        entry.upload(&path, &[("kind", kind), ("media", media)], octets).await
    };

    let other = upload("passport", "image/png", b"%PDF-1.7\nnot a picture").await;
    assert_eq!(other.status, 400, "{}", other.body);
    assert!(
        other.body.contains("role=\"alert\"") && other.body.contains("image/png"),
        "{}",
        other.body
    );
    let mut large = PNG.to_vec();
    large.resize(17 << 20, 0);
    let large = upload("passport", "", &large).await;
    assert_eq!(large.status, 400, "{}", large.body);
    let huge = upload("passport", "", &vec![0; EVIDENCE_OCTETS_MAX + (1 << 20)]).await;
    assert_eq!(huge.status, 413, "{}", huge.body);
    let unknown = upload("passport", "", b"MZ").await;
    assert_eq!(unknown.status, 400, "{}", unknown.body);

    let portrait = upload("portrait", "", &PNG).await;
    assert_eq!(portrait.status, 409, "{}", portrait.body);
    assert!(portrait.body.contains("28-30"), "{}", portrait.body);
    let consent = format!("{file}/consent");
    let asked = entry.send(&consent, &[("means", "paper"), ("text", "en")]).await;
    assert!(asked.status == 400 && asked.body.contains("checked"), "{}", asked.body);
    let given = entry
        .send(&consent, &[("means", "paper"), ("text", "en"), ("agreed", "1")])
        .await;
    assert_eq!(given.status, 303, "{}", given.body);
    assert_eq!(upload("portrait", "", &PNG).await.status, 303);
    assert_eq!(entry.send(&format!("{consent}/withdrawal"), &[]).await.status, 303);
    assert_eq!(upload("portrait", "", &PNG).await.status, 409);
}

#[tokio::test]
async fn evidence_and_file_are_opened_only_for_a_recorded_reason() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let file = entry.register(&PERSON).await;
    let taken = entry
        .upload(&format!("{file}/evidence"), &[("kind", "passport")], &PNG)
        .await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    let shown = entry.get(&file).await;
    let place = shown.body.split(&format!("{file}/evidence/")).nth(1).unwrap();
    let piece = format!("{file}/evidence/{}", place.split('"').next().unwrap());

    for path in [&piece, &format!("{file}/reading")] {
        let refused = entry.send(path, &[("purpose", "dispute"), ("reason", "ok")]).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(
            refused.body.contains("20") && refused.body.contains(">\nok</textarea>"),
            "{}",
            refused.body
        );
    }
    assert_eq!(house.recorded("applicant-act-refused/1").await, 2);
    let opened = entry
        .send(
            &piece,
            &[("purpose", "dispute"), ("reason", "a complaint of the holder")],
        )
        .await;
    assert_eq!((opened.status, opened.octets.as_slice()), (200, PNG.as_slice()));
    assert_eq!(opened.header("cache-control"), "no-store");
    assert_eq!(house.recorded("evidence-opened/1").await, 1);
    let read = entry
        .send(
            &format!("{file}/reading"),
            &[("purpose", "identity-check"), ("reason", "compare with the paper")],
        )
        .await;
    assert!(read.status == 200 && read.body.contains(NUMBER), "{}", read.body);
    assert_eq!(read.header("cache-control"), "no-store");
    assert_eq!(house.recorded("applicant-read/1").await, 1);
}

#[tokio::test]
async fn a_form_that_is_not_of_this_session_does_nothing() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let other = house.log_in(Role::BUSINESS_OPERATOR).await;
    let forged = entry
        .send_marked("/desk/applicants/new/person", &PERSON, &other.mark)
        .await;
    assert_eq!(forged.status, 403, "{}", forged.body);
    let file = entry.register(&PERSON).await;
    let (boundary, body) = multipart(&[("csrf", "00"), ("kind", "passport")], Some(("file", &PNG)));
    let forged = entry.post(&format!("{file}/evidence"), &boundary, body).await;
    assert_eq!(forged.status, 403, "{}", forged.body);
    assert_eq!(house.files().await, 1);
    assert_eq!(house.recorded("evidence-taken/1").await, 0);
    assert_eq!(house.recorded("form-refused/1").await, 2);
}

#[tokio::test]
async fn a_text_that_was_superseded_meanwhile_is_shown_anew() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let head = house.log_in(Role::SUPER_ADMINISTRATOR).await;
    let file = entry.register(&PERSON).await;
    let none = entry.get(&format!("{file}/notice")).await;
    assert!(none.status == 404 && none.body.contains("/desk/texts"), "{}", none.body);

    let form = house::text_fields("1");
    let refused = entry.send("/desk/texts/notice/new", &house::pairs(&form)).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    let mut lacking = form.clone();
    lacking.retain(|(name, _)| !name.ends_with("-en-1"));
    let refused = head.send("/desk/texts/notice/new", &house::pairs(&lacking)).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(
        refused.body.contains("fees") && refused.body.contains("conditions of 1"),
        "{}",
        refused.body
    );
    assert_eq!(
        head.send("/desk/texts/notice/new", &house::pairs(&form)).await.status,
        303
    );

    let shown = entry.get(&format!("{file}/notice?text=zh-CN")).await;
    assert!(shown.body.contains("conditions of 1"), "{}", shown.body);
    let sent = ["version", "text", "sm3"].map(|name| (name, shown.hidden(name)));
    let sent = sent.each_ref().map(|(name, value)| (*name, value.as_str()));
    let second = house::text_fields("2");
    assert_eq!(
        head.send("/desk/texts/notice/new", &house::pairs(&second)).await.status,
        303
    );
    let late = entry.send(&format!("{file}/notice"), &sent).await;
    assert_eq!(late.status, 409, "{}", late.body);
    assert!(
        late.body.contains("21") && late.body.contains("conditions of 2"),
        "{}",
        late.body
    );
    let sent = ["version", "text", "sm3"].map(|name| (name, late.hidden(name)));
    let sent = sent.each_ref().map(|(name, value)| (*name, value.as_str()));
    let taken = entry.send(&format!("{file}/notice"), &sent).await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    let listed = entry.get("/desk/texts").await;
    assert!(
        listed.body.contains("superseded") && listed.body.contains("in force"),
        "{}",
        listed.body
    );
    let old = entry.get("/desk/texts/notice/versions/1").await;
    assert!(old.body.contains("conditions of 1"), "{}", old.body);
    let shown = entry.get(&file).await;
    let copy = shown
        .body
        .split("/desk/agreements/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let copy = entry.get(&format!("/desk/agreements/{copy}")).await;
    assert_eq!(
        (copy.status, copy.header("content-type")),
        (200, "application/pdf".to_owned())
    );
    assert!(
        copy.body.contains("conditions of 2"),
        "the stand-in prints the description: {}",
        copy.body
    );
    assert_eq!(house.recorded("agreement-copied/1").await, 1);
    let again = entry.get(&format!("{file}?done=notice")).await;
    assert!(again.body.contains("SM3"), "{}", again.body);
}

#[tokio::test]
async fn a_check_says_what_is_missing_and_when_it_expired() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let file = entry.register(&PERSON).await;
    let fields = [("occasion", "renewal"), ("serial", "5a01")];
    let path = format!("{file}/check");
    let missing = entry.send(&path, &fields).await;
    assert_eq!(missing.status, 409, "{}", missing.body);
    assert!(
        missing.body.contains("role=\"alert\"") && missing.body.contains("value=\"5a01\""),
        "{}",
        missing.body
    );
    for kind in [
        "identity-document-front",
        "identity-document-back",
        "signed-request",
        "other",
    ] {
        let taken = entry.upload(&format!("{file}/evidence"), &[("kind", kind)], &PNG).await;
        assert_eq!(taken.status, 303, "{}", taken.body);
    }
    let consent = [("means", "paper"), ("agreed", "1")];
    assert_eq!(entry.send(&format!("{file}/consent"), &consent).await.status, 303);
    assert_eq!(
        entry
            .upload(&format!("{file}/evidence"), &[("kind", "portrait")], &PNG)
            .await
            .status,
        303
    );
    let made = entry.send(&path, &fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    assert!(entry.get(&file).await.body.contains("good until"));
    house.later(24 * 40);
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    assert!(entry.get(&file).await.body.contains("expired"));
}

#[tokio::test]
async fn a_wish_for_deletion_is_answered_by_what_must_be_kept() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let file = entry.register(&PERSON).await;
    let asked = entry.get(&format!("{file}/restriction")).await;
    assert!(
        asked.body.contains("47") && asked.body.contains("at least 5 years"),
        "{}",
        asked.body
    );
    let answered = entry.send(&format!("{file}/restriction"), &[]).await;
    assert_eq!(answered.location(), format!("{file}?done=due"));
    let end = "2027-02-28T04:00:00Z".parse().unwrap();
    let until = crate::wish::after(end, hefu_rulebook::Term::years(5).unwrap()).unwrap();
    assert_eq!(until.to_string(), "2032-02-28T04:00:00Z");
}

#[tokio::test]
async fn a_sheet_is_checked_shown_row_by_row_and_given_up() {
    let house = House::build().await;
    let entry = house.log_in(Role::BUSINESS_OPERATOR).await;
    let none = entry.upload_as("/desk/batches", &[], ("sheet", b"")).await;
    assert!(
        none.status == 400 && none.body.contains("Choose a sheet"),
        "{}",
        none.body
    );
    let wrong = entry.upload_as("/desk/batches", &[], ("sheet", b"a,b\n1,2\n")).await;
    assert!(wrong.status == 400 && wrong.body.contains("headings"), "{}", wrong.body);
    let sheet = "profile,csr,country,organisation,common_name\ndevice-sm2,=1+1,CN,示例公司,=HYPERLINK(1)\n";
    let taken = entry.upload_as("/desk/batches", &[], ("sheet", sheet.as_bytes())).await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    let batch = taken.location().split('?').next().unwrap().to_owned();
    let shown = house.until(&entry, &batch, "checked, nothing entered").await;
    assert!(shown.contains("csr"), "{shown}");
    let report = entry.get(&format!("{batch}/report.csv")).await;
    assert!(
        !report.body.contains(",=") && !report.body.contains("\"="),
        "{}",
        report.body
    );
    let forged = entry.send_marked(&format!("{batch}/discarding"), &[], "00").await;
    assert_eq!(forged.status, 403);
    assert!(
        entry
            .get(&format!("{batch}/discarding"))
            .await
            .body
            .contains("forgotten")
    );
    assert_eq!(entry.send(&format!("{batch}/discarding"), &[]).await.status, 303);
    let late = entry.send(&format!("{batch}/start"), &[("document", "licence")]).await;
    assert!(
        late.status == 409 && late.body.contains("discarded"),
        "{}: {}",
        late.status,
        late.body
    );
    assert_eq!(entry.get("/desk/batches/00").await.status, 404);
}

#[test]
fn each_kind_of_applicant_is_asked_for_what_it_needs() {
    let works = [
        ("organisation-name", "示例公司"),
        ("organisation-number", "91350100M000100Y43"),
    ];
    let staff = crate::register::input_of(SubjectKind::Staff, &[&PERSON[..], &works].concat());
    assert!(matches!(
        staff,
        Some(hefu_applicants::ApplicantInput::Staff { department: None, .. })
    ));
    let agent = [("agent-name", "王五"), ("agent-from", "someday")];
    let wrong = crate::register::input_of(SubjectKind::Organisation, &[&works[..], &agent].concat());
    assert_eq!(wrong, None, "a day that is none");
}
