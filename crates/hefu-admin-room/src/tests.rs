//! The pages over a real register, shelf and outbox; only the mail server, the clock and the subscribers are made up.
#![expect(clippy::unwrap_used, reason = "tests")]

mod house;

use axum::http::StatusCode;
use hefu_officers::{Change, Outcome, Role};
use hefu_policies::{SAMPLE_CHINESE, SAMPLE_ENGLISH};

use house::{House, noon, today};

/// Every page that is there without a number in its address.
const PAGES: [&str; 17] = [
    "/admin",
    "/admin/officers",
    "/admin/officers?duty=all",
    "/admin/officers/new",
    "/admin/bodies",
    "/admin/bodies/new",
    "/admin/proposals",
    "/admin/proposals?show=open",
    "/admin/policies",
    "/admin/policies/version",
    "/admin/policies/filing",
    "/admin/policies/licence",
    "/admin/policies/proposals",
    "/admin/letters",
    "/admin/profiles",
    "/admin/lints",
    "/admin/sessions",
];

fn appoint(name: &str, role: Role) -> Change {
    Change::Appoint {
        name: name.to_owned(),
        role,
        body: None,
        key: None,
    }
}

/// Where a form led to, without the word of what was done.
fn landed(location: &str) -> &str {
    location.split('?').next().unwrap()
}

