//! Changes of officers, training and sessions against a real database.
#![expect(clippy::unwrap_used, reason = "tests")]

use futures_util::FutureExt as _;
use gm_suite::{KeyAlgorithm, PrivateKey, Signer as _};
use hefu_database::Database;
use hefu_officers::{
    AuthenticationError, Change, ChangeError, Decided, DelegatedBody, Duty, LoginError, Officer, OfficerSettings,
    Officers, Outcome, Role, Training, TrainingRule,
};
use hefu_rulebook::Explain as _;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use sqlx::Row as _;

struct House {
    _folder: tempfile::TempDir,
    database: Database,
    officers: Officers,
    heads: [Officer; 2],
    auditors: [Officer; 2],
}

async fn house_with(training: TrainingRule) -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let database = Database::open(&url, &[hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS])
        .await
        .unwrap();
    let settings = OfficerSettings {
        server: "ra.example".to_owned(),
        training,
        ..OfficerSettings::default()
    };
    let officers = Officers::open_with(database.clone(), settings).await.unwrap();
    let mut made = Vec::new();
    for (name, role) in [
        ("甲", Role::SUPER_ADMINISTRATOR),
        ("乙", Role::SUPER_ADMINISTRATOR),
        ("丙", Role::AUDIT_ADMINISTRATOR),
        ("丁", Role::AUDIT_ADMINISTRATOR),
    ] {
        made.push(officers.enrol(name, role, noon()).await.unwrap().0);
    }
    let [one, two, three, four] = made.try_into().unwrap();
    House {
        _folder: folder,
        database,
        officers,
        heads: [one, two],
        auditors: [three, four],
    }
}

async fn house() -> House {
    house_with(TrainingRule::default()).await
}

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
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
    async fn code(&self, by: &Officer, change: Change) -> &'static str {
        self.officers.propose(by, change, noon()).await.unwrap_err().code()
    }

    async fn done(&self, [one, other]: [&Officer; 2], change: Change) -> Result<Decided, ChangeError> {
        let proposal = self.officers.propose(one, change, noon()).await?;
        self.officers
            .decide(other, proposal.id, Outcome::Approved, noon())
            .await
    }

    async fn appointed(&self, by: [&Officer; 2], name: &str, role: Role) -> (Officer, String) {
        let decided = self.done(by, appoint(name, role)).await.unwrap();
        let officers = self.officers.all();
        let found = officers.iter().find(|officer| Some(officer.id()) == decided.officer);
        (found.unwrap().clone(), decided.token.unwrap().reveal().to_string())
    }

    async fn kinds(&self) -> Vec<String> {
        let mut connection = self.database.read().await.unwrap();
        let rows = sqlx::query("SELECT bytes FROM record_entry ORDER BY idx")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let kind = |row: &sqlx::any::AnyRow| {
            let entry: serde_json::Value = serde_json::from_slice(&row.get::<Vec<u8>, _>(0)).unwrap();
            let code = entry.pointer("/body/code").and_then(|code| code.as_str());
            let kind = entry.pointer("/kind").unwrap().as_str().unwrap();
            code.map_or_else(|| kind.to_owned(), |code| format!("{kind} {code}"))
        };
        rows.iter().map(kind).collect()
    }
}

#[tokio::test]
async fn one_proposes_another_decides_and_the_officer_is_there() {
    let house = house().await;
    let [one, two] = &house.heads;
    let proposal = house
        .officers
        .propose(one, appoint("戊", Role::BUSINESS_ADMINISTRATOR), noon())
        .await
        .unwrap();
    assert_eq!(house.officers.all().len(), 4, "nobody new before the decision");
    let same = house.officers.decide(one, proposal.id, Outcome::Approved, noon()).await;
    assert_eq!(same.unwrap_err().code(), "same-officer");
    let auditor = house
        .officers
        .decide(&house.auditors[0], proposal.id, Outcome::Approved, noon())
        .await;
    assert_eq!(auditor.unwrap_err().code(), "out-of-rank");
    let decided = house
        .officers
        .decide(two, proposal.id, Outcome::Approved, noon())
        .await
        .unwrap();
    let token = decided.token.unwrap().reveal();
    assert_eq!(
        house.officers.authenticate(&token, noon()).unwrap().role(),
        Role::BUSINESS_ADMINISTRATOR
    );
    let again = house.officers.decide(two, proposal.id, Outcome::Rejected, noon()).await;
    assert_eq!(again.unwrap_err().code(), "proposal-decided");
    assert_eq!(
        house.kinds().await.get(4..).unwrap(),
        [
            "officer-change-proposed/1",
            "officer-act-refused/1 same-officer",
            "officer-act-refused/1 out-of-rank",
            "officer-enrolled/1",
            "officer-change-decided/1",
            "officer-act-refused/1 proposal-decided",
        ]
    );
    let seen = house.officers.proposals(&house.auditors[1], 0).await.unwrap();
    assert_eq!(seen.len(), 1, "the audit branch sees every proposal");
}

