//! The registry on a real database, with a real device and real files.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hefu_applicants::{
    AgentInput, ApplicantInput, CONTRACT_ITEMS, ConsentInput, ConsentMeans, Damage, DocumentKind, Erasure,
    EvidenceKind, For, INFORMATION_ITEMS, Likeness, Media, NOTICE_ITEMS, NewEvidence, Occasion, OrganisationInput,
    PersonInput, Policy, Purpose, ReasonInput, Registry, RegistryError, RegistrySettings, Section, Service, ServiceKey,
    Shown, TextInput, TextKind, Topic, Wording,
};
use hefu_database::Database;
use hefu_officers::OfficerId;
use hefu_rulebook::{Explain as _, Language};
use jiff::{SignedDuration, Timestamp};
use key_device::SoftwareDevice;
use sqlx::Row as _;

struct House {
    folder: tempfile::TempDir,
    device: Arc<SoftwareDevice>,
    database: Database,
    registry: Registry,
}

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

fn officer() -> OfficerId {
    OfficerId::new(3).unwrap()
}

impl House {
    async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let device = SoftwareDevice::create(&folder.path().join("device"), b"open sesame").unwrap();
        let device = Arc::new(device);
        let url = format!("sqlite://{}", folder.path().join("ra.db").display());
        let migrations = [hefu_records::MIGRATIONS, hefu_applicants::MIGRATIONS];
        let database = Database::open(&url, &migrations).await.unwrap();
        let registry = Self::open(&folder.path().join("vault"), &database, &device).await;
        Self {
            folder,
            device,
            database,
            registry,
        }
    }

    async fn open(vault: &std::path::Path, database: &Database, device: &Arc<SoftwareDevice>) -> Registry {
        let settings = RegistrySettings {
            database: database.clone(),
            device: Arc::<SoftwareDevice>::clone(device),
            folder: vault.to_owned(),
            policy: Policy::builtin().unwrap(),
        };
        Registry::open(settings).await.unwrap()
    }

    async fn reopen(&mut self) {
        self.registry = Self::open(&self.vault(), &self.database, &self.device).await;
    }

    fn vault(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.vault()).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The records, one line each.
    async fn records(&self) -> Vec<String> {
        let mut connection = self.database.read().await.unwrap();
        let rows = sqlx::query("SELECT bytes FROM record_entry ORDER BY idx")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let line = |row: &sqlx::any::AnyRow| String::from_utf8(row.get::<Vec<u8>, _>("bytes")).unwrap();
        rows.iter().map(line).collect()
    }

    async fn kinds(&self) -> Vec<String> {
        let kind = |line: String| {
            serde_json::from_str::<serde_json::Value>(&line).unwrap()["kind"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        self.records().await.into_iter().map(kind).collect()
    }
}

fn li() -> PersonInput {
    PersonInput {
        name: "李明".to_owned(),
        document: DocumentKind::ResidentIdentity,
        number: "11010519491231002X".to_owned(),
        telephone: None,
        email: None,
    }
}

fn person(name: &str, number: &str) -> ApplicantInput {
    ApplicantInput::Person(PersonInput {
        name: name.to_owned(),
        number: number.to_owned(),
        ..li()
    })
}

fn works(name: &str) -> ApplicantInput {
    ApplicantInput::Organisation(OrganisationInput {
        name: name.to_owned(),
        code: "91350100M000100Y43".to_owned(),
        legal_representative: li(),
        agent: Some(AgentInput {
            person: li(),
            scope: "申请证书".to_owned(),
            from: jiff::civil::date(2026, 1, 1),
            until: jiff::civil::date(2026, 12, 31),
        }),
    })
}

const JSON: &[u8] = br#"{"side":"front"}"#;

fn paper(kind: EvidenceKind) -> NewEvidence<'static> {
    NewEvidence {
        kind,
        claimed: Media::Json,
        content: JSON,
    }
}

