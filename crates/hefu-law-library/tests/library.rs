//! Texts, confirmations and years against a real database. The law is made up: the Order of the Moon Garden.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use hefu_database::Database;
use hefu_law_library::{
    Again, DayCounted, LawError, Library, LibrarySettings, NewEdition, Reckoning, Verification, sm3_hex,
};
use hefu_officers::{Officer, Officers, Role};
use hefu_rulebook::{Explain as _, Kind, Language, Rulebook};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::Value;

const GARDEN: &str = r#"
[instrument]
code = "MOON"
kind = "regulation"
zh = "虚构月亮花园令"
en = "Fictional Order of the Moon Garden"
short_zh = "月亮花园令"
short_en = "Moon Garden"
state = "made up for a test"
provenance = "recalled"
in_force = 2020-01-01

[[obligation]]
id = "MOON-2"
article = "2"
zh = "园丁在播种后十个工作日内浇水。"
en = "The gardener waters within ten working days of sowing."
bound = ["provider"]
kinds = ["deadline"]
provenance = "recalled"
bindings = [{ human_zh = "只有园丁能浇水。", human_en = "Only a gardener can water." }]
[obligation.parameters]
watering = { within = 10, unit = "working-days" }
keeping = { at-least = 2, unit = "years" }
moths = { at-most = 3, unit = "count" }
"#;

const FIRST: &str = "# 虚构月亮花园令\n\n第一条 兔子住在园中。\n\n第二条 园丁播种以后浇水。\n";
const SECOND: &str = "# 虚构月亮花园令\n\n第一条 兔子和蜗牛住在园中。\n\n第二条 园丁播种以后浇水。\n";
const THIRD: &str = "# 虚构月亮花园令\n\n第一条 兔子住在园中。\n\n第二条 园丁不再浇水。\n\n第三条 蜗牛搬走。\n";

/// A year of the far future, with one holiday over a working week.
const YEAR: &str = r#"
year = 2031
checked_with = "made up for a test"

[[holiday]]
zh = "蜗牛节"
en = "Snail Day"
first = 2031-03-03
last = 2031-03-07
worked = [2031-03-08]
"#;

fn noon_on(day: Date) -> Timestamp {
    format!("{day}T04:00:00Z").parse().unwrap()
}

fn today() -> Timestamp {
    noon_on(date(2026, 11, 23))
}

struct House {
    _folder: tempfile::TempDir,
    database: Database,
    library: Library,
    loader: Officer,
    confirmer: Officer,
    auditor: Officer,
}

async fn open(database: &Database) -> Library {
    let book = Rulebook::with_files([("moon.toml", GARDEN)]).unwrap();
    let settings = LibrarySettings {
        database: database.clone(),
        book: Arc::new(book),
    };
    Library::open(settings).await.unwrap()
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let migrations = [
        hefu_records::MIGRATIONS,
        hefu_officers::MIGRATIONS,
        hefu_law_library::MIGRATIONS,
    ];
    let database = Database::open(&url, &migrations).await.unwrap();
    let officers = Officers::open(database.clone()).await.unwrap();
    let mut made = Vec::new();
    for (name, role) in [
        ("甲", Role::SUPER_ADMINISTRATOR),
        ("乙", Role::SUPER_ADMINISTRATOR),
        ("丙", Role::AUDIT_ADMINISTRATOR),
    ] {
        made.push(officers.enrol(name, role, today()).await.unwrap().0);
    }
    let [loader, confirmer, auditor] = made.try_into().unwrap();
    House {
        _folder: folder,
        library: open(&database).await,
        database,
        loader,
        confirmer,
        auditor,
    }
}

impl House {
    async fn load(&self, text: &str, dated: Date) -> Result<i64, LawError> {
        let new = NewEdition {
            instrument: "MOON".to_owned(),
            dated,
            source: "虚构公报".to_owned(),
            text: text.to_owned(),
        };
        Ok(self.library.load(&self.loader, new, today()).await?.id)
    }