#[tokio::test]
async fn a_rejected_proposal_changes_nothing() {
    let house = house().await;
    let [one, two] = &house.heads;
    let change = appoint("戊", Role::BUSINESS_ADMINISTRATOR);
    let proposal = house.officers.propose(one, change, noon()).await.unwrap();
    let decided = house
        .officers
        .decide(two, proposal.id, Outcome::Rejected, noon())
        .await
        .unwrap();
    assert!(decided.officer.is_none() && decided.token.is_none());
    assert_eq!(house.officers.all().len(), 4);
}

#[tokio::test]
async fn every_role_proposes_every_appointment_only_within_its_rank() {
    let house = house().await;
    let [one, two] = &house.heads;
    let filed = DelegatedBody {
        name: "某公司".to_owned(),
        filing: "备字1号".to_owned(),
        filed_on: "2026-11-01".parse().unwrap(),
    };
    let body = house.officers.file_body(one, filed, noon()).await.unwrap();
    let mut everyone = vec![one.clone(), house.auditors[0].clone()];
    let (admin, _) = house.appointed([one, two], "戊", Role::BUSINESS_ADMINISTRATOR).await;
    everyone.push(admin.clone());
    everyone.push(house.appointed([one, two], "己", Role::KEY_CENTRE_OFFICER).await.0);
    everyone.push(house.appointed([&admin, one], "庚", Role::BUSINESS_OPERATOR).await.0);
    let auditors = [&house.auditors[0], &house.auditors[1]];
    everyone.push(house.appointed(auditors, "辛", Role::AUDITOR).await.0);
    let delegated = Change::Appoint {
        name: "壬".to_owned(),
        role: Role::DELEGATED_OPERATOR,
        body: Some(body),
        key: None,
    };
    let decided = house.done([&admin, two], delegated).await.unwrap();
    let all = house.officers.all();
    everyone.push(
        all.into_iter()
            .find(|officer| Some(officer.id()) == decided.officer)
            .unwrap(),
    );
    for by in &everyone {
        for role in Role::ALL {
            let change = Change::Appoint {
                name: format!("{} {role}", by.id()),
                role,
                body: (role == Role::DELEGATED_OPERATOR).then_some(body),
                key: None,
            };
            let outcome = house.officers.propose(by, change, noon()).await;
            match outcome {
                Ok(_) => assert!(by.role().appoints(role), "{} {role}", by.role()),
                Err(why) => {
                    assert!(!by.role().appoints(role), "{} {role}: {why}", by.role());
                    let expected: &[_] = match by.role() {
                        Role::DELEGATED_OPERATOR => &["delegation-too-deep"],
                        _ => &["not-permitted", "out-of-rank"],
                    };
                    assert!(expected.contains(&why.code()), "{} {role}: {why}", by.role());
                }
            }
        }
    }
}

#[tokio::test]
async fn nobody_acts_about_themselves_across_branches_or_on_the_last_two_heads() {
    let house = house().await;
    let [one, two] = &house.heads;
    let auditor = &house.auditors[0];
    let (admin, _) = house.appointed([one, two], "戊", Role::BUSINESS_ADMINISTRATOR).await;
    let move_to = |officer, role| Change::ChangeRole {
        officer,
        role,
        body: None,
    };
    assert_eq!(
        house.code(one, Change::Suspend { officer: one.id() }).await,
        "about-oneself"
    );
    assert_eq!(
        house.code(one, Change::Suspend { officer: two.id() }).await,
        "too-few-heads"
    );
    assert_eq!(
        house.code(one, move_to(admin.id(), Role::AUDITOR)).await,
        "other-branch"
    );
    assert_eq!(
        house.code(auditor, move_to(admin.id(), Role::AUDITOR)).await,
        "other-branch"
    );
    assert_eq!(
        house.code(auditor, Change::Dismiss { officer: admin.id() }).await,
        "out-of-rank"
    );
    assert_eq!(
        house.code(one, Change::Reinstate { officer: admin.id() }).await,
        "wrong-duty"
    );
    assert_eq!(
        house.code(one, appoint("戊", Role::KEY_CENTRE_OFFICER)).await,
        "officer-name-taken"
    );
    assert_eq!(
        house.code(one, move_to(admin.id(), Role::DELEGATED_OPERATOR)).await,
        "body-mismatch"
    );
    let bad_key = Change::RenewCredential {
        officer: admin.id(),
        key: Some("00".to_owned()),
    };
    assert_eq!(house.code(one, bad_key).await, "bad-login-key");
}

