//! Versions, filings and the licence against a real database: what officers may do, what stands, what is recorded.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_certificate::{LawScope, Profiles};
use hefu_database::Database;
use hefu_officers::{Officer, Officers, Role};
use hefu_policies::{
    Act, Disclosure, Draft, Filing, Founding, Licence, Mode, Outcome, Policies, PolicyError, PolicySettings, Receipt,
    SAMPLE_CHINESE, SAMPLE_ENGLISH, Shelf, Which,
};
use hefu_rulebook::{Calendar, Explain as _, Language, Rulebook};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::Value;

const ARC: &str = "1.3.6.1.4.1.32473.1";

struct House {
    _folder: tempfile::TempDir,
    database: Database,
    policies: Policies,
    heads: [Officer; 2],
    operator: Officer,
}

/// Noon in China.
fn noon_on(day: Date) -> Timestamp {
    format!("{day}T04:00:00Z").parse().unwrap()
}

fn first_day() -> Date {
    date(2026, 11, 23)
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ca.db", folder.path().display());
    let migrations = [
        hefu_records::MIGRATIONS,
        hefu_officers::MIGRATIONS,
        hefu_policies::MIGRATIONS,
    ];
    let database = Database::open(&url, &migrations).await.unwrap();
    let officers = Officers::open(database.clone()).await.unwrap();
    let mut made = Vec::new();
    for (name, role) in [
        ("甲", Role::SUPER_ADMINISTRATOR),
        ("乙", Role::SUPER_ADMINISTRATOR),
        ("丙", Role::BUSINESS_OPERATOR),
    ] {
        made.push(officers.enrol(name, role, noon_on(first_day())).await.unwrap().0);
    }
    let [one, two, operator] = made.try_into().unwrap();
    House {
        _folder: folder,
        policies: open(&database).await,
        database,
        heads: [one, two],
        operator,
    }
}

async fn open(database: &Database) -> Policies {
    let settings = PolicySettings {
        database: database.clone(),
        book: Arc::new(Rulebook::builtin().unwrap()),
        rules: "m15".to_owned(),
        calendar: Arc::new(Calendar::builtin().unwrap()),
    };
    Policies::open(settings).await.unwrap()
}

/// A statement of our own that speaks of everything.
fn draft(version: &str, effective_on: Date) -> Draft {
    Draft {
        series: "cps".parse().unwrap(),
        version: version.parse().unwrap(),
        effective_on,
        covers: vec![ARC.to_owned()],
        chinese: SAMPLE_CHINESE.replace("样本", version),
        english: SAMPLE_ENGLISH.replace("sample", version),
    }
}

fn filing(version: &str, on: Date) -> Act {
    Act::File(Filing {
        series: "cps".parse().unwrap(),
        version: version.parse().unwrap(),
        recipient: "某主管部门".to_owned(),
        on,
        receipt: Receipt {
            name: "回执.pdf".to_owned(),
            content: STANDARD.encode(b"%PDF receipt"),
        },
    })
}

fn licence(valid_until: Date) -> Act {
    Act::RecordLicence(Licence {
        name: "某某认证有限公司".to_owned(),
        legal_representative: "张三".to_owned(),
        address: "某市某路1号".to_owned(),
        contact: "010-00000000".to_owned(),
        number: "ECP00000000000".to_owned(),
        issuing_authority: "某主管部门".to_owned(),
        issued_on: date(2026, 11, 1),
        valid_from: date(2026, 11, 1),
        valid_until,
    })
}

fn inside() -> LawScope {
    Profiles::builtin().get("person-sm2").unwrap().law_scope()
}

impl House {
    async fn done(&self, act: Act, day: Date) -> Result<(), PolicyError> {
        let [one, two] = &self.heads;
        let proposal = self.policies.propose(one, act, noon_on(day)).await?;
        let decided = self
            .policies
            .decide(two, proposal.id, Outcome::Approved, noon_on(day))
            .await;
        decided.map(drop)
    }

    fn shelf(&self) -> Arc<Shelf> {
        self.policies.shelf().now()
    }

    /// "stands", or the refusal with its article.
    fn standing(&self, mode: Mode, day: Date) -> String {
        let policy = [format!("{ARC}.1")];
        match self.shelf().stands(mode, &policy, inside(), noon_on(day)) {
            Ok(()) => "stands".to_owned(),
            Err(why) => {
                let rule = why.citation().unwrap();
                format!("{} {} {}", why.code(), rule.instrument, rule.article)
            }
        }
    }

