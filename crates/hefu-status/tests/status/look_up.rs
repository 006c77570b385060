//! Look-up and search: what the public finds, and what it is not shown.

use gm_suite::KeyAlgorithm;
use hefu_certificate::Status;
use hefu_rulebook::{Explain, Kind};
use hefu_status::{NameDisplay, Page, Search, State, StatusDesk};

use crate::zone::{TestAuthority, Zone, after, change, follow, start};

async fn search(desk: &StatusDesk, query: &str) -> Page {
    desk.search(
        &Search {
            query,
            ..Search::default()
        },
        after(1),
    )
    .await
    .unwrap()
}

fn subjects(page: &Page) -> Vec<&str> {
    let mut subjects: Vec<_> = page.items.iter().map(|item| item.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

#[tokio::test]
async fn a_certificate_is_shown_with_its_state_and_a_masked_name() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let mut pair = ca.person("欧阳娜娜");
    pair.replaces = Some("40".repeat(16));
    zone.record_issued(&pair, start()).await;
    zone.record_changed(&change(&pair, Status::Revoked, after(1))).await;
    follow(&desk, after(1)).await;
    let [sign, encrypt] = [pair.parts[0].serial.to_string(), pair.parts[1].serial.to_string()];
    let view = desk.certificate(&sign.to_uppercase(), after(1)).await.unwrap();
    assert_eq!(view.subject, "欧**");
    assert_eq!(
        (view.usage.as_str(), view.pair_serial.as_deref()),
        ("sign", Some(encrypt.as_str()))
    );
    assert_eq!(
        (view.state, view.ground.as_deref(), view.reason),
        (State::Revoked, Some("security-not-guaranteed"), Some(1))
    );
    assert_eq!((view.changed_at, view.issued_at), (Some(after(1)), start()));
    assert_eq!(
        (view.law_scope.as_str(), view.replaces.as_deref()),
        ("signature", Some("40".repeat(16).as_str()))
    );
    let json = serde_json::to_string(&view).unwrap();
    assert!(json.contains(r#""state":"revoked""#) && !json.contains("娜"), "{json}");
    assert_eq!(desk.certificate_der(&sign).await.unwrap(), pair.parts[0].der.0);

    let absent = desk.certificate(&"41".repeat(16), start()).await.unwrap_err();
    assert_eq!((absent.code(), absent.kind()), ("no-such-certificate", Kind::Absent));
    assert_eq!(
        desk.certificate("12", start()).await.unwrap_err().code(),
        "serial-malformed"
    );
    assert_eq!(
        desk.certificate_der(&"41".repeat(16)).await.unwrap_err().kind(),
        Kind::Absent
    );
}

#[tokio::test]
async fn a_person_is_found_by_the_whole_name_only_and_an_organisation_by_its_beginning() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    zone.record_issued(&ca.person("张三"), start()).await;
    zone.record_issued(&ca.person("张三丰"), start()).await;
    let staff = [
        ("common_name", "李四"),
        ("organisation", "Example Works"),
        ("unified_social_credit_code", "91350100M000100Y43"),
    ];
    zone.record_issued(&ca.issue("staff-sm2", &staff), start()).await;
    follow(&desk, start()).await;
    assert_eq!(search(&desk, "张").await.items, []);
    assert_eq!(subjects(&search(&desk, "张三").await), ["张**"]);
    assert_eq!(search(&desk, "张三").await.items.len(), 2);
    assert_eq!(subjects(&search(&desk, "example  WO").await), ["李**, Example Works"]);
    assert_eq!(search(&desk, "example\u{10ffff}").await.items, []);
    assert_eq!(search(&desk, "%").await.items, []);

    let open = zone.desk_with(&[&ca], NameDisplay::Full).await;
    assert_eq!(subjects(&search(&open, "张").await), ["张三", "张三丰"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_and_a_serial_may_be_begun() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("p256", KeyAlgorithm::P256);
    let desk = zone.desk(&[&ca]).await;
    let mut serials = Vec::new();
    for number in 0..7 {
        let name = format!("gate {number}");
        let fact = ca.issue("device-p256", &[("common_name", &name), ("organisation", "Works")]);
        serials.push(fact.parts[0].serial.to_string());
        zone.record_issued(&fact, start()).await;
    }
    serials.sort_unstable();
    follow(&desk, start()).await;
    let (mut found, mut after_page) = (Vec::new(), None);
    loop {
        let ask = Search {
            query: "works",
            after: after_page.as_deref(),
            limit: Some(3),
        };
        let page = desk.search(&ask, start()).await.unwrap();
        assert!(page.items.len() <= 3);
        found.extend(page.items.into_iter().map(|item| item.serial));
        after_page = page.next;
        if after_page.is_none() {
            break;
        }
    }
    assert_eq!(found, serials);
    let begun: String = serials[3].chars().take(10).collect();
    let page = search(&desk, &begun).await;
    assert_eq!(
        page.items.iter().map(|item| &item.serial).collect::<Vec<_>>(),
        [&serials[3]]
    );
    let wrong = Search {
        query: "works",
        after: Some("x"),
        limit: None,
    };
    assert_eq!(
        desk.search(&wrong, start()).await.unwrap_err().code(),
        "cursor-malformed"
    );
}

#[tokio::test]
async fn the_certificates_of_the_authorities_are_there_for_all() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let authorities: Vec<_> = desk
        .authorities()
        .map(|authority| (authority.name, authority.certificate))
        .collect();
    assert_eq!(authorities, [("sm2", ca.issuer.certificate().unwrap())]);
}
