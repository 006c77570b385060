//! Passkeys against a real database: made, bound by two officers, used, unbound, withdrawn.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use gm_suite::{DigestAlgorithm, KeyAlgorithm, PrivateKey, Signer as _};
use hefu_database::Database;
use hefu_officers::{
    Change, ChangeError, LoginError, Officer, OfficerId, OfficerSettings, Officers, Outcome, PASSKEYS_MAX, Passkey,
    PasskeyAnswer, RelyingParty, Role, SessionToken, Synced,
};
use hefu_rulebook::Explain as _;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;
use sqlx::Row as _;

const ORIGIN: &str = "https://ca.example";

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

/// An authenticator that says what it is told to.
struct Authenticator {
    key: PrivateKey,
    credential: Vec<u8>,
    user_handle: Vec<u8>,
}

fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
        .to_string()
        .into_bytes()
}

fn head(flags: u8, counter: u32) -> Vec<u8> {
    let hash = DigestAlgorithm::Sha256.digest(b"ca.example");
    [hash.as_slice(), &[flags], &counter.to_be_bytes()].concat()
}

impl Authenticator {
    fn new(credential: u8) -> Self {
        Self {
            key: PrivateKey::generate(KeyAlgorithm::P256).unwrap(),
            credential: vec![credential; 20],
            user_handle: Vec::new(),
        }
    }

    fn make(&self) -> Vec<u8> {
        let (x, y) = self.key.public_key().raw()[1..].split_at(32);
        let cose = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20];
        let attested = [
            &[0; 16][..],
            &[0, 20],
            &self.credential,
            &cose,
            x,
            &[0x22, 0x58, 0x20],
            y,
        ]
        .concat();
        [head(0x45, 0), attested].concat()
    }

    fn answer(&self, challenge: &str, origin: &str, counter: u32) -> PasskeyAnswer {
        let client_data = client_data("webauthn.get", challenge, origin);
        let authenticator_data = head(0x05, counter);
        let signed = [
            authenticator_data.as_slice(),
            &DigestAlgorithm::Sha256.digest(&client_data),
        ]
        .concat();
        PasskeyAnswer {
            credential: self.credential.clone(),
            signature: self.key.sign(&signed).unwrap(),
            user_handle: self.user_handle.clone(),
            client_data,
            authenticator_data,
        }
    }
}

struct House {
    _folder: tempfile::TempDir,
    database: Database,
    officers: Officers,
    heads: [Officer; 2],
    operator: Officer,
}

async fn house_with(passkeys: Option<RelyingParty>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS];
    let database = Database::open(&url, &migrations).await.unwrap();
    let settings = OfficerSettings {
        passkeys,
        ..OfficerSettings::default()
    };
    let officers = Officers::open_with(database.clone(), settings).await.unwrap();
    let (one, _) = officers.enrol("甲", Role::SUPER_ADMINISTRATOR, noon()).await.unwrap();
    let (two, _) = officers.enrol("乙", Role::SUPER_ADMINISTRATOR, noon()).await.unwrap();
    let (operator, _) = officers.enrol("丙", Role::BUSINESS_OPERATOR, noon()).await.unwrap();
    House {
        _folder: folder,
        database,
        officers,
        heads: [one, two],
        operator,
    }
}