fn consent() -> ConsentInput {
    ConsentInput {
        version: "2026-11".to_owned(),
        text_sm3: "ab".repeat(32),
        language: "zh".to_owned(),
        means: ConsentMeans::SeparateChoice,
    }
}

fn code<T>(result: Result<T, RegistryError>) -> String {
    result
        .err()
        .map_or_else(|| "done".to_owned(), |error| error.code().to_owned())
}

#[tokio::test]
async fn a_person_goes_from_the_counter_to_a_proof_of_identity() {
    let house = House::build().await;
    let registry = &house.registry;
    let (by, now) = (officer(), noon());
    let id = registry
        .register(&ApplicantInput::Person(li()), by, now)
        .await
        .unwrap()
        .id;
    let for_what = || For::new(Occasion::Application, "application:9").unwrap();
    assert_eq!(
        code(registry.check_identity(id, for_what(), by, now).await),
        "identity-insufficient"
    );
    for kind in [EvidenceKind::IdentityDocumentFront, EvidenceKind::IdentityDocumentBack] {
        registry.take_evidence(id, paper(kind), by, now).await.unwrap();
    }
    assert_eq!(
        code(registry.take_evidence(id, paper(EvidenceKind::Portrait), by, now).await),
        "consent-missing"
    );
    registry.give_consent(id, &consent(), by, now).await.unwrap();
    registry
        .take_evidence(id, paper(EvidenceKind::Portrait), by, now)
        .await
        .unwrap();
    let check = registry.check_identity(id, for_what(), by, now).await.unwrap();
    assert!(check.proof().holds("application:9", now));
    assert_eq!(registry.check_document(check.id()).await.unwrap(), check.document());

    registry.withdraw_consent(id, by, now).await.unwrap();
    assert_eq!(
        code(registry.take_evidence(id, paper(EvidenceKind::LiveFilm), by, now).await),
        "consent-missing"
    );
    assert_eq!(
        code(registry.withdraw_consent(id, by, now).await),
        "not-in-the-registry"
    );
    assert_eq!(
        house.kinds().await,
        [
            "applicant-registered/1",
            "applicant-act-refused/1",
            "evidence-taken/1",
            "evidence-taken/1",
            "applicant-act-refused/1",
            "consent-given/1",
            "evidence-taken/1",
            "identity-checked/1",
            "consent-withdrawn/1",
            "applicant-act-refused/1",
        ]
    );
    assert_eq!(house.files().len(), 3, "what was refused left no file");
}

#[tokio::test]
async fn nothing_personal_stands_in_clear_in_records_or_database() {
    let mut house = House::build().await;
    let id = house
        .registry
        .register(&ApplicantInput::Person(li()), officer(), noon())
        .await
        .unwrap()
        .id;
    let evidence = house
        .registry
        .take_evidence(id, paper(EvidenceKind::Passport), officer(), noon())
        .await
        .unwrap();
    let reason = ReasonInput::new(Purpose::Dispute, "李明投诉，核对原件");
    house
        .registry
        .open_evidence(evidence.id, reason, officer(), noon())
        .await
        .unwrap();
    let filed = house.registry.filed(id).await.unwrap();
    assert_eq!(
        (filed.masked.as_str(), filed.restricted_at),
        ("110*************2X", None)
    );
    assert_eq!(house.registry.applicant(id).await.unwrap().name(), "李明");
    house.database.close().await;
    let mut octets = std::fs::read(house.folder.path().join("ra.db")).unwrap();
    for file in house.files() {
        octets.extend(std::fs::read(file).unwrap());
    }
    for secret in ["李明", "19491231", "投诉", "front"] {
        let found = octets.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} stands in clear");
    }
    let url = format!("sqlite://{}", house.folder.path().join("ra.db").display());
    house.database = Database::open(&url, &[hefu_records::MIGRATIONS, hefu_applicants::MIGRATIONS])
        .await
        .unwrap();
    house.reopen().await;
    assert_eq!(house.registry.applicant(id).await.unwrap().name(), "李明");
}