    async fn records(&self) -> Vec<(String, String, String, Value)> {
        let entries = hefu_records::read_entries(&self.database, 0, 1000).await.unwrap();
        let policy = |kind: &str| !kind.starts_with("officer");
        let entries = entries.into_iter().filter(|entry| policy(&entry.kind));
        entries.map(|it| (it.kind, it.subject, it.actor, it.body)).collect()
    }
}

#[tokio::test]
async fn nothing_stands_before_publication_and_the_sample_stands_in_open_mode_alone() {
    let house = house().await;
    let day = first_day();
    assert_eq!(house.standing(Mode::Open, day), "policy-not-published ESL 19");
    let founding = Founding {
        chinese: SAMPLE_CHINESE.to_owned(),
        english: SAMPLE_ENGLISH.to_owned(),
        covers: vec![ARC.to_owned()],
    };
    assert!(house.policies.found(founding.clone(), noon_on(day)).await.unwrap());
    assert!(!house.policies.found(founding, noon_on(day)).await.unwrap(), "once");
    assert_eq!(house.standing(Mode::Open, day), "stands");
    assert_eq!(house.standing(Mode::Licensed, day), "policy-is-sample ESL 19");
    let shelf = house.shelf();
    assert!(shelf.versions()[0].sample && shelf.versions()[0].missing.is_empty());
    let elsewhere = ["1.3.6.1.4.1.32473.10.1".to_owned()];
    let refused = shelf
        .stands(Mode::Open, &elsewhere, inside(), noon_on(day))
        .unwrap_err();
    assert_eq!(
        refused.code(),
        "policy-not-published",
        "an arc covers what is below it, not what begins alike"
    );
    let records = house.records().await;
    assert_eq!(
        (records[0].0.as_str(), records[0].1.as_str()),
        ("policy-published/1", "cps 0.1")
    );
    assert_eq!(
        (records[0].2.as_str(), &records[0].3["sample"]),
        ("operator", &Value::Bool(true))
    );
    let refused = house.done(filing("0.1", day), day).await.unwrap_err();
    assert_eq!(refused.code(), "policy-sample-filed");
}

#[tokio::test]
async fn licensed_mode_wants_publication_filing_and_a_licence_each_with_its_own_refusal() {
    let house = house().await;
    let day = first_day();
    house.done(Act::Publish(draft("1.0", day)), day).await.unwrap();
    assert_eq!(house.standing(Mode::Open, day), "stands");
    assert_eq!(house.standing(Mode::Licensed, day), "policy-not-filed ESL 19");
    house.done(filing("1.0", day), day).await.unwrap();
    assert_eq!(house.standing(Mode::Licensed, day), "licence-record-missing ESL 16");
    house.done(licence(date(2031, 10, 31)), day).await.unwrap();
    assert_eq!(house.standing(Mode::Licensed, day), "stands");
    assert_eq!(
        house.standing(Mode::Licensed, date(2031, 10, 31)),
        "stands",
        "the last day belongs to it"
    );
    assert_eq!(
        house.standing(Mode::Licensed, date(2031, 11, 1)),
        "licence-ended M15 10"
    );
    assert_eq!(house.standing(Mode::Open, date(2031, 11, 1)), "stands");
    let server = Profiles::builtin().get("tls-server").unwrap().law_scope();
    let outside = house
        .shelf()
        .stands(Mode::Licensed, &[], server, noon_on(date(2031, 11, 1)));
    assert_eq!(
        outside,
        Ok(()),
        "the law of signatures does not bind a server's certificate"
    );
}

#[tokio::test]
async fn a_change_has_the_rulebooks_time_to_be_filed_and_then_stops_issuance() {
    let house = house().await;
    let day = first_day();
    house.done(Act::Publish(draft("1.0", day)), day).await.unwrap();
    house.done(filing("1.0", day), day).await.unwrap();
    house.done(licence(date(2031, 10, 31)), day).await.unwrap();
    house
        .done(Act::Publish(draft("1.1", date(2026, 12, 1))), day)
        .await
        .unwrap();
    let shelf = house.shelf();
    assert_eq!(
        shelf.current("cps", day).unwrap().version.as_str(),
        "1.0",
        "1.1 has not begun"
    );
    assert_eq!(shelf.current("cps", date(2026, 12, 1)).unwrap().version.as_str(), "1.1");
    let due = shelf.due(shelf.version("cps", "1.1").unwrap()).unwrap();
    assert_eq!(house.standing(Mode::Licensed, due), "stands");
    assert_eq!(
        house.standing(Mode::Licensed, due.tomorrow().unwrap()),
        "policy-not-filed M15 15"
    );
    house
        .done(filing("1.1", date(2026, 12, 2)), date(2026, 12, 3))
        .await
        .unwrap();
    assert_eq!(house.standing(Mode::Licensed, due.tomorrow().unwrap()), "stands");
}