#[tokio::test]
async fn what_is_taken_away_is_gone_at_once_also_from_an_open_session() {
    let house = house().await;
    let [one, two] = &house.heads;
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let (session, officer) = logged_in(&house, &key).await;
    assert_eq!(house.officers.authenticate(&session, noon()).unwrap(), officer);
    let id = officer.id();
    house.done([one, two], Change::Suspend { officer: id }).await.unwrap();
    assert_eq!(
        house.officers.authenticate(&session, noon()),
        Err(AuthenticationError::SessionOver)
    );
    assert!(matches!(
        log_in(&house, &officer, &key).await,
        Err(LoginError::Refused(_))
    ));
    house.done([two, one], Change::Reinstate { officer: id }).await.unwrap();
    assert_eq!(
        house.officers.authenticate(&session, noon()),
        Err(AuthenticationError::SessionOver),
        "the old session stays ended"
    );
    let session = log_in(&house, &officer, &key).await.unwrap();
    let change = Change::ChangeRole {
        officer: id,
        role: Role::KEY_CENTRE_OFFICER,
        body: None,
    };
    house.done([one, two], change).await.unwrap();
    assert!(house.officers.authenticate(&session, noon()).is_err());
    let renewed = Change::RenewCredential { officer: id, key: None };
    let token = house.done([one, two], renewed).await.unwrap().token.unwrap().reveal();
    assert!(log_in(&house, &officer, &key).await.is_err(), "the old key is gone");
    assert!(house.officers.authenticate(&token, noon()).is_ok());
    house.done([one, two], Change::Dismiss { officer: id }).await.unwrap();
    assert!(house.officers.authenticate(&token, noon()).is_err());
    let dismissed = house.officers.all().into_iter().find(|known| known.id() == id).unwrap();
    assert_eq!(dismissed.duty(), Duty::Dismissed);
}

async fn logged_in(house: &House, key: &PrivateKey) -> (String, Officer) {
    let change = Change::Appoint {
        name: "戊".to_owned(),
        role: Role::BUSINESS_ADMINISTRATOR,
        body: None,
        key: Some(hex::encode(key.public_key().spki())),
    };
    let decided = house.done([&house.heads[0], &house.heads[1]], change).await.unwrap();
    assert!(decided.token.is_none(), "a key or a token, not both");
    let officers = house.officers.all();
    let officer = officers.into_iter().find(|known| Some(known.id()) == decided.officer);
    let officer = officer.unwrap();
    (log_in(house, &officer, key).await.unwrap(), officer)
}

async fn log_in(house: &House, officer: &Officer, key: &PrivateKey) -> Result<String, LoginError> {
    let challenge = house.officers.challenge(noon()).unwrap();
    let signature = key.sign(challenge.text.as_bytes()).unwrap();
    let logged_in = house
        .officers
        .log_in_by_signature(officer.id(), &challenge.text, &signature, noon())
        .await;
    logged_in.map(|(_, token)| token.reveal().to_string())
}

#[tokio::test]
async fn a_log_in_needs_a_fresh_challenge_the_right_key_and_the_right_person() {
    let house = house().await;
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let stranger = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let (_, officer) = logged_in(&house, &key).await;
    assert!(log_in(&house, &officer, &stranger).await.is_err());
    assert!(log_in(&house, &house.heads[0], &key).await.is_err());
    let challenge = house.officers.challenge(noon()).unwrap().text;
    let signature = key.sign(challenge.as_bytes()).unwrap();
    let late = noon() + 61.seconds();
    let enter = |at| {
        house
            .officers
            .log_in_by_signature(officer.id(), &challenge, &signature, at)
    };
    assert!(enter(late).await.is_err(), "late");
    assert!(enter(noon()).await.is_err(), "spent by the first try");
    let kinds = house.kinds().await;
    let refused = kinds
        .iter()
        .filter(|kind| *kind == "officer-act-refused/1 unauthenticated");
    assert_eq!(refused.count(), 2, "who held a good challenge is recorded: {kinds:?}");
}