#[tokio::test]
async fn evidence_is_opened_only_with_a_reason_that_is_recorded_first() {
    let house = House::build().await;
    let registry = &house.registry;
    let id = registry
        .register(&ApplicantInput::Person(li()), officer(), noon())
        .await
        .unwrap()
        .id;
    let evidence = registry
        .take_evidence(id, paper(EvidenceKind::Passport), officer(), noon())
        .await
        .unwrap();
    for empty in ["", "   ", "ok"] {
        let opened = registry.open_evidence(
            evidence.id,
            ReasonInput::new(Purpose::Dispute, empty),
            officer(),
            noon(),
        );
        assert_eq!(code(opened.await), "evidence-opened-without-reason");
    }
    let reason = || ReasonInput::new(Purpose::IdentityCheck, "更新前核对");
    let (_, content) = registry
        .open_evidence(evidence.id, reason(), officer(), noon())
        .await
        .unwrap();
    assert_eq!(content.as_slice(), JSON);
    let subject = evidence.id.subject();
    let given = registry.reason_given(&subject, officer(), noon()).await;
    let given = given.unwrap().unwrap();
    assert_eq!(given.words.as_str(), "更新前核对");
    let recorded = house.records().await;
    let opened = recorded.iter().find(|line| line.contains("evidence-opened/1")).unwrap();
    assert!(opened.contains(&given.commitment), "{opened}");
    for other in [
        evidence.id.subject().replace("evidence", "applicant"),
        "counter".to_owned(),
    ] {
        let nothing = registry.reason_given(&other, officer(), noon()).await.unwrap();
        assert!(nothing.is_none(), "{other}");
    }
    std::fs::remove_file(&house.files()[0]).unwrap();
    let gone = registry.open_evidence(evidence.id, reason(), officer(), noon()).await;
    assert_eq!(code(gone), "evidence-damaged");
    let kinds = house.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "evidence-opened/1").count(), 2);
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "applicant-act-refused/1").count(),
        3
    );
}

#[tokio::test]
async fn a_file_of_another_type_is_not_taken() {
    let house = House::build().await;
    let id = house
        .registry
        .register(&ApplicantInput::Person(li()), officer(), noon())
        .await
        .unwrap()
        .id;
    let claimed = NewEvidence {
        claimed: Media::Png,
        ..paper(EvidenceKind::Passport)
    };
    let taken = house.registry.take_evidence(id, claimed, officer(), noon()).await;
    assert_eq!(code(taken), "evidence-of-another-type");
    let answer = house
        .registry
        .take_evidence(id, paper(EvidenceKind::VerificationResult), officer(), noon())
        .await;
    assert_eq!(code(answer), "verification-not-asked");
    assert!(house.files().is_empty());
}

#[tokio::test]
async fn damage_in_the_vault_is_found_and_named() {
    let house = House::build().await;
    let registry = &house.registry;
    let id = registry
        .register(&ApplicantInput::Person(li()), officer(), noon())
        .await
        .unwrap()
        .id;
    let mut pieces = Vec::new();
    for _ in 0..5 {
        pieces.push(
            registry
                .take_evidence(id, paper(EvidenceKind::Other), officer(), noon())
                .await
                .unwrap()
                .id,
        );
    }
    assert_eq!(registry.examine().await.unwrap(), []);
    let file = |place: usize| house.vault().join(format!("{}.sealed", pieces[place]));
    std::fs::remove_file(file(0)).unwrap();
    let whole = std::fs::read(file(1)).unwrap();
    std::fs::write(file(1), &whole[..10]).unwrap();
    let mut changed = std::fs::read(file(2)).unwrap();
    changed[0] ^= 1;
    std::fs::write(file(2), changed).unwrap();
    // The file of another piece, of the same length: its key does not fit.
    std::fs::copy(file(4), file(3)).unwrap();
    let mut expected = vec![
        (pieces[0], Damage::Missing),
        (pieces[1], Damage::Torn),
        (pieces[2], Damage::Changed),
        (pieces[3], Damage::Changed),
    ];
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(registry.examine().await.unwrap(), expected);
}

