//! The pages as a browser meets them: read by everybody, acted on by two officers, refused to others.
#![expect(clippy::unwrap_used, reason = "tests")]

mod house;

use axum::http::StatusCode;
use house::House;

const FIRST: &str = "# 虚构月亮花园令\n\n第一条 兔子住在园中。\n\n第二条 园丁播种以后浇水。\n";
const SECOND: &str =
    "# 虚构月亮花园令\n\n第一条 兔子住在园中。\n\n第二条 园丁播种以后浇花。\n\n第三条 蜗牛<b>搬走</b>。\n";
const CONFIRM: &str = "/admin/law/MOON/MOON-2";
const YEAR: &str = "year = 2031\nchecked_with = \"made up\"\n\n[[holiday]]\nzh = \"蜗牛节\"\nen = \"Snail Day\"\nfirst = 2031-03-03\nlast = 2031-03-07\n";

#[tokio::test]
async fn everybody_reads_what_is_asked_and_how_surely_it_is_known() {
    let house = House::open().await;
    let list = house.get("", "/law?lang=en").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(
        list.text.contains("Fictional Order of the Moon Garden"),
        "{}",
        list.text
    );
    assert!(list.text.contains("0 / 1"), "{}", list.text);
    let shown = house.get("", "/law/MOON?lang=zh").await.text;
    assert!(
        shown.contains("未核对原文") && shown.contains("The gardener waters"),
        "{shown}"
    );
    assert!(
        shown.contains("尚未载入官方文本") && shown.contains("由人员落实：只有园丁能浇水。"),
        "{shown}"
    );
    assert_eq!(house.get("", "/law/SUN").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("", "/law/MOON/compare").await.status, StatusCode::NOT_FOUND);
    // Longer than a page; nobody falls off an end.
    let longest = house.get("", "/law/ESL?lang=en&page=2").await;
    assert!(longest.text.contains("/law/ESL?page=1"), "{}", longest.text);
    let beyond = house.get("", "/law/ESL?page=999999").await;
    assert_eq!(beyond.status, StatusCode::OK);
    assert_eq!(house.get("", "/law/ESL?page=x").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_text_is_loaded_by_one_officer_and_a_wording_confirmed_by_another() {
    let house = House::open().await;
    let loaded = house.load(FIRST, "2020-01-01").await;
    assert_eq!(
        (loaded.status, loaded.location.as_str()),
        (StatusCode::SEE_OTHER, "/admin/law/MOON?done=loaded")
    );
    assert!(
        house
            .get(&house.one, &loaded.location)
            .await
            .text
            .contains("文本已载入")
    );
    let asked = house.get(&house.other, CONFIRM).await.text;
    assert!(
        asked.contains("园丁播种以后浇水。") && asked.contains("确认两者一致"),
        "{asked}"
    );

    let own = house.post(&house.one, CONFIRM, "").await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    assert!(own.text.contains("载入文本的人员不得以该文本核对表述"), "{}", own.text);
    let confirmed = house.post(&house.other, CONFIRM, "").await;
    assert_eq!(confirmed.location, "/admin/law/MOON/MOON-2?done=confirmed");
    let shown = house.get("", "/law/MOON?lang=zh").await.text;
    assert!(shown.contains("已核对原文") && !shown.contains("未核对原文"), "{shown}");

    house.load(SECOND, "2025-01-01").await;
    let changed = house.get("", "/law/MOON?lang=en").await.text;
    assert!(changed.contains("to be confirmed again"), "{changed}");
    let way = format!("{CONFIRM}/withdrawal");
    assert!(house.get(&house.one, &way).await.text.contains("重新显示为"));
    let bare = house.post(&house.one, &way, "reason=").await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    let withdrawn = house.post(&house.one, &way, "reason=wrong+line").await;
    assert_eq!(withdrawn.location, "/admin/law/MOON/MOON-2?done=withdrawn");
    assert_eq!(house.get(&house.one, &way).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_editions_are_compared_with_their_words_marked() {
    let house = House::open().await;
    house.load(FIRST, "2020-01-01").await;
    house.load(SECOND, "2025-01-01").await;
    let compared = house.get("", "/law/MOON/compare?lang=en").await.text;
    assert!(compared.contains("2020-01-01 → 2025-01-01"), "{compared}");
    assert!(compared.contains("<del>水</del><ins>花</ins>"), "{compared}");
    assert!(compared.contains("第三条") && compared.contains("added"), "{compared}");
    // What looks like HTML in a text is text.
    assert!(!compared.contains("<b>搬走"), "{compared}");
    assert!(!compared.contains(">第一条<"), "{compared}");
    let same = house.get("", "/law/MOON/compare?old=1&new=1&lang=en").await.text;
    assert!(same.contains("The editions do not differ"), "{same}");
    let other = house.get("", "/law/ESL/compare?old=1&new=2").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wrong_text_is_refused_beside_its_form_with_the_line() {
    let house = House::open().await;
    let wrong = house.load("第二条 甲。\n第一条 乙。\n", "2020-01-01").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(
        wrong.text.contains("第2行") && wrong.text.contains("虚构公报2020年第1号"),
        "{}",
        wrong.text
    );
    let undated = house.load(FIRST, "yesterday").await;
    assert!(undated.text.contains("请填写日期"), "{}", undated.text);
    let forged = house.get("", "/admin/law").await;
    assert_eq!(forged.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_audit_branch_looks_and_is_refused_when_it_acts() {
    let house = House::open().await;
    house.load(FIRST, "2020-01-01").await;
    for path in [
        "/admin/law",
        "/admin/law/MOON",
        CONFIRM,
        "/admin/calendar",
        "/admin/deadlines",
    ] {
        assert_eq!(house.get(&house.auditor, path).await.status, StatusCode::OK, "{path}");
    }
    let shown = house.get(&house.auditor, CONFIRM).await.text;
    assert!(!shown.contains("确认两者一致"), "{shown}");
    let years = house.get(&house.auditor, "/admin/calendar").await.text;
    assert!(!years.contains("/admin/calendar/years"), "{years}");
    assert_eq!(
        house.post(&house.auditor, CONFIRM, "").await.status,
        StatusCode::FORBIDDEN
    );
    let year = house
        .upload(&house.auditor, "/admin/calendar/years", &[("file", YEAR)])
        .await;
    assert_eq!(year.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_year_is_set_and_a_deadline_counted_by_it_at_once() {
    let house = House::open().await;
    let question = "/admin/deadlines?parameter=MOON-2.watering&start=2031-02-28&lang=en";
    let without = house.get(&house.one, question).await;
    assert_eq!(without.status, StatusCode::CONFLICT);
    assert!(
        without.text.contains("there are no holiday data for 2031"),
        "{}",
        without.text
    );
    let set = house
        .upload(&house.one, "/admin/calendar/years", &[("file", YEAR)])
        .await;
    assert_eq!(set.location, "/admin/calendar?done=year-set");
    let counted = house.get(&house.one, question).await.text;
    assert!(
        counted.contains("2031-03-21") && counted.contains("Snail Day"),
        "{counted}"
    );
    let calendar = house.get(&house.one, "/admin/calendar?lang=en").await.text;
    assert!(
        calendar.contains("2031") && calendar.contains("an officer"),
        "{calendar}"
    );
    let same = house
        .upload(&house.one, "/admin/calendar/years", &[("file", YEAR)])
        .await;
    assert_eq!(same.status, StatusCode::CONFLICT);
    let nothing = house
        .get(&house.one, "/admin/deadlines?parameter=MOON-2.watering&start=soon")
        .await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}