    async fn confirm(&self, by: &Officer, edition: i64) -> Result<i64, LawError> {
        Ok(self.library.confirm(by, "MOON-2", edition, today()).await?.id)
    }

    fn verification(&self) -> String {
        let holdings = self.library.holdings().now();
        let obligation = self.library.book().obligation("MOON-2").unwrap();
        match holdings.verification(obligation) {
            Verification::Read => "read".to_owned(),
            Verification::Confirmed(one) => format!("confirmed {}", one.id),
            Verification::Again(one, Again::ArticleChanged) => format!("again {}: article", one.id),
            Verification::Again(one, Again::WordingChanged) => format!("again {}: wording", one.id),
            Verification::Unverified(provenance) => provenance.mark(Language::English).unwrap(),
        }
    }

    async fn records(&self) -> Vec<(String, String, Value)> {
        let entries = hefu_records::read_entries(&self.database, 0, 1000).await.unwrap();
        let ours = entries.into_iter().filter(|it| !it.kind.starts_with("officer"));
        ours.map(|it| (it.kind, it.subject, it.body)).collect()
    }
}

#[tokio::test]
async fn a_wording_is_verified_by_a_second_officer_until_its_article_changes() {
    let house = house().await;
    assert_eq!(house.verification(), "unverified");
    let first = house.load(FIRST, date(2020, 1, 1)).await.unwrap();
    let own = house.confirm(&house.loader, first).await.unwrap_err();
    assert_eq!((own.code(), own.kind()), ("confirmed-by-loader", Kind::Refusal));
    let one = house.confirm(&house.confirmer, first).await.unwrap();
    assert_eq!(house.verification(), format!("confirmed {one}"));
    let again = house.confirm(&house.confirmer, first).await.unwrap_err();
    assert_eq!(again.code(), "wording-already-confirmed");

    // Another article of a newer edition changes nothing here.
    house.load(SECOND, date(2022, 5, 1)).await.unwrap();
    assert_eq!(house.verification(), format!("confirmed {one}"));
    // An older edition that is loaded later is history.
    let third = house.load(THIRD, date(2025, 5, 1)).await.unwrap();
    assert_eq!(house.verification(), format!("again {one}: article"));
    let older = house.confirm(&house.confirmer, first).await.unwrap_err();
    assert_eq!(older.code(), "edition-not-newest");
    let two = house.confirm(&house.confirmer, third).await.unwrap();
    assert_eq!(house.verification(), format!("confirmed {two}"));

    // All of it is there after a new start.
    let reopened = open(&house.database).await.holdings().now();
    assert_eq!(
        reopened.editions("MOON").iter().map(|it| it.id).collect::<Vec<_>>(),
        [3, 2, 1]
    );
    assert_eq!(reopened.edition(first).unwrap().content.as_ref(), FIRST);
    assert_eq!(reopened.last_confirmation("MOON-2").unwrap().id, two);
}

#[tokio::test]
async fn a_confirmation_is_withdrawn_once_and_with_a_reason() {
    let house = house().await;
    let edition = house.load(FIRST, date(2020, 1, 1)).await.unwrap();
    let one = house.confirm(&house.confirmer, edition).await.unwrap();
    let withdraw = |reason: &'static str| house.library.withdraw(&house.loader, one, reason, today());
    assert_eq!(withdraw(" ").await.unwrap_err().code(), "reason-missing");
    assert_eq!(house.verification(), format!("confirmed {one}"));
    withdraw("看错了一行").await.unwrap();
    assert_eq!(house.verification(), "unverified");
    assert_eq!(
        withdraw("again").await.unwrap_err().code(),
        "confirmation-already-withdrawn"
    );
    let records = house.records().await;
    let kinds: Vec<&str> = records.iter().map(|it| it.0.as_str()).collect();
    let expected = [
        "law-text-loaded/1",
        "wording-confirmed/1",
        "wording-confirmation-withdrawn/1",
        "law-act-refused/1",
    ];
    assert_eq!(kinds, expected);
    let loaded = &records.first().unwrap().2;
    assert_eq!(loaded.get("sm3").unwrap(), &sm3_hex(FIRST.as_bytes()));
    assert_eq!(loaded.get("articles").unwrap(), 2);
}