#[tokio::test]
async fn sessions_outlive_a_restart_end_when_told_and_are_nobody_elses() {
    let house = house().await;
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let (session, officer) = logged_in(&house, &key).await;
    let again = Officers::open(house.database.clone()).await.unwrap();
    assert_eq!(again.authenticate(&session, noon()).unwrap(), officer);
    let idle = noon() + SignedDuration::from_mins(16);
    assert!(house.officers.authenticate(&session, idle).is_err(), "idle");
    let number = house.officers.session_number(&session).unwrap();
    let other = house.heads[0].id();
    assert!(matches!(
        house.officers.end_session(other, &number, noon()).await,
        Err(LoginError::NoSuchSession)
    ));
    assert_eq!(house.officers.sessions(officer.id(), noon()).len(), 1);
    assert!(house.officers.sessions(other, noon()).is_empty());
    house.officers.end_session(officer.id(), &number, noon()).await.unwrap();
    assert!(house.officers.authenticate(&session, noon()).is_err());
    assert!(house.kinds().await.contains(&"session-ended/1".to_owned()));
    log_in(&house, &officer, &key).await.unwrap();
    let tomorrow = noon() + 24.hours();
    let challenge = house.officers.challenge(tomorrow).unwrap().text;
    let signature = key.sign(challenge.as_bytes()).unwrap();
    let entered = house
        .officers
        .log_in_by_signature(officer.id(), &challenge, &signature, tomorrow)
        .await;
    entered.unwrap();
    let mut connection = house.database.read().await.unwrap();
    let rows = sqlx::query("SELECT number FROM officer_session")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1, "a session that ran out is forgotten");
}

#[tokio::test]
async fn a_post_waits_for_its_training_and_ends_with_it() {
    let rule = TrainingRule {
        good_for: Some(SignedDuration::from_hours(24)),
    };
    let house = house_with(rule).await;
    let [one, two] = &house.heads;
    let (officer, token) = house.appointed([one, two], "戊", Role::BUSINESS_ADMINISTRATOR).await;
    let why = house.officers.authenticate(&token, noon()).unwrap_err();
    assert_eq!(
        (why.code(), why.citation().unwrap().article),
        ("training-missing", "36")
    );
    let training = Training {
        officer: officer.id(),
        course: "岗位培训".to_owned(),
        passed_at: noon(),
    };
    let by_auditor = house
        .officers
        .record_training(&house.auditors[0], training.clone(), noon())
        .await;
    assert_eq!(by_auditor.unwrap_err().code(), "out-of-rank");
    house.officers.record_training(one, training, noon()).await.unwrap();
    assert!(house.officers.authenticate(&token, noon() + 24.hours()).is_ok());
    let over = house.officers.authenticate(&token, noon() + 24.hours() + 1.seconds());
    assert_eq!(over.unwrap_err().code(), "training-missing");
}

#[tokio::test]
async fn the_database_itself_keeps_four_eyes() {
    let house = house().await;
    for (what, sql) in [
        (
            "one for both",
            "INSERT INTO officer_change VALUES (9, NULL, '{}', 1, 0, 'approved', 1, 0)",
        ),
        (
            "about oneself",
            "INSERT INTO officer_change VALUES (9, 1, '{}', 1, 0, 'open', NULL, NULL)",
        ),
        (
            "decided about oneself",
            "INSERT INTO officer_change VALUES (9, 2, '{}', 1, 0, 'approved', 2, 0)",
        ),
        (
            "approved by nobody",
            "INSERT INTO officer_change VALUES (9, NULL, '{}', 1, 0, 'approved', NULL, NULL)",
        ),
        (
            "trained by oneself",
            "INSERT INTO officer_training VALUES (9, 1, 'x', 0, 1, 0)",
        ),
    ] {
        let written: Result<(), hefu_database::DatabaseError> = house
            .database
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(sql).execute(connection).await?;
                    Ok(())
                })
            })
            .await;
        assert!(written.is_err(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_stays_ended_when_the_caller_goes_away() {
    let house = house().await;
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let (session, officer) = logged_in(&house, &key).await;
    let number = house.officers.session_number(&session).unwrap();
    let ending = house.officers.end_session(officer.id(), &number, noon());
    // Polled once, then dropped, as when a connection breaks.
    assert!(ending.now_or_never().is_none(), "it was still under way");
    let mut tries = 0;
    while house.officers.authenticate(&session, noon()).is_ok() {
        tries += 1;
        assert!(tries < 200, "the session still opens the door");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
