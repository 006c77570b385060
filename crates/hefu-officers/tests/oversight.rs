//! What administrators and auditors see of officers, and ending another's session, against a real database.
#![expect(clippy::unwrap_used, reason = "tests")]

use hefu_database::Database;
use hefu_officers::{
    Change, Officer, OfficerSettings, Officers, Outcome, PROPOSALS_PAGE, Role, Show, Training, TrainingRule,
    TrainingState,
};
use hefu_rulebook::Explain as _;
use jiff::{SignedDuration, Timestamp};

struct House {
    _folder: tempfile::TempDir,
    database: Database,
    officers: Officers,
    heads: [Officer; 2],
    auditors: [Officer; 2],
    operator: Officer,
}

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS];
    let database = Database::open(&url, &migrations).await.unwrap();
    let settings = OfficerSettings {
        training: TrainingRule {
            good_for: Some(SignedDuration::from_hours(48)),
        },
        ..OfficerSettings::default()
    };
    let officers = Officers::open_with(database.clone(), settings).await.unwrap();
    let mut made = Vec::new();
    for (name, role) in [
        ("甲", Role::SUPER_ADMINISTRATOR),
        ("乙", Role::SUPER_ADMINISTRATOR),
        ("丙", Role::AUDIT_ADMINISTRATOR),
        ("丁", Role::AUDIT_ADMINISTRATOR),
        ("戊", Role::BUSINESS_OPERATOR),
    ] {
        made.push(officers.enrol(name, role, noon()).await.unwrap());
    }
    for (officer, token) in made.iter().take(3) {
        let opened = officers.log_in_by_token(&token.reveal(), noon()).await.unwrap();
        assert_eq!(opened.0.id(), officer.id());
    }
    let made: Vec<Officer> = made.into_iter().map(|(officer, _)| officer).collect();
    let [one, two, three, four, operator] = made.try_into().unwrap();
    House {
        _folder: folder,
        database,
        officers,
        heads: [one, two],
        auditors: [three, four],
        operator,
    }
}

fn appoint(name: &str, role: Role) -> Change {
    Change::Appoint {
        name: name.to_owned(),
        role,
        body: None,
        key: None,
    }
}

impl House {
    fn names(&self, by: &Officer) -> Vec<String> {
        let seen = self.officers.seen_by(by).unwrap();
        seen.iter().map(|officer| officer.name().to_owned()).collect()
    }

    fn session(&self, officer: &Officer) -> String {
        self.officers.sessions(officer.id(), noon()).remove(0).number
    }

    async fn propose(&self, by: &Officer, change: Change) -> i64 {
        self.officers.propose(by, change, noon()).await.unwrap().id
    }

    async fn last_kind(&self) -> (String, String, String) {
        let entries = hefu_records::read_entries(&self.database, 0, 500).await.unwrap();
        let last = entries.into_iter().next_back().unwrap();
        (last.kind, last.subject, last.actor)
    }
}

#[tokio::test]
async fn a_branch_sees_its_own_and_the_audit_branch_everybody() {
    let house = house().await;
    let ([one, _], [auditor, _]) = (&house.heads, &house.auditors);
    assert_eq!(house.names(one), ["甲", "乙", "戊"]);
    assert_eq!(house.names(auditor), ["甲", "乙", "丙", "丁", "戊"]);
    let hidden = house.officers.one_seen_by(one, auditor.id());
    assert_eq!(hidden.unwrap_err().code(), "no-such-officer");
    let number = house.propose(auditor, appoint("己", Role::AUDITOR)).await;
    let hidden = house.officers.proposal(one, number).await;
    assert_eq!(hidden.unwrap_err().code(), "no-such-proposal");
    let listed = house.officers.latest_proposals(one, Show::All, None).await.unwrap();
    assert!(listed.items.is_empty() && listed.next.is_none());
    let listed = house
        .officers
        .latest_proposals(auditor, Show::Open, None)
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 1);
}

#[tokio::test]
async fn proposals_come_newest_first_page_by_page_without_those_of_the_other_branch() {
    let house = house().await;
    let ([one, two], [auditor, _]) = (&house.heads, &house.auditors);
    for number in 0..PROPOSALS_PAGE {
        let role = Role::KEY_CENTRE_OFFICER;
        house.propose(one, appoint(&format!("庚{number}"), role)).await;
        house
            .propose(auditor, appoint(&format!("辛{number}"), Role::AUDITOR))
            .await;
    }
    let officer = house.operator.id();
    let suspended = house.propose(one, Change::Suspend { officer }).await;
    let page = house.officers.latest_proposals(one, Show::All, None).await.unwrap();
    let newest = page.items.first().unwrap();
    assert_eq!((page.items.len(), newest.id), (PROPOSALS_PAGE, suspended));
    let rest = house
        .officers
        .latest_proposals(one, Show::All, page.next)
        .await
        .unwrap();
    let ids: Vec<i64> = rest.items.iter().map(|proposal| proposal.id).collect();
    assert_eq!((ids, rest.next), (vec![1], None));
    let about = house
        .officers
        .latest_proposals(two, Show::About(officer), None)
        .await
        .unwrap();
    assert_eq!(about.items.len(), 1);
    let decided = house
        .officers
        .decide(two, suspended, Outcome::Approved, noon())
        .await
        .unwrap();
    assert_eq!(decided.proposal.decided_by(), Some(two.id()));
    let open = house.officers.latest_proposals(one, Show::Open, None).await.unwrap();
    assert!(
        open.items
            .iter()
            .all(|proposal| proposal.is_open() && proposal.id != suspended)
    );
}

