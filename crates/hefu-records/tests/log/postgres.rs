//! The same log on `PostgreSQL`, by hand: give an empty database and
//! `HEFU_TEST_POSTGRES=postgres://… cargo test -p hefu-records --features postgres --test log postgres`.

use std::sync::Arc;

use crate::house::{Forger, ORIGIN, key, now, public_key, record, record_and_fail, record_one};
use hefu_database::{Constraint, Database, DatabaseError};
use hefu_records::{Finding, MIGRATIONS, Records, verify_store};

#[tokio::test]
async fn the_same_text_records_seals_refuses_and_verifies_on_postgresql() {
    let Ok(url) = std::env::var("HEFU_TEST_POSTGRES") else {
        println!("HEFU_TEST_POSTGRES is not set: not tested");
        return;
    };
    let database = Database::open(&url, &[MIGRATIONS]).await.unwrap();
    let records = Records::open(database.clone(), ORIGIN, Arc::new(key(7))).await.unwrap();
    record(&database, 0..1000).await.unwrap();
    assert_eq!(record_and_fail(&database, 1).await, DatabaseError::Closed.into());
    assert_eq!(record_one(&database, 1000).await, Ok(1000));
    let checkpoint = records.checkpoint(now()).await.unwrap();
    assert_eq!(checkpoint.unverified().size(), 1001);
    records.inclusion_proof(777).await.unwrap();
    let report = verify_store(&url, &public_key()).await.unwrap();
    assert!(report.is_sound() && report.sealed == 1001, "{report:?}");
    let mut forger = Forger {
        connection: raw(&url).await,
    };
    for text in [
        "UPDATE record_entry SET leaf = leaf",
        "DELETE FROM record_entry",
        "TRUNCATE record_entry",
    ] {
        let error = sqlx::raw_sql(text).execute(&mut forger.connection).await.unwrap_err();
        let error = DatabaseError::from(error);
        assert!(
            matches!(
                error,
                DatabaseError::Refused {
                    constraint: Constraint::Trigger,
                    ..
                }
            ),
            "{error}"
        );
    }
    forger.run("ALTER TABLE record_entry DISABLE TRIGGER USER").await;
    forger
        .run("UPDATE record_entry SET bytes = bytes || 'x'::bytea WHERE idx = 500")
        .await;
    let report = verify_store(&url, &public_key()).await.unwrap();
    assert_eq!(report.findings, [Finding::Edited { index: 500 }]);
}

async fn raw(url: &str) -> hefu_database::Connection {
    <hefu_database::Connection as sqlx::Connection>::connect(url)
        .await
        .unwrap()
}