#[tokio::test]
async fn what_a_crash_left_behind_is_swept_at_the_start() {
    let mut house = House::build().await;
    let id = house
        .registry
        .register(&ApplicantInput::Person(li()), officer(), noon())
        .await
        .unwrap()
        .id;
    let kept = house
        .registry
        .take_evidence(id, paper(EvidenceKind::Other), officer(), noon())
        .await
        .unwrap();
    let orphan = "0".repeat(32);
    for name in [
        format!("{orphan}.sealed"),
        format!("{orphan}.part"),
        format!("{}.part", kept.id),
    ] {
        std::fs::write(house.vault().join(name), b"rest").unwrap();
    }
    let stranger = house.vault().join("README.txt");
    std::fs::write(&stranger, b"not ours").unwrap();
    house.reopen().await;
    let mut left = house.files();
    left.sort();
    let mut expected = vec![house.vault().join(format!("{}.sealed", kept.id)), stranger];
    expected.sort();
    assert_eq!(left, expected);
    assert_eq!(house.registry.examine().await.unwrap(), []);
}

#[tokio::test]
async fn the_same_applicant_has_one_file_however_often_it_is_registered_once() {
    const NUMBER: &str = "11010519491231002X";
    const WORKS: &str = "91350100M000100Y43";
    let mut house = House::build().await;
    let (by, now) = (officer(), noon());
    let staff = |works_code: &str, name: &str| ApplicantInput::Staff {
        person: PersonInput {
            name: name.to_owned(),
            number: NUMBER.to_owned(),
            ..li()
        },
        organisation: OrganisationInput {
            name: "示例公司".to_owned(),
            code: works_code.to_owned(),
            legal_representative: li(),
            agent: None,
        },
        department: None,
    };
    let first = house
        .registry
        .register_once(&staff(WORKS, "李明"), by, now)
        .await
        .unwrap();
    house.reopen().await;
    let registry = &house.registry;
    let again = registry.register_once(&staff(WORKS, "李明"), by, now).await.unwrap();
    assert_eq!(first, again);
    // The same person for themselves is another file; so told twice, it is one.
    let alone = registry.register_once(&person("李明", NUMBER), by, now).await.unwrap();
    assert_ne!(alone, first);
    assert_eq!(
        registry.register_once(&person("李明", NUMBER), by, now).await.unwrap(),
        alone
    );
    let error = registry
        .register_once(&staff(WORKS, "王芳"), by, now)
        .await
        .unwrap_err();
    let told = error.message(Language::English);
    assert_eq!(error.code(), "number-under-another-name");
    assert!(
        told.contains(&first.to_string()) && told.contains("李*") && told.contains("王*"),
        "{told}"
    );
    let records = house.records().await;
    let registered = records.iter().filter(|line| line.contains("applicant-registered/1"));
    assert_eq!(registered.count(), 2, "{records:?}");
    assert!(!records.iter().any(|line| line.contains('李') || line.contains('王')));
}