#[tokio::test]
async fn a_text_that_cannot_be_used_is_refused_with_its_line() {
    let house = house().await;
    let cases = [
        ("没有标题的文字", date(2020, 1, 1), "official-text-without-articles"),
        (
            "第二条 甲。\n第一条 乙。\n",
            date(2020, 1, 1),
            "official-text-out-of-order",
        ),
        (FIRST, date(2030, 1, 1), "edition-in-future"),
    ];
    for (text, dated, code) in cases {
        assert_eq!(house.load(text, dated).await.unwrap_err().code(), code);
    }
    let why = house
        .load("第二条 甲。\n第一条 乙。\n", date(2020, 1, 1))
        .await
        .unwrap_err();
    assert!(why.to_string().contains("line 2"), "{why}");
    assert!(why.message(Language::Chinese).contains("第2行"), "{why}");
    let huge = "第一条 长。\n".to_owned() + &"x".repeat(1 << 20);
    assert_eq!(
        house.load(&huge, date(2020, 1, 1)).await.unwrap_err().code(),
        "official-text-too-large"
    );
    house.load(FIRST, date(2020, 1, 1)).await.unwrap();
    let twice = house.load(FIRST, date(2021, 1, 1)).await.unwrap_err();
    assert_eq!((twice.code(), twice.kind()), ("edition-already-loaded", Kind::Refusal));
    let mut elsewhere = NewEdition {
        instrument: "SUN".to_owned(),
        dated: date(2020, 1, 1),
        source: "虚构公报".to_owned(),
        text: SECOND.to_owned(),
    };
    let unknown = house
        .library
        .load(&house.loader, elsewhere.clone(), today())
        .await
        .unwrap_err();
    assert_eq!(unknown.kind(), Kind::Absent);
    elsewhere.instrument = "MOON".to_owned();
    elsewhere.source = "  ".to_owned();
    let nowhere = house.library.load(&house.loader, elsewhere, today()).await.unwrap_err();
    assert_eq!(nowhere.code(), "source-missing");
}

#[tokio::test]
async fn an_article_that_an_edition_lacks_confirms_nothing() {
    let house = house().await;
    let edition = house.load("第一条 兔子住在园中。\n", date(2020, 1, 1)).await.unwrap();
    let missing = house.confirm(&house.confirmer, edition).await.unwrap_err();
    assert_eq!(missing.code(), "article-not-in-edition");
    assert_eq!(
        house.confirm(&house.confirmer, 9).await.unwrap_err().code(),
        "edition-unknown"
    );
    let other = house
        .library
        .confirm(&house.confirmer, "MOON-9", edition, today())
        .await;
    assert_eq!(other.unwrap_err().code(), "obligation-unknown");
    // Of another instrument.
    let foreign = house
        .library
        .confirm(&house.confirmer, "ESL-24", edition, today())
        .await;
    assert_eq!(foreign.unwrap_err().code(), "article-not-in-edition");
}

#[tokio::test]
async fn nobody_of_the_audit_branch_changes_anything_and_the_attempt_is_recorded() {
    let house = house().await;
    let edition = house.load(FIRST, date(2020, 1, 1)).await.unwrap();
    let refused = [
        house.confirm(&house.auditor, edition).await.unwrap_err(),
        house.library.set_year(&house.auditor, YEAR, today()).await.unwrap_err(),
        house
            .library
            .withdraw(&house.auditor, 1, "理由", today())
            .await
            .unwrap_err(),
    ];
    for why in refused {
        assert_eq!(why.code(), "not-permitted");
    }
    let records = house.records().await;
    let attempts = records.iter().filter(|it| it.0 == "law-act-refused/1");
    let acts: Vec<&Value> = attempts.map(|it| it.2.get("act").unwrap()).collect();
    assert_eq!(acts, ["confirm", "set-year", "withdraw"]);
}