#[tokio::test]
async fn what_was_published_stays_and_is_never_changed() {
    let house = house().await;
    let day = first_day();
    house.done(Act::Publish(draft("1.0", day)), day).await.unwrap();
    house.done(Act::Publish(draft("2.0", day)), day).await.unwrap();
    let shelf = house.shelf();
    assert_eq!(shelf.current("cps", day).unwrap().version.as_str(), "2.0");
    let old = shelf.version("cps", "1.0").unwrap();
    assert_eq!(*old.chinese, *draft("1.0", day).chinese);
    let again = house.done(Act::Publish(draft("1.0", day)), day).await.unwrap_err();
    assert_eq!(
        (again.code(), again.citation().unwrap().article),
        ("policy-published-already", "16")
    );
    let back = house
        .done(Act::Publish(draft("3.0", day.yesterday().unwrap())), day)
        .await
        .unwrap_err();
    assert_eq!(back.code(), "policy-retroactive");
    let reopened = open(&house.database).await;
    assert_eq!(*reopened.shelf().now(), *house.shelf(), "a restart changes nothing");
    let outline = house.shelf().outline();
    assert_eq!(outline.versions()[0].chinese.len(), 64);
    let text = |sm3: &str| {
        let mut versions = shelf.versions().iter().flat_map(|it| [&it.chinese, &it.english]);
        versions
            .find(|text| hefu_policies::sm3_hex(text.as_bytes()) == sm3)
            .cloned()
    };
    assert_eq!(outline.clone().filled(text).as_ref(), Some(&*shelf));
    assert_eq!(outline.filled(|_| Some("forged".into())), None);
}

#[tokio::test]
async fn missing_topics_are_named_with_their_source_and_nothing_is_published() {
    let house = house().await;
    let day = first_day();
    let mut thin = draft("1.0", day);
    thin.chinese = thin
        .chinese
        .replace("## 信息安全保障措施", "## 甲")
        .replace("## 技术安全控制", "## 丙")
        .replace("## 引言", "## 乙");
    thin.english = thin.english.replace("## Scope of liability", "## Other");
    let [one, _] = &house.heads;
    let refused = house
        .policies
        .propose(one, Act::Publish(thin), noon_on(day))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "cps-topic-missing");
    assert_eq!(
        refused.message(Language::Chinese),
        "没有找到法律要求的事项：中文文本缺少信息安全保障措施（电子签名法 19）；英文文本缺少责任范围（电子签名法 19）"
    );
    let records = house.records().await;
    assert_eq!(
        (records[0].0.as_str(), &records[0].3["code"]),
        ("policy-act-refused/1", &"cps-topic-missing".into())
    );
    assert!(house.shelf().versions().is_empty());
    let mut soft = draft("1.0", day);
    soft.chinese = soft.chinese.replace("## 引言", "## 乙");
    house.done(Act::Publish(soft), day).await.unwrap();
    let shelf = house.shelf();
    let missing = &shelf.versions()[0].missing;
    assert_eq!(
        (missing.len(), missing[0].topic.as_str(), missing[0].required),
        (1, "introduction", false)
    );
}

#[tokio::test]
async fn no_act_is_one_persons_and_operators_have_no_part_in_it() {
    let house = house().await;
    let day = first_day();
    let now = noon_on(day);
    let [one, two] = &house.heads;
    let proposal = house
        .policies
        .propose(one, licence(date(2031, 10, 31)), now)
        .await
        .unwrap();
    let decide = async |by: &Officer, outcome| {
        let decided = house.policies.decide(by, proposal.id, outcome, now).await;
        decided.map_or_else(|why| why.code(), |_| "done")
    };
    assert_eq!(decide(one, Outcome::Approved).await, "same-officer");
    assert_eq!(decide(&house.operator, Outcome::Approved).await, "not-permitted");
    assert_eq!(decide(two, Outcome::Rejected).await, "done");
    assert_eq!(decide(two, Outcome::Approved).await, "proposal-decided");
    assert!(house.shelf().licence().is_none(), "a rejected proposal changes nothing");
    let refused = house
        .policies
        .propose(&house.operator, licence(date(2031, 10, 31)), now)
        .await;
    assert_eq!(refused.unwrap_err().code(), "not-permitted");
    let absent = house.policies.decide(two, 99, Outcome::Approved, now).await;
    assert_eq!(absent.unwrap_err().code(), "no-such-proposal");
}