#[tokio::test]
async fn look_alikes_are_shown_and_a_shared_key_is_refused() {
    let house = House::build().await;
    let registry = &house.registry;
    let (by, now) = (officer(), noon());
    let first = registry
        .register(&person("李明", "11010519491231002X"), by, now)
        .await
        .unwrap();
    assert_eq!(first.findings, []);
    let again = registry
        .register(&person("李明", "11010519491231002x"), by, now)
        .await
        .unwrap();
    assert_eq!(
        again
            .findings
            .iter()
            .map(|one| (one.other, one.likeness))
            .collect::<Vec<_>>(),
        [(first.id, Likeness::SameNumber)]
    );
    let namesake = registry
        .register(&person("李明", "440524188001010014"), by, now)
        .await
        .unwrap();
    assert!(namesake.findings.iter().all(|one| one.likeness == Likeness::SameName) && namesake.findings.len() == 2);
    let one = registry.register(&works("ＡＢＣ有限公司"), by, now).await.unwrap();
    let other = ApplicantInput::Person(PersonInput {
        name: "abc有限公司".to_owned(),
        document: DocumentKind::Passport,
        number: "E12345678".to_owned(),
        ..li()
    });
    let other = registry.register(&other, by, now).await.unwrap();
    assert_eq!(other.findings[0].likeness, Likeness::LookAlikeName);
    assert_eq!(registry.look_alikes(one.id).await.unwrap()[0].other, other.id);

    registry.note_key(first.id, [1; 32], by, now).await.unwrap();
    registry.note_key(first.id, [1; 32], by, now).await.unwrap();
    assert_eq!(
        code(registry.note_key(one.id, [1; 32], by, now).await),
        "key-of-another-applicant"
    );
    assert_eq!(house.kinds().await.last().unwrap(), "applicant-act-refused/1");
}