#[tokio::test]
async fn every_page_is_there_in_both_languages() {
    let house = House::build().await;
    let one = house.visitor("甲").await;
    let letter = house.failed_letter().await;
    let proposed = house.propose("甲", appoint("戊", Role::BUSINESS_ADMINISTRATOR)).await;
    let published = house.propose_version("甲", "1.0").await;
    let session = house.sessions("丙").await.remove(0);
    let numbered = [
        format!("/admin/letters/{letter}"),
        format!("/admin/proposals/{proposed}"),
        format!("/admin/policies/proposals/{published}"),
        "/admin/officers/2".to_owned(),
        "/admin/officers/5/changes/suspension".to_owned(),
        "/admin/officers/5/changes/binding".to_owned(),
        "/admin/officers/5/changes/post".to_owned(),
        "/admin/officers/5/changes/credential".to_owned(),
        "/admin/officers/5/training".to_owned(),
        "/admin/profiles/person-sm2".to_owned(),
    ];
    for path in PAGES.into_iter().chain(numbered.iter().map(String::as_str)) {
        for (language, mark, other) in [
            ("zh", "lang=\"zh-CN\"", "管理总览"),
            ("en", "lang=\"en\"", "Administration"),
        ] {
            let joint = if path.contains('?') { '&' } else { '?' };
            let answer = one.get(&format!("{path}{joint}lang={language}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} {language}: {}", answer.text);
            assert!(answer.text.contains(mark), "{path} {language}: {}", answer.text);
            assert!(path == "/admin" || answer.text.contains(other), "{path} {language}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
    let other = one.get(&format!("/admin/sessions/{session}/end")).await;
    assert_eq!(
        other.status,
        StatusCode::NOT_FOUND,
        "another branch's session is not seen"
    );
    for path in [
        "/admin/officers/99",
        "/admin/officers/x",
        "/admin/profiles/none",
        "/admin/proposals/99",
    ] {
        assert_eq!(one.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let toml = one.get("/admin/profiles/person-p256/toml").await;
    assert!(toml.text.contains("name = \"person-p256\"") && !toml.text.contains("like ="));
    assert_eq!(
        toml.header("content-disposition"),
        "attachment; filename=\"person-p256.toml\""
    );
}

#[tokio::test]
async fn one_proposes_and_another_decides_and_the_token_is_shown_once() {
    let house = House::build().await;
    let (one, two) = (house.visitor("甲").await, house.visitor("乙").await);
    let fields = [
        ("name", "戊"),
        ("role", "business-administrator"),
        ("body", ""),
        ("key", ""),
    ];
    let asked = one.send("/admin/officers/new", &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let proposal = landed(&asked.header("location")).to_owned();
    let decision = format!("{proposal}/decision");

    let own = one.get(&proposal).await;
    assert!(
        !own.text.contains("name=\"outcome\""),
        "nothing to decide for who proposed it"
    );
    assert!(own.text.contains("M15") || own.text.contains("19"), "{}", own.text);
    let same = one.send(&decision, &[("outcome", "approved")]).await;
    assert_eq!(same.status, StatusCode::CONFLICT);
    assert!(
        same.text.contains("role=\"alert\"") && same.text.contains("提出变动的人员不得决定该变动"),
        "{}",
        same.text
    );
    assert!(
        same.text.contains("class=\"article\""),
        "the article stands beside it: {}",
        same.text
    );

    let shown = two.get(&proposal).await;
    assert!(
        shown.text.contains("name=\"outcome\" value=\"approved\""),
        "{}",
        shown.text
    );
    let neither = two.send(&decision, &[]).await;
    assert_eq!(neither.status, StatusCode::BAD_REQUEST);
    let done = two.send(&decision, &[("outcome", "approved")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(
        done.text.contains("<code>hefu-6-") && done.header("cache-control") == "no-store",
        "{}",
        done.text
    );
    let again = two.send(&decision, &[("outcome", "approved")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(!again.text.contains("hefu-6-") && !two.get(&proposal).await.text.contains("hefu-6-"));
    assert!(two.get("/admin/officers").await.text.contains("戊"));
    assert!(house.kinds().await.contains(&"officer-act-refused/1".to_owned()));
}

#[tokio::test]
async fn a_stale_form_does_nothing_and_is_recorded() {
    let house = House::build().await;
    let (one, two) = (house.visitor("甲").await, house.visitor("乙").await);
    let proposal = house.propose("甲", appoint("戊", Role::KEY_CENTRE_OFFICER)).await;
    let decision = format!("/admin/proposals/{proposal}/decision");
    let stale = two.send_with(&decision, &one.mark(), &[("outcome", "approved")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let two = house.visitor("乙").await;
    assert!(
        two.get(&format!("/admin/proposals/{proposal}"))
            .await
            .text
            .contains("value=\"approved\""),
        "still open"
    );
    assert!(house.kinds().await.contains(&"form-refused/1".to_owned()));
}

#[tokio::test]
async fn an_auditor_reads_everything_and_is_offered_nothing() {
    let house = House::build().await;
    house.failed_letter().await;
    let proposal = house.propose("甲", appoint("戊", Role::BUSINESS_ADMINISTRATOR)).await;
    let published = house.propose_version("甲", "1.0").await;
    let auditor = house.auditor().await;
    let (proposal, published) = (
        format!("/admin/proposals/{proposal}"),
        format!("/admin/policies/proposals/{published}"),
    );
    let more = [proposal.as_str(), &published, "/admin/officers/1", "/admin/letters/1"];
    for path in PAGES.into_iter().chain(more) {
        let answer = auditor.get(path).await;
        assert!(answer.status.is_success() || answer.status.is_client_error(), "{path}");
        let acts = answer.text.matches("method=\"post\"").count();
        assert_eq!(acts, 1, "{path} offers the log-out alone: {}", answer.text);
        for way in [
            "/changes/",
            "/training\"",
            "/admin/officers/new\"",
            "/end\"",
            "/admin/policies/version\"",
        ] {
            assert!(
                !answer.text.contains(way) || path.ends_with(way.trim_end_matches('"')),
                "{path} {way}"
            );
        }
    }
    let refused = auditor
        .send(&format!("{proposal}/decision"), &[("outcome", "approved")])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let refused = auditor
        .send(&format!("{published}/decision"), &[("outcome", "approved")])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let refused = auditor.send("/admin/letters/1/retry", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn each_branch_acts_within_its_reach() {
    let house = House::build().await;
    let (business, audit) = (house.visitor("甲").await, house.visitor("丙").await);
    let shown = business.get("/admin/officers").await.text;
    assert!(
        shown.contains("乙") && !shown.contains("丁"),
        "the audit branch is not the business branch's: {shown}"
    );
    assert!(
        audit.get("/admin/officers").await.text.contains("乙"),
        "the audit branch sees everybody"
    );
    assert_eq!(business.get("/admin/officers/4").await.status, StatusCode::NOT_FOUND);
    let other = audit.get("/admin/officers/2/changes/suspension").await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.text);
    assert!(!other.text.contains("/changes/suspension\" method"), "{}", other.text);
    let forced = audit.send("/admin/officers/2/changes/suspension", &[]).await;
    assert_eq!(forced.status, StatusCode::FORBIDDEN);
    let session = house.sessions("甲").await.remove(0);
    let forced = audit.send(&format!("/admin/sessions/{session}/end"), &[]).await;
    assert_eq!(forced.status, StatusCode::FORBIDDEN, "{}", forced.text);
    assert_eq!(house.sessions("甲").await.len(), 1, "it goes on");
    let appointed = audit
        .send("/admin/officers/new", &[("name", "己"), ("role", "auditor")])
        .await;
    assert_eq!(
        appointed.status,
        StatusCode::SEE_OTHER,
        "its own branch: {}",
        appointed.text
    );
}

#[tokio::test]
async fn a_session_is_ended_by_whoever_oversees_its_officer() {
    let house = House::build().await;
    let (one, two) = (house.visitor("甲").await, house.visitor("乙").await);
    let session = house.sessions("乙").await.remove(0);
    let asked = one.get(&format!("/admin/sessions/{session}/end")).await;
    assert!(asked.text.contains("consequences"), "{}", asked.text);
    let ended = one.send(&format!("/admin/sessions/{session}/end"), &[]).await;
    assert_eq!(
        ended.header("location"),
        "/admin/sessions?done=session",
        "{}",
        ended.text
    );
    assert_eq!(two.get("/admin").await.status, StatusCode::SEE_OTHER, "to the log-in");
    let entry = house.last("session-ended/1").await;
    assert_eq!(
        entry,
        ("officer:2".to_owned(), "officer:1".to_owned()),
        "whose, and by whom"
    );
}

#[tokio::test]
async fn what_the_law_asks_for_is_named_where_a_text_lacks_it() {
    let house = House::build().await;
    let (one, two) = (house.visitor("甲").await, house.visitor("乙").await);
    let chinese = SAMPLE_CHINESE.replace("## 责任范围", "## 其他");
    let day = today().to_string();
    let fields = [
        ("series", "cps"),
        ("version", "1.0"),
        ("effective_on", &day),
        ("covers", "1.2.3"),
    ];
    let files = [("chinese", chinese.as_str()), ("english", SAMPLE_ENGLISH)];
    let refused = one.upload("/admin/policies/version", &fields, &files).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(
        refused.text.contains("责任范围") && refused.text.contains("value=\"1.0\""),
        "{}",
        refused.text
    );
    let (chinese, english) = (
        SAMPLE_CHINESE.replace("样本", "1"),
        SAMPLE_ENGLISH.replace("sample", "1"),
    );
    let files = [("chinese", chinese.as_str()), ("english", english.as_str())];
    let proposed = one.upload("/admin/policies/version", &fields, &files).await;
    assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
    let proposal = landed(&proposed.header("location")).to_owned();
    let same = one
        .send(&format!("{proposal}/decision"), &[("outcome", "approved")])
        .await;
    assert!(
        same.status == StatusCode::CONFLICT && same.text.contains("class=\"article\""),
        "{}",
        same.text
    );
    let done = two
        .send(&format!("{proposal}/decision"), &[("outcome", "approved")])
        .await;
    assert_eq!(
        done.header("location"),
        format!("{proposal}?done=approved"),
        "{}",
        done.text
    );
    assert!(one.get("/admin").await.text.contains("cps 1.0"), "waits to be filed");
}

#[tokio::test]
async fn a_filing_is_entered_with_its_receipt_by_two() {
    let house = House::build().await;
    let (one, two) = (house.visitor("甲").await, house.visitor("乙").await);
    let version = house.propose_version("甲", "1.0").await;
    let path = format!("/admin/policies/proposals/{version}/decision");
    two.send(&path, &[("outcome", "approved")]).await;
    let day = today().to_string();
    let fields = [
        ("version", "cps 1.0"),
        ("recipient", "某厅"),
        ("on", &day),
        ("receipt_name", "回执.pdf"),
    ];
    let proposed = two
        .upload("/admin/policies/filing", &fields, &[("receipt", "receipt of 1.0")])
        .await;
    assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
    let proposal = landed(&proposed.header("location")).to_owned();
    one.send(&format!("{proposal}/decision"), &[("outcome", "approved")])
        .await;
    assert!(one.get("/admin/policies").await.text.contains("某厅"));
    assert_eq!(one.get("/admin/policies/receipts/cps/1.0").await.text, "receipt of 1.0");
}

#[tokio::test]
async fn a_failed_letter_is_sent_again_by_an_administrator() {
    let house = House::build().await;
    let one = house.visitor("甲").await;
    let letter = house.failed_letter().await;
    assert!(one.get("/admin").await.text.contains("/admin/letters?state=failed"));
    let shown = one.get("/admin/letters?state=failed").await.text;
    assert!(shown.contains("smtp-550") && !shown.contains("zhang.san@"), "{shown}");
    let sent = one.send(&format!("/admin/letters/{letter}/retry"), &[]).await;
    assert_eq!(
        sent.header("location"),
        format!("/admin/letters/{letter}?done=letter"),
        "{}",
        sent.text
    );
    let again = one.send(&format!("/admin/letters/{letter}/retry"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(house.kinds().await.contains(&"letter-retried/1".to_owned()));
}

#[tokio::test]
async fn training_and_bodies_are_recorded_by_whoever_oversees() {
    let house = House::build().await;
    let one = house.visitor("甲").await;
    let day = today().to_string();
    let own = one
        .send("/admin/officers/1/training", &[("course", "岗前"), ("passed_on", &day)])
        .await;
    assert!(
        own.status == StatusCode::CONFLICT && own.text.contains("class=\"article\""),
        "{}",
        own.text
    );
    let done = one
        .send("/admin/officers/5/training", &[("course", "岗前"), ("passed_on", &day)])
        .await;
    assert_eq!(
        done.header("location"),
        "/admin/officers/5?done=training",
        "{}",
        done.text
    );
    let later = one
        .send(
            "/admin/officers/5/training",
            &[("course", "岗前"), ("passed_on", "2999-01-01")],
        )
        .await;
    assert_eq!(later.status, StatusCode::BAD_REQUEST);
    let fields = [("name", "某受托机构"), ("filing", "备-7"), ("filed_on", &day)];
    let filed = one.send("/admin/bodies/new", &fields).await;
    assert_eq!(filed.header("location"), "/admin/bodies?done=body", "{}", filed.text);
    assert!(one.get("/admin/bodies").await.text.contains("备-7"));
    let two = house.visitor("乙").await;
    let auditors = two
        .send("/admin/officers/3/training", &[("course", "岗前"), ("passed_on", &day)])
        .await;
    assert_eq!(
        auditors.status,
        StatusCode::NOT_FOUND,
        "the other branch's officers are not there"
    );
}

#[tokio::test]
async fn what_was_decided_elsewhere_is_not_offered_here() {
    let house = House::build().await;
    let proposal = house
        .propose(
            "甲",
            Change::Suspend {
                officer: house.id("戊0"),
            },
        )
        .await;
    let two = house.visitor("乙").await;
    let officer = house.officer("乙");
    house
        .officers
        .decide(&officer, proposal, Outcome::Approved, noon())
        .await
        .unwrap();
    let page = two.get("/admin/officers/5").await.text;
    assert!(
        page.contains("/changes/reinstatement") && !page.contains("/changes/suspension"),
        "{page}"
    );
    let late = two.get("/admin/officers/5/changes/suspension").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
}