#[tokio::test]
async fn a_session_is_ended_within_ones_reach_alone() {
    let house = house().await;
    let ([one, two], [auditor, _]) = (&house.heads, &house.auditors);
    let open = |by: &Officer| house.officers.open_sessions(by, noon()).unwrap().len();
    assert_eq!((open(one), open(auditor), open(&house.operator)), (2, 3, 0));
    let session = house.session(two);
    let reach = house.officers.end_session_of(auditor, &session, noon()).await;
    assert_eq!(reach.unwrap_err().code(), "out-of-rank");
    assert_eq!(house.last_kind().await.0, "officer-act-refused/1");
    let rank = house.officers.end_session_of(&house.operator, &session, noon()).await;
    assert_eq!(rank.unwrap_err().code(), "not-permitted");
    assert_eq!(
        house.officers.end_session_of(one, &session, noon()).await.unwrap(),
        two.id()
    );
    let told = ("session-ended/1".to_owned(), two.id().actor(), one.id().actor());
    assert_eq!(house.last_kind().await, told, "whose it was, and who ended it");
    assert_eq!((open(one), open(auditor)), (1, 2));
    for gone in [session.as_str(), "zz", "0"] {
        let again = house.officers.end_session_of(one, gone, noon()).await;
        assert_eq!(again.unwrap_err().code(), "no-such-session");
    }
}

#[tokio::test]
async fn sessions_end_with_the_certificate_that_is_bound_and_with_no_other() {
    let house = house().await;
    let [one, two] = &house.heads;
    let change = Change::BindCertificate {
        officer: two.id(),
        certificate: "ab".repeat(32),
    };
    let refused = house.officers.may_propose(two, &change).unwrap_err();
    assert_eq!(refused.code(), "about-oneself");
    let two_id = two.id();
    let bound = house.database.write(move |connection| {
        Box::pin(async move { hefu_officers::bind_certificate(connection, two_id, &[0xab; 32], noon()).await })
    });
    bound.await.unwrap();
    house.officers.refresh().await.unwrap();
    let held = house.officers.ways_in(two.id());
    assert_eq!(held.certificate, Some("ab".repeat(32)));
    let ended = |sm3| house.officers.end_sessions_opened_with(sm3, noon());
    assert_eq!(ended([0; 32]).await.unwrap(), 0, "nobody's certificate");
    assert_eq!(ended([0xab; 32]).await.unwrap(), 1);
    let (kind, whose, actor) = house.last_kind().await;
    assert_eq!((kind.as_str(), whose), ("session-ended/1", two.id().actor()));
    assert_eq!(actor, format!("certificate:{}", "ab".repeat(32)));
    assert_eq!(ended([0xab; 32]).await.unwrap(), 0, "and once");
    assert_eq!(house.officers.sessions(one.id(), noon()).len(), 1, "the others go on");
}

#[tokio::test]
async fn training_is_looked_after_for_those_who_need_it() {
    let house = house().await;
    let ([one, two], [auditor, _]) = (&house.heads, &house.auditors);
    let officer = house.operator.id();
    assert_eq!(house.officers.training(one.id()), TrainingState::NotAsked);
    assert_eq!(house.officers.training(officer), TrainingState::Missing);
    let training = Training {
        officer,
        course: "岗前培训".to_owned(),
        passed_at: noon(),
    };
    house.officers.record_training(one, training, noon()).await.unwrap();
    let until = noon() + SignedDuration::from_hours(48);
    let state = house.officers.training(officer);
    assert_eq!(state, TrainingState::GoodUntil(until));
    assert!(!state.stops(until) && state.stops(until + SignedDuration::from_secs(1)));
    let courses = house.officers.courses(two, officer).await.unwrap();
    assert_eq!(courses.first().map(|it| it.recorded_by), Some(one.id()));
    assert!(house.officers.may_oversee(one, officer).is_ok());
    let code = |by: &Officer, of: &Officer| house.officers.may_oversee(by, of.id()).unwrap_err().code();
    assert_eq!(code(one, one), "about-oneself");
    assert_eq!(code(auditor, one), "out-of-rank");
    assert_eq!(code(&house.operator, one), "not-permitted");
}