fn hmac(body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sm3::Sm3>::new_from_slice(&[9; 32]).unwrap();
    mac.update(body);
    format!("hmac-sm3={}", hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn an_outside_answer_becomes_evidence_once() {
    let house = House::build().await;
    let registry = &house.registry;
    let (by, now) = (officer(), noon());
    let id = registry
        .register(&ApplicantInput::Person(li()), by, now)
        .await
        .unwrap()
        .id;
    let key = ServiceKey::HmacSm3(zeroize::Zeroizing::new(vec![9; 32]));
    let service = Service::new("police", key, Duration::from_mins(10)).unwrap();
    let fields = BTreeMap::from([("name".to_owned(), "李明".to_owned())]);
    let question = registry.ask(id, (&service, fields), by, now).await.unwrap();
    let body = format!(
        r#"{{"format":"hefu-verification-result/1","reference":"{}","verdict":"match","raw_sm3":"{}","answered_at":"{now}"}}"#,
        question.reference(),
        "ab".repeat(32)
    );
    let body = body.as_bytes();
    assert_eq!(
        code(registry.answer(&service, body, "hmac-sm3=00", now).await),
        "verification-not-signed"
    );
    let late = now + SignedDuration::from_mins(11);
    assert_eq!(
        code(registry.answer(&service, body, &hmac(body), late).await),
        "verification-outside-window"
    );
    let evidence = registry.answer(&service, body, &hmac(body), now).await.unwrap();
    assert_eq!((evidence.taken_by.as_str(), evidence.applicant), ("service:police", id));
    assert_eq!(
        code(registry.answer(&service, body, &hmac(body), now).await),
        "verification-replayed"
    );
    for kind in [EvidenceKind::IdentityDocumentFront, EvidenceKind::IdentityDocumentBack] {
        registry.take_evidence(id, paper(kind), by, now).await.unwrap();
    }
    let for_what = For::new(Occasion::Application, "application:9").unwrap();
    registry.check_identity(id, for_what, by, now).await.unwrap();
}

#[tokio::test]
async fn a_wish_for_deletion_restricts_while_retention_runs() {
    let house = House::build().await;
    let registry = &house.registry;
    let (by, now) = (officer(), noon());
    let id = registry
        .register(&ApplicantInput::Person(li()), by, now)
        .await
        .unwrap()
        .id;
    let evidence = registry
        .take_evidence(id, paper(EvidenceKind::Passport), by, now)
        .await
        .unwrap();
    assert_eq!(
        registry
            .request_erasure(id, Some(now), by, now + SignedDuration::from_secs(1))
            .await
            .unwrap(),
        Erasure::Due
    );
    let retain_until = now + SignedDuration::from_hours(24 * 365 * 5);
    let erasure = registry.request_erasure(id, Some(retain_until), by, now).await.unwrap();
    assert_eq!(erasure, Erasure::Restrict { retain_until });
    let open = |purpose| registry.open_evidence(evidence.id, ReasonInput::new(purpose, "检查保存情况"), by, now);
    assert_eq!(code(open(Purpose::Dispute).await), "restricted-not-deleted");
    assert_eq!(code(open(Purpose::Protection).await), "done");
    assert_eq!(
        code(registry.take_evidence(id, paper(EvidenceKind::Other), by, now).await),
        "restricted-not-deleted"
    );
    let for_what = For::new(Occasion::Renewal, "application:9").unwrap();
    assert_eq!(
        code(registry.check_identity(id, for_what, by, now).await),
        "restricted-not-deleted"
    );
}

fn text(kind: TextKind, version: &str) -> TextInput {
    let topics: Vec<Topic> = match kind {
        TextKind::Notice => NOTICE_ITEMS.into_iter().chain(INFORMATION_ITEMS).collect(),
        TextKind::Contract => CONTRACT_ITEMS.to_vec(),
    };
    let wording = || Wording {
        title: "订户须知 Notice".to_owned(),
        sections: topics
            .iter()
            .map(|topic| Section {
                topic: *topic,
                heading: topic.as_str().to_owned(),
                paragraphs: vec![version.to_owned()],
            })
            .collect(),
    };
    TextInput {
        kind,
        version: version.to_owned(),
        zh: wording(),
        en: wording(),
    }
}

#[tokio::test]
async fn a_text_is_superseded_and_stays_to_be_read() {
    let house = House::build().await;
    let registry = &house.registry;
    let (by, now) = (officer(), noon());
    let mut lacking = text(TextKind::Notice, "1");
    lacking.zh.sections.remove(0);
    assert_eq!(code(registry.publish(lacking, by, now).await), "notice-item-missing");
    let one = registry.publish(text(TextKind::Notice, "1"), by, now).await.unwrap();
    assert_eq!(
        code(registry.publish(text(TextKind::Notice, "1"), by, now).await),
        "text-version-taken"
    );
    let two = registry
        .publish(text(TextKind::Notice, "2"), by, now + SignedDuration::from_secs(1))
        .await
        .unwrap();
    assert_eq!(registry.text_in_force(TextKind::Notice).await.unwrap(), two);
    assert_eq!(registry.text(TextKind::Notice, "1").await.unwrap(), one);
    let versions = registry.text_versions(TextKind::Notice).await.unwrap();
    assert_eq!(
        versions.iter().map(|(version, _)| version.as_str()).collect::<Vec<_>>(),
        ["2", "1"]
    );

    let id = registry
        .register(&ApplicantInput::Person(li()), by, now)
        .await
        .unwrap()
        .id;
    let shown = |text: &hefu_applicants::Text| Shown {
        language: Language::English,
        sm3: text.sm3(Language::English),
    };
    assert_eq!(
        code(registry.acknowledge(id, ("1", shown(&one)), by, now).await),
        "text-superseded"
    );
    assert_eq!(
        code(registry.acknowledge(id, ("2", shown(&one)), by, now).await),
        "text-not-what-was-shown"
    );
    let agreed = registry.acknowledge(id, ("2", shown(&two)), by, now).await.unwrap();
    assert_eq!(agreed.proof().sm3, hex::encode(two.sm3(Language::English)));

    let contract = registry.publish(text(TextKind::Contract, "7"), by, now).await.unwrap();
    assert_eq!(
        code(registry.sign(id, ("7", shown(&contract), " "), by, now).await),
        "signatory-malformed"
    );
    let signed = registry
        .sign(id, ("7", shown(&contract), "李明"), by, now)
        .await
        .unwrap();
    let id = signed.proof().id.parse().unwrap();
    assert_eq!(registry.agreement(id).await.unwrap(), signed);
    assert!(house.records().await.iter().all(|line| !line.contains("李明")));
}