#[tokio::test]
async fn a_filing_is_of_what_was_published_once_and_its_receipt_is_kept() {
    let house = house().await;
    let day = first_day();
    assert_eq!(
        house.done(filing("1.0", day), day).await.unwrap_err().code(),
        "no-such-policy"
    );
    house.done(Act::Publish(draft("1.0", day)), day).await.unwrap();
    for other in [day.yesterday().unwrap(), day.tomorrow().unwrap()] {
        assert_eq!(
            house.done(filing("1.0", other), day).await.unwrap_err().code(),
            "policy-filing-day"
        );
    }
    house.done(filing("1.0", day), day).await.unwrap();
    assert_eq!(
        house.done(filing("1.0", day), day).await.unwrap_err().code(),
        "policy-filed-already"
    );
    let (name, octets) = house.policies.receipt(&house.operator, "cps", "1.0").await.unwrap();
    assert_eq!((name.as_str(), octets.as_slice()), ("回执.pdf", &b"%PDF receipt"[..]));
    let records = house.records().await;
    let filed = records.iter().find(|it| it.0 == "policy-filed/1").unwrap();
    assert_eq!((filed.1.as_str(), &filed.3["on"]), ("cps 1.0", &day.to_string().into()));
    assert_eq!(filed.3["receipt_sm3"], hefu_policies::sm3_hex(b"%PDF receipt"));
}

#[tokio::test]
async fn the_disclosure_is_made_of_the_records_and_says_which_articles_were_not_read() {
    let house = house().await;
    let day = first_day();
    let empty = Disclosure::of(&house.shelf(), noon_on(day));
    assert!(empty.items.iter().all(|item| item.value.is_none()) && empty.valid.is_none());
    house.done(Act::Publish(draft("1.0", day)), day).await.unwrap();
    house.done(licence(date(2031, 10, 31)), day).await.unwrap();
    let told = Disclosure::of(&house.shelf(), noon_on(day));
    assert_eq!((told.statement.as_deref(), told.valid), (Some("cps 1.0"), Some(true)));
    let number = told.items.iter().find(|item| item.id == "licence-number").unwrap();
    assert_eq!(number.value.as_deref(), Some("ECP00000000000"));
    let sources: Vec<String> = number.sources.iter().map(|it| it.render(Language::Chinese)).collect();
    assert_eq!(
        sources,
        [
            "电子签名法 18",
            "电子认证服务管理办法 12（未核对原文）",
            "电子政务电子认证服务管理办法 13"
        ]
    );
    assert_eq!(number.sources.iter().filter(|it| !it.is_verified()).count(), 1);
    let records = house.records().await;
    let kinds: Vec<&str> = records.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        kinds[kinds.len() - 3..],
        ["policy-act-decided/1", "licence-recorded/1", "disclosure-published/1"]
    );
    let all = format!("{records:?}");
    assert!(!all.contains("张三"), "names of persons stay out of the records");
}

#[tokio::test]
async fn proposals_come_newest_first_and_open_ones_alone_if_so_wished() {
    let house = house().await;
    let ([one, two], now) = (&house.heads, noon_on(first_day()));
    for version in ["1.0", "1.1", "1.2"] {
        let act = Act::Publish(draft(version, first_day()));
        house.policies.propose(one, act, now).await.unwrap();
    }
    house.policies.decide(two, 2, Outcome::Rejected, now).await.unwrap();
    let ids = |found: Vec<hefu_policies::Proposal>| -> Vec<i64> { found.iter().map(|it| it.id).collect() };
    let all = house
        .policies
        .latest(&house.operator, Which::All, None, 2)
        .await
        .unwrap();
    assert_eq!(ids(all), [3, 2]);
    let rest = house.policies.latest(one, Which::All, Some(2), 2).await.unwrap();
    assert_eq!(ids(rest), [1]);
    let open = house.policies.latest(one, Which::Open, None, 9).await.unwrap();
    let code = |by: &Officer| open.first().unwrap().may_be_decided_by(by).unwrap_err().code();
    assert_eq!((code(one), code(&house.operator)), ("same-officer", "not-permitted"));
    assert!(open.first().unwrap().may_be_decided_by(two).is_ok());
    assert_eq!(ids(open), [3, 1]);
}