#[tokio::test]
async fn a_year_that_is_set_counts_at_once() {
    let house = house().await;
    let due = |start: Date| {
        let holdings = house.library.holdings().now();
        Reckoning::of(house.library.book(), holdings.calendar(), "MOON-2.watering", start)
    };
    let start = date(2031, 2, 28);
    let without = due(start).unwrap_err();
    assert_eq!(without.code(), "holidays-of-year-missing");
    assert!(without.to_string().contains("no holiday data for 2031"), "{without}");
    assert_eq!(house.library.holdings().now().years().len(), 0);

    house.library.set_year(&house.loader, YEAR, today()).await.unwrap();
    let counted = due(start).unwrap();
    // 8 March is worked; then nine days from Monday the 10th.
    assert_eq!(counted.last_day, date(2031, 3, 20));
    assert_eq!(
        (counted.natural_days, counted.working_days, counted.lasting),
        (20, true, false)
    );
    let holidays = counted
        .days
        .iter()
        .filter(|it| matches!(it, DayCounted::Holiday { .. }))
        .count();
    let worked: Vec<_> = counted
        .days
        .iter()
        .filter(|it| matches!(it, DayCounted::WorkedWeekend { .. }))
        .collect();
    assert_eq!((holidays, worked.len()), (5, 1));
    // What was passed over and what was counted is every day.
    assert_eq!(20 - (counted.days.len() - worked.len()), 10);

    let same = house.library.set_year(&house.loader, YEAR, today()).await.unwrap_err();
    assert_eq!(same.code(), "calendar-year-unchanged");
    let shorter = YEAR.replace("last = 2031-03-07", "last = 2031-03-03");
    house
        .library
        .set_year(&house.confirmer, &shorter, today())
        .await
        .unwrap();
    assert_eq!(due(start).unwrap().last_day, date(2031, 3, 14));
    let records = house.records().await;
    let set: Vec<_> = records.iter().filter(|it| it.0 == "calendar-year-set/1").collect();
    assert_eq!(set.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["2031", "2031"]);
    assert!(set.first().unwrap().2.get("sm3_before").unwrap().is_null());
    assert_eq!(
        set.last().unwrap().2.get("sm3_before").unwrap(),
        &sm3_hex(YEAR.as_bytes())
    );
    let broken = house
        .library
        .set_year(&house.loader, "year = \"x\"", today())
        .await
        .unwrap_err();
    assert_eq!((broken.code(), broken.kind()), ("holidays-malformed", Kind::Malformed));
}

#[tokio::test]
async fn only_a_length_of_time_is_reckoned() {
    let house = house().await;
    let reckon = |name: &str| {
        let holdings = house.library.holdings().now();
        Reckoning::of(house.library.book(), holdings.calendar(), name, date(2026, 1, 5))
    };
    let keeping = reckon("MOON-2.keeping").unwrap();
    assert_eq!((keeping.last_day, keeping.lasting), (date(2028, 1, 5), true));
    assert!(keeping.days.is_empty());
    assert_eq!(reckon("MOON-2.moths").unwrap_err().code(), "parameter-sets-no-period");
    assert_eq!(reckon("MOON-2.bees").unwrap_err().code(), "parameter-unknown");
    assert_eq!(reckon("nothing").unwrap_err().code(), "parameter-unknown");
    let book = house.library.book();
    assert!(!Reckoning::is_possible(book.parameter("MOON-2.moths").unwrap()));
    assert!(Reckoning::is_possible(book.parameter("MOON-2.watering").unwrap()));
}
