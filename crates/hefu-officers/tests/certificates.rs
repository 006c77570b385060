//! Log-in by client certificate and by access token, against a real database.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_certificate::{Issuer, Order, Profiles, Publication, SerialNumber, Subject, Usage};
use hefu_database::Database;
use hefu_officers::{
    CannotTell, CertificateRefused, CertificateStanding, Change, ChangeError, FormFault, LoginError, Officer,
    OfficerId, Officers, Outcome, PresentedCertificate, Role, Standing,
};
use hefu_rulebook::Explain as _;
use jiff::{Timestamp, ToSpan as _};
use sqlx::Row as _;

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

/// A client certificate of one year from noon.
fn certificate(name: &str) -> PresentedCertificate {
    let fields = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let owned = pairs
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()));
        owned.collect()
    };
    let (root_key, key) = (
        PrivateKey::generate(KeyAlgorithm::P256).unwrap(),
        PrivateKey::generate(KeyAlgorithm::P256).unwrap(),
    );
    let profiles = Profiles::builtin();
    let root = profiles.get("root").unwrap();
    let named = fields(&[("common_name", "Door"), ("organisation", "Example")]);
    let above = Subject::new(root, &named).unwrap();
    let issuer = Issuer::self_signed(&above, root_key.public_key(), Publication::nowhere()).unwrap();
    let order = |subject, public_key, validity| Order {
        subject,
        public_key,
        usage: Usage::Single,
        serial: SerialNumber::random().unwrap(),
        validity,
    };
    let validity = root.validity(noon(), None, &issuer).unwrap();
    let draft = root
        .draft(&issuer, &order(&above, root_key.public_key(), validity))
        .unwrap();
    let own = draft.pass().unwrap().sign(&root_key).unwrap().into_der();
    let profile = profiles.get("tls-client").unwrap();
    let publication = Publication::nowhere().with_policy_arc("1.3.6.1.4.1.32473.1").unwrap();
    let issuer = Issuer::from_certificate(&own, publication).unwrap();
    let subject = Subject::new(profile, &fields(&[("common_name", name)])).unwrap();
    let validity = profile.validity(noon(), None, &issuer).unwrap();
    let order = order(&subject, key.public_key(), validity);
    let draft = profile.draft(&issuer, &order).unwrap().pass().unwrap();
    PresentedCertificate::verified(draft.sign(&root_key).unwrap().der()).unwrap()
}

/// An issuer that always says the same.
struct Says(Result<Standing, CannotTell>);

impl CertificateStanding for Says {
    fn standing<'a>(
        &'a self,
        _: &'a PresentedCertificate,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>> {
        async { self.0 }.boxed()
    }
}

const GOOD: Says = Says(Ok(Standing::InForce));

struct House {
    _folder: tempfile::TempDir,
    database: Database,
    officers: Officers,
    heads: [Officer; 2],
    operator: OfficerId,
    token: String,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS];
    let database = Database::open(&url, &migrations).await.unwrap();
    let officers = Officers::open(database.clone()).await.unwrap();
    let (one, _) = officers.enrol("甲", Role::SUPER_ADMINISTRATOR, noon()).await.unwrap();
    let (two, _) = officers.enrol("乙", Role::SUPER_ADMINISTRATOR, noon()).await.unwrap();
    let (operator, token) = officers.enrol("丙", Role::BUSINESS_OPERATOR, noon()).await.unwrap();
    House {
        _folder: folder,
        database,
        officers,
        heads: [one, two],
        operator: operator.id(),
        token: token.reveal().to_string(),
    }
}

impl House {
    async fn done(&self, change: Change) -> Result<(), ChangeError> {
        let [one, two] = &self.heads;
        let proposal = self.officers.propose(one, change, noon()).await?;
        self.officers
            .decide(two, proposal.id, Outcome::Approved, noon())
            .await?;
        Ok(())
    }

    fn bind(&self, presented: &PresentedCertificate) -> Change {
        Change::BindCertificate {
            officer: self.operator,
            certificate: presented.fingerprint(),
        }
    }