async fn house() -> House {
    house_with(Some(RelyingParty::at(ORIGIN, Synced::Refused).unwrap())).await
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

    async fn register(&self, authenticator: &mut Authenticator) -> Result<Passkey, LoginError> {
        let wish = self.officers.passkey_wish(&self.operator, noon()).await?;
        authenticator.user_handle = wish.user_handle.to_vec();
        let client = client_data("webauthn.create", &wish.challenge, ORIGIN);
        let made = authenticator.make();
        self.officers.keep_passkey(&self.operator, &client, &made, noon()).await
    }

    fn bind(&self, passkey: &Passkey) -> Change {
        Change::BindPasskey {
            officer: self.operator.id(),
            passkey: passkey.fingerprint.clone(),
        }
    }

    fn unbind(&self, passkey: Option<String>) -> Change {
        let officer = self.operator.id();
        Change::UnbindPasskey { officer, passkey }
    }

    async fn enter(&self, answer: &PasskeyAnswer, now: Timestamp) -> Result<(OfficerId, SessionToken), &'static str> {
        let opened = self.officers.log_in_by_passkey(answer, now).await;
        opened
            .map(|(officer, session)| (officer.id(), session))
            .map_err(|why| why.code())
    }

    async fn log_in(&self, key: &Authenticator, counter: u32) -> Result<(OfficerId, SessionToken), &'static str> {
        let challenge = self.officers.passkey_challenge(noon()).unwrap();
        self.enter(&key.answer(&challenge.text, ORIGIN, counter), noon()).await
    }

    async fn bound(&self) -> Authenticator {
        let mut authenticator = Authenticator::new(7);
        let passkey = self.register(&mut authenticator).await.unwrap();
        self.done(self.bind(&passkey)).await.unwrap();
        authenticator
    }

    async fn records(&self, kind: &str) -> Vec<serde_json::Value> {
        let mut connection = self.database.read().await.unwrap();
        let rows = sqlx::query("SELECT bytes FROM record_entry ORDER BY idx")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let entries = rows.iter().map(|row| row.try_get::<Vec<u8>, _>(0).unwrap());
        let entries = entries.map(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
        let wanted = entries.filter(|entry| entry["kind"] == kind);
        wanted.map(|entry| entry["body"].clone()).collect()
    }

    async fn refusals(&self) -> Vec<String> {
        let records = self.records("officer-act-refused/1").await;
        let codes = records.iter().map(|body| body["code"].as_str().unwrap().to_owned());
        codes.collect()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, LoginError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_a_session_only_while_two_officers_have_it_bound() {
    let house = house().await;
    let mut key = Authenticator::new(7);
    let passkey = house.register(&mut key).await.unwrap();
    assert!(passkey.bound_at.is_none());
    assert_eq!(
        passkey.fingerprint,
        hex::encode(gm_suite::sm3(key.key.public_key().spki()))
    );
    assert_eq!(house.log_in(&key, 1).await.unwrap_err(), "passkey-not-bound");
    house.done(house.bind(&passkey)).await.unwrap();
    let (officer, session) = house.log_in(&key, 2).await.unwrap();
    assert_eq!(officer, house.operator.id());
    assert!(house.officers.behind_cookie(&session, noon()).is_ok());
    let shown = house.officers.passkeys(officer).await.unwrap();
    assert!(shown[0].bound_at.is_some() && shown[0].used_at.is_some());
    house.done(house.unbind(Some(passkey.fingerprint))).await.unwrap();
    assert!(house.officers.behind_cookie(&session, noon()).is_err(), "sessions end");
    assert_eq!(house.log_in(&key, 3).await.unwrap_err(), "passkey-not-bound");
    assert_eq!(
        house.refusals().await,
        ["passkey-not-bound"],
        "who is nobody's is not recorded"
    );
    assert_eq!(house.records("session-opened/1").await[0]["by"], "passkey");
    let decided = house.records("officer-change-decided/1").await;
    assert_eq!(decided[0]["change"]["passkey"], shown[0].fingerprint);
    assert_eq!(house.records("officer-passkey-registered/1").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_works_once_for_a_minute_and_for_its_own_ceremony() {
    let house = house().await;
    let key = house.bound().await;
    let challenge = house.officers.passkey_challenge(noon()).unwrap().text;
    let answer = key.answer(&challenge, ORIGIN, 1);
    assert!(house.enter(&answer, noon()).await.is_ok());
    let replayed = house.enter(&answer, noon()).await;
    assert_eq!(replayed.unwrap_err(), "passkey-challenge-stale");
    let challenge = house.officers.passkey_challenge(noon()).unwrap().text;
    let late = house
        .enter(&key.answer(&challenge, ORIGIN, 2), noon() + 61.seconds())
        .await;
    assert_eq!(late.unwrap_err(), "passkey-challenge-stale");
    let wish = house.officers.passkey_wish(&house.operator, noon()).await.unwrap();
    let other = house.enter(&key.answer(&wish.challenge, ORIGIN, 3), noon()).await;
    assert_eq!(
        other.unwrap_err(),
        "passkey-challenge-stale",
        "a registration's challenge opens nothing"
    );
    let cli = house.officers.challenge(noon()).unwrap().text;
    let other = house.enter(&key.answer(&cli, ORIGIN, 4), noon()).await;
    assert_eq!(
        other.unwrap_err(),
        "passkey-challenge-stale",
        "nor does the command line's"
    );
    assert_eq!(house.refusals().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_answer_is_named_and_recorded() {
    let house = house().await;
    let key = house.bound().await;
    assert!(house.log_in(&key, 5).await.is_ok());
    let challenge = || house.officers.passkey_challenge(noon()).unwrap().text;
    let elsewhere = key.answer(&challenge(), "https://evil.ca.example", 6);
    let mut unsigned = key.answer(&challenge(), ORIGIN, 6);
    unsigned.signature = key.key.sign(b"something else").unwrap();
    let mut stranger = key.answer(&challenge(), ORIGIN, 6);
    stranger.user_handle = vec![0; 32];
    let mut broken = key.answer(&challenge(), ORIGIN, 6);
    broken.client_data.truncate(9);
    let copied = key.answer(&challenge(), ORIGIN, 5);
    let expected = [
        "passkey-of-another-origin",
        "passkey-signature",
        "passkey-malformed",
        "passkey-malformed",
        "passkey-counter-backwards",
    ];
    for (answer, code) in [elsewhere, unsigned, stranger, broken, copied].iter().zip(expected) {
        assert_eq!(house.enter(answer, noon()).await.unwrap_err(), code);
    }
    assert_eq!(house.refusals().await, expected);
    assert!(house.log_in(&key, 6).await.is_ok(), "the officer still comes in");
    let nobody = Authenticator::new(8);
    assert_eq!(house.log_in(&nobody, 1).await.unwrap_err(), "passkey-not-bound");
    assert_eq!(house.refusals().await, expected, "strangers are not recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_who_may_not_act_and_dismissal_takes_the_passkeys() {
    let house = house().await;
    let key = house.bound().await;
    let officer = house.operator.id();
    house.done(Change::Suspend { officer }).await.unwrap();
    assert_eq!(house.log_in(&key, 1).await.unwrap_err(), "passkey-not-bound");
    house.done(Change::Reinstate { officer }).await.unwrap();
    assert!(house.log_in(&key, 2).await.is_ok());
    house
        .done(Change::RenewCredential { officer, key: None })
        .await
        .unwrap();
    assert!(
        house.officers.passkeys(officer).await.unwrap().is_empty(),
        "with the old credentials"
    );
    house.bound().await;
    house.done(Change::Dismiss { officer }).await.unwrap();
    assert!(house.officers.passkeys(officer).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_answers_the_officers_own_fresh_challenge() {
    let house = house().await;
    let mut key = Authenticator::new(7);
    let keep = async |officer: &Officer, challenge: &str, origin: &str, now| {
        let client = client_data("webauthn.create", challenge, origin);
        let kept = house.officers.keep_passkey(officer, &client, &key.make(), now).await;
        code(kept)
    };
    let wish = house.officers.passkey_wish(&house.operator, noon()).await.unwrap();
    assert_eq!(
        keep(&house.heads[0], &wish.challenge, ORIGIN, noon()).await,
        "passkey-challenge-stale"
    );
    assert_eq!(
        keep(&house.operator, &wish.challenge, "https://ca.example:8443", noon()).await,
        "passkey-of-another-origin"
    );
    assert_eq!(
        keep(&house.operator, &wish.challenge, ORIGIN, noon()).await,
        "passkey-challenge-stale",
        "spent"
    );
    let wish = house.officers.passkey_wish(&house.operator, noon()).await.unwrap();
    let late = noon() + 61.seconds();
    assert_eq!(
        keep(&house.operator, &wish.challenge, ORIGIN, late).await,
        "passkey-challenge-stale"
    );
    assert_eq!(house.refusals().await.len(), 4);
    house.register(&mut key).await.unwrap();
    let again = house.register(&mut key).await;
    assert_eq!(code(again), "passkey-taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_has_a_few_passkeys_and_withdraws_their_own() {
    let house = house().await;
    let mut first = Authenticator::new(0);
    let passkey = house.register(&mut first).await.unwrap();
    house.done(house.bind(&passkey)).await.unwrap();
    let (_, session) = house.log_in(&first, 1).await.unwrap();
    for number in 1..PASSKEYS_MAX {
        house
            .register(&mut Authenticator::new(u8::try_from(number).unwrap()))
            .await
            .unwrap();
    }
    assert_eq!(
        code(house.register(&mut Authenticator::new(99)).await),
        "too-many-passkeys"
    );
    let wish = house.officers.passkeys(house.operator.id()).await.unwrap();
    let withdraw = async |officer: &Officer, name: &str| house.officers.withdraw_passkey(officer, name, noon()).await;
    assert_eq!(
        code(withdraw(&house.heads[0], &passkey.fingerprint).await),
        "no-such-passkey",
        "another's"
    );
    assert_eq!(code(withdraw(&house.operator, "0f").await), "no-such-passkey");
    withdraw(&house.operator, &wish[1].fingerprint).await.unwrap();
    withdraw(&house.operator, &passkey.fingerprint).await.unwrap();
    assert!(
        house.officers.behind_cookie(&session, noon()).is_err(),
        "a bound one takes the sessions along"
    );
    assert_eq!(house.log_in(&first, 2).await.unwrap_err(), "passkey-not-bound");
    assert_eq!(house.records("officer-passkey-withdrawn/1").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_passkey_that_waits_is_bound_and_only_one_that_is_there_unbound() {
    let house = house().await;
    let refused = async |change| house.done(change).await.unwrap_err().code();
    assert_eq!(refused(house.unbind(None)).await, "no-such-passkey");
    let mut key = Authenticator::new(7);
    let passkey = house.register(&mut key).await.unwrap();
    let named = |officer, passkey: &str| Change::BindPasskey {
        officer,
        passkey: passkey.to_owned(),
    };
    let own = house.operator.id();
    assert_eq!(refused(named(own, "0f")).await, "bad-fingerprint");
    assert_eq!(refused(named(own, &"0f".repeat(32))).await, "no-such-passkey");
    assert_eq!(
        refused(named(house.heads[0].id(), &passkey.fingerprint)).await,
        "about-oneself"
    );
    let third = house
        .officers
        .enrol("丁", Role::BUSINESS_OPERATOR, noon())
        .await
        .unwrap()
        .0;
    assert_eq!(
        refused(named(third.id(), &passkey.fingerprint)).await,
        "no-such-passkey",
        "another's"
    );
    house.done(house.bind(&passkey)).await.unwrap();
    assert_eq!(refused(house.bind(&passkey)).await, "no-such-passkey", "bound already");
    house.done(house.unbind(None)).await.unwrap();
    assert!(house.officers.passkeys(own).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_passkeys_are_off_there_are_none() {
    let house = house_with(None).await;
    assert_eq!(
        house.officers.passkey_challenge(noon()).unwrap_err().code(),
        "passkeys-off"
    );
    assert_eq!(
        code(house.officers.passkey_wish(&house.operator, noon()).await),
        "passkeys-off"
    );
    assert_eq!(
        house.enter(&PasskeyAnswer::default(), noon()).await.unwrap_err(),
        "passkeys-off"
    );
}
