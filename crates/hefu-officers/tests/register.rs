//! The register with a real database: enrolment, authentication, constraints, records.
#![expect(clippy::unwrap_used, reason = "tests")]

use hefu_database::Database;
use hefu_officers::{AuthenticationError, EnrolError, Officers, Role};
use jiff::Timestamp;
use sqlx::Row as _;

struct House {
    folder: tempfile::TempDir,
    database: Database,
    officers: Officers,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let database = Database::open(&url, &[hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS])
        .await
        .unwrap();
    let officers = Officers::open(database.clone()).await.unwrap();
    House {
        folder,
        database,
        officers,
    }
}

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn an_officer_is_known_by_the_token_and_by_nothing_else() {
    let house = house().await;
    let (officer, token) = house
        .officers
        .enrol("王伟", Role::BUSINESS_OPERATOR, noon())
        .await
        .unwrap();
    let (other, others_token) = house.officers.enrol("李娜", Role::AUDITOR, noon()).await.unwrap();
    assert_eq!((officer.id().number(), other.id().number()), (1, 2));
    assert_eq!(house.officers.authenticate(&token.reveal(), noon()).unwrap(), officer);
    assert_eq!(
        house.officers.authenticate(&others_token.reveal(), noon()).unwrap(),
        other
    );
    let crossed = others_token.reveal().replace("hefu-2-", "hefu-1-");
    let nobody = others_token.reveal().replace("hefu-2-", "hefu-3-");
    for wrong in [crossed.as_str(), nobody.as_str(), "", "hefu-1-", "Bearer"] {
        assert_eq!(
            house.officers.authenticate(wrong, noon()),
            Err(AuthenticationError::Unknown),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_token_outlives_a_restart_and_is_nowhere_in_the_files() {
    let house = house().await;
    let (officer, token) = house
        .officers
        .enrol("王伟", Role::BUSINESS_OPERATOR, noon())
        .await
        .unwrap();
    let again = Officers::open(house.database.clone()).await.unwrap();
    assert_eq!(again.authenticate(&token.reveal(), noon()).unwrap(), officer);
    let digits = token.reveal().rsplit_once('-').unwrap().1.to_owned();
    let secret = hex::decode(&digits).unwrap();
    for file in std::fs::read_dir(house.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(32).any(|window| window == secret));
        assert!(!bytes.windows(64).any(|window| window == digits.as_bytes()));
    }
}

#[tokio::test]
async fn nobody_is_enrolled_twice_so_nobody_is_in_both_branches() {
    let house = house().await;
    house
        .officers
        .enrol("王伟", Role::BUSINESS_OPERATOR, noon())
        .await
        .unwrap();
    let again = house.officers.enrol(" 王伟 ", Role::AUDITOR, noon()).await.unwrap_err();
    assert!(matches!(again, EnrolError::NameTaken), "{again}");
    assert_eq!(house.officers.all().len(), 1);
}

#[tokio::test]
async fn names_that_fit_no_roster_are_refused() {
    let house = house().await;
    for name in ["", "  ", "a\u{7}b", &"长".repeat(65)] {
        assert!(
            house.officers.enrol(name, Role::AUDITOR, noon()).await.is_err(),
            "{name}"
        );
    }
    assert!(
        house
            .officers
            .enrol(&"长".repeat(64), Role::AUDITOR, noon())
            .await
            .is_ok()
    );
}

/// Raw SQL, past everything that this crate checks.
async fn raw(house: &House, sql: &'static str) -> Result<(), hefu_database::DatabaseError> {
    house
        .database
        .write(move |connection| {
            Box::pin(async move {
                sqlx::query(sql).execute(connection).await?;
                Ok(())
            })
        })
        .await
}

#[tokio::test]
async fn the_database_itself_refuses_a_mixture_of_branches() {
    let house = house().await;
    house
        .officers
        .enrol("王伟", Role::BUSINESS_OPERATOR, noon())
        .await
        .unwrap();
    for (what, sql) in [
        (
            "a role outside its branch",
            "INSERT INTO officer_officer (id, name, role, branch, duty, enrolled_at) \
             VALUES (9, 'x', 'auditor', 'business', 'on', 0)",
        ),
        (
            "the same person again in the other branch",
            "INSERT INTO officer_officer (id, name, role, branch, duty, enrolled_at) \
             VALUES (9, '王伟', 'auditor', 'audit', 'on', 0)",
        ),
        (
            "a person moved to the other branch",
            "UPDATE officer_officer SET role = 'auditor', branch = 'audit' WHERE id = 1",
        ),
        (
            "a role of the other branch",
            "UPDATE officer_officer SET role = 'auditor' WHERE id = 1",
        ),
        (
            "a second branch for one person",
            "INSERT INTO officer_branch (officer, branch) VALUES (1, 'audit')",
        ),
        (
            "a changed branch",
            "UPDATE officer_branch SET branch = 'audit' WHERE officer = 1",
        ),
        (
            "a delegate without a body",
            "UPDATE officer_officer SET role = 'delegated-operator' WHERE id = 1",
        ),
    ] {
        assert!(raw(&house, sql).await.is_err(), "{what}");
    }
    raw(
        &house,
        "UPDATE officer_officer SET role = 'business-administrator' WHERE id = 1",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn each_enrolment_is_recorded_without_the_name() {
    let house = house().await;
    house
        .officers
        .enrol("王伟", Role::BUSINESS_ADMINISTRATOR, noon())
        .await
        .unwrap();
    let mut connection = house.database.read().await.unwrap();
    let rows = sqlx::query("SELECT bytes FROM record_entry")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let bytes: Vec<u8> = rows.first().unwrap().try_get(0).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let body = serde_json::json!({ "branch": "business", "role": "business-administrator" });
    let expected = serde_json::json!({
        "v": 1, "at": noon().as_microsecond(), "kind": "officer-enrolled/1", "subject": "officer:1",
        "actor": "operator", "body": body,
    });
    assert_eq!(record, expected);
}