    async fn refusal(&self, presented: &PresentedCertificate, issuer: Says, now: Timestamp) -> &'static str {
        let refused = self.officers.log_in_by_certificate(presented, &issuer, now).await;
        refused.unwrap_err().code()
    }

    async fn records(&self, kind: &str) -> Vec<String> {
        let mut connection = self.database.read().await.unwrap();
        let rows = sqlx::query("SELECT bytes FROM record_entry ORDER BY idx")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let entries = rows.iter().map(|row| row.try_get::<Vec<u8>, _>(0).unwrap());
        let entries = entries.map(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
        let wanted = entries.filter(|entry| entry["kind"] == kind);
        wanted.map(|entry| entry["body"].to_string()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_two_officers_bound_opens_a_session() {
    let (house, presented) = (house().await, certificate("丙"));
    assert_eq!(house.refusal(&presented, GOOD, noon()).await, "certificate-not-bound");
    house.done(house.bind(&presented)).await.unwrap();
    let opened = house.officers.log_in_by_certificate(&presented, &GOOD, noon()).await;
    let (officer, session) = opened.unwrap();
    assert_eq!(officer.id(), house.operator);
    assert_eq!(
        house.officers.behind_cookie(&session, noon()).unwrap().id(),
        house.operator
    );
    let other = certificate("丙");
    assert_eq!(house.refusal(&other, GOOD, noon()).await, "certificate-not-bound");
    let records = house.records("login-refused/1").await;
    assert_eq!(
        records.len(),
        2,
        "who is nobody is recorded by the certificate: {records:?}"
    );
    assert!(
        house
            .records("session-opened/1")
            .await
            .concat()
            .contains("\"by\":\"certificate\"")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_out_of_time_ended_or_of_unknown_status_opens_nothing() {
    let (house, presented) = (house().await, certificate("丙"));
    house.done(house.bind(&presented)).await.unwrap();
    let day = noon() + 24.hours();
    for (issuer, now, code) in [
        (GOOD, noon() - 48.hours(), "certificate-out-of-time"),
        (GOOD, noon() + 9000.hours(), "certificate-out-of-time"),
        (Says(Ok(Standing::Suspended)), day, "certificate-suspended"),
        (Says(Ok(Standing::Revoked)), day, "certificate-revoked"),
        (Says(Err(CannotTell)), day, "certificate-status-unknown"),
    ] {
        assert_eq!(house.refusal(&presented, issuer, now).await, code);
    }
    let refused = house.records("officer-act-refused/1").await;
    assert_eq!(refused.len(), 5, "{refused:?}");
    let foreign = Says(Ok(Standing::NotIssuedHere));
    assert!(
        house
            .officers
            .log_in_by_certificate(&presented, &foreign, day)
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unbinding_ends_the_session_and_so_does_suspension() {
    let (house, presented) = (house().await, certificate("丙"));
    house.done(house.bind(&presented)).await.unwrap();
    let (_, session) = house
        .officers
        .log_in_by_certificate(&presented, &GOOD, noon())
        .await
        .unwrap();
    house
        .done(Change::UnbindCertificate {
            officer: house.operator,
        })
        .await
        .unwrap();
    assert!(house.officers.behind_cookie(&session, noon()).is_err());
    assert_eq!(house.refusal(&presented, GOOD, noon()).await, "certificate-not-bound");
    house.done(house.bind(&presented)).await.unwrap();
    house
        .done(Change::Suspend {
            officer: house.operator,
        })
        .await
        .unwrap();
    let refused = house.officers.log_in_by_certificate(&presented, &GOOD, noon()).await;
    assert!(matches!(
        refused.unwrap_err(),
        LoginError::Certificate(CertificateRefused::NotBound)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_one_persons_and_named_by_its_whole_digest() {
    let (house, presented) = (house().await, certificate("丙"));
    house.done(house.bind(&presented)).await.unwrap();
    let other = house
        .officers
        .enrol("丁", Role::BUSINESS_OPERATOR, noon())
        .await
        .unwrap()
        .0;
    let taken = Change::BindCertificate {
        officer: other.id(),
        certificate: presented.fingerprint(),
    };
    assert_eq!(house.done(taken).await.unwrap_err().code(), "certificate-taken");
    let short = Change::BindCertificate {
        officer: other.id(),
        certificate: "0f".to_owned(),
    };
    assert_eq!(house.done(short).await.unwrap_err().code(), "bad-fingerprint");
    let mut connection = house.database.read().await.unwrap();
    let twice = sqlx::query("INSERT INTO officer_certificate (officer, sm3, bound_at) VALUES ($1, $2, 0)")
        .bind(other.id().number())
        .bind(hex::decode(presented.fingerprint()).unwrap())
        .execute(&mut *connection)
        .await;
    assert!(twice.is_err(), "the table says it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_opens_a_session_and_a_session_opens_no_other() {
    let house = house().await;
    let (officer, session) = house.officers.log_in_by_token(&house.token, noon()).await.unwrap();
    assert_eq!(officer.id(), house.operator);
    assert!(house.officers.log_in_by_token(&session.reveal(), noon()).await.is_err());
    assert!(house.officers.log_in_by_token("hefu-3-00", noon()).await.is_err());
    house.officers.leave(&session, noon()).await.unwrap();
    house.officers.leave(&session, noon()).await.unwrap();
    assert!(house.officers.behind_cookie(&session, noon()).is_err());
    let refused = house
        .officers
        .record_form_refused(house.operator, FormFault::Mark, "/sessions", noon());
    refused.await.unwrap();
    assert_eq!(
        house.records("form-refused/1").await,
        [r#"{"fault":"mark","path":"/sessions"}"#]
    );
}
