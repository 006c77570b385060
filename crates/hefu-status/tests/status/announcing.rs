//! Announcements: what is announced, once, by whom it is found, and how holders are named.

use gm_suite::KeyAlgorithm;
use hefu_certificate::Status;
use hefu_certificate::facts::CertificateIssued;
use hefu_status::{AnnouncedNames, AnnouncementKind, FindAnnouncements, LookUpError, StatusDesk};

use crate::zone::{TestAuthority, Zone, after, change, follow, start};

/// Kind, holder and ground of each announcement, newest first.
async fn told(desk: &StatusDesk, find: &FindAnnouncements<'_>) -> Vec<String> {
    let page = desk.announcements(find).await.unwrap();
    let told = page.items.into_iter().map(|item| {
        let holder = item.holder.unwrap_or_default();
        let ground = item.ground.unwrap_or_default();
        format!("{} {holder} {ground}", item.kind.as_str())
            .trim_end()
            .to_owned()
    });
    told.collect()
}

async fn house() -> (Zone, TestAuthority, CertificateIssued, CertificateIssued) {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let first = ca.person("张三");
    let second = CertificateIssued {
        replaces: Some(first.parts[0].serial.to_string()),
        ..ca.person("张三")
    };
    zone.record_issued(&first, start()).await;
    for (minute, status) in [(1, Status::Suspended), (2, Status::Valid)] {
        zone.record_changed(&change(&first, status, after(minute))).await;
    }
    zone.record_issued(&second, after(3)).await;
    zone.record_changed(&change(&first, Status::Revoked, after(4))).await;
    (zone, ca, first, second)
}

#[tokio::test]
async fn what_changes_is_announced_once_for_a_pair_and_a_first_issuance_is_not() {
    let (zone, ca, first, second) = house().await;
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(5)).await;
    let all = FindAnnouncements::default();
    assert_eq!(
        told(&desk, &all).await,
        [
            "revocation 张** security-not-guaranteed",
            "renewal 张**",
            "recovery 张**",
            "suspension 张**"
        ]
    );
    let page = desk.announcements(&all).await.unwrap();
    assert_eq!(page.items[0].serial, first.parts[0].serial.to_string());
    assert_eq!(page.items[0].pair_serial, Some(first.parts[1].serial.to_string()));
    assert_eq!(page.items[0].at, after(4));
    assert_eq!(page.items[1].serial, second.parts[0].serial.to_string());
    assert_eq!(page.items[1].replaces, second.replaces);
}

#[tokio::test]
async fn reading_the_records_again_announces_and_records_nothing_again() {
    let (zone, ca, ..) = house().await;
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(5)).await;
    let before = desk.announcements(&FindAnnouncements::default()).await.unwrap();
    let forget = zone.database.write(|connection| {
        Box::pin(async move {
            sqlx::query("DELETE FROM record_cursor").execute(connection).await?;
            Ok::<_, hefu_database::DatabaseError>(())
        })
    });
    forget.await.unwrap();
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(6)).await;
    assert_eq!(desk.announcements(&FindAnnouncements::default()).await.unwrap(), before);
    let entries = hefu_records::read_entries(&zone.database, 0, 100).await.unwrap();
    let published = entries.iter().filter(|entry| entry.kind == "announcement-published/1");
    assert_eq!(published.count(), 4);
    assert!(entries.iter().all(|entry| !entry.body.to_string().contains('张')));
}

#[tokio::test]
async fn names_are_shown_as_the_operator_says() {
    let (zone, ca, ..) = house().await;
    let find = FindAnnouncements {
        kind: "renewal",
        ..FindAnnouncements::default()
    };
    for (names, shown) in [
        (AnnouncedNames::Masked, "renewal 张**"),
        (AnnouncedNames::Full, "renewal 张三"),
        (AnnouncedNames::None, "renewal"),
    ] {
        let desk = zone.desk(&[&ca]).await.announcing(names);
        follow(&desk, after(5)).await;
        assert_eq!(told(&desk, &find).await, [shown]);
    }
}

#[tokio::test]
async fn announcements_are_found_by_kind_and_month_and_in_pages() {
    let (zone, ca, ..) = house().await;
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(5)).await;
    let count = async |kind: &str, month: &str| {
        let find = FindAnnouncements {
            kind,
            month,
            ..FindAnnouncements::default()
        };
        told(&desk, &find).await.len()
    };
    assert_eq!((count("revocation", "").await, count("", "2026-11").await), (1, 4));
    assert_eq!((count("", "2026-12").await, count("recovery", "2026-10").await), (0, 0));

    let (mut after_page, mut kinds) = (None, Vec::new());
    loop {
        let find = FindAnnouncements {
            after: after_page.as_deref(),
            limit: Some(1),
            ..FindAnnouncements::default()
        };
        let page = desk.announcements(&find).await.unwrap();
        kinds.extend(page.items.iter().map(|item| item.kind));
        after_page = page.next;
        if after_page.is_none() {
            break;
        }
    }
    kinds.reverse();
    assert_eq!(
        kinds,
        [
            AnnouncementKind::Suspension,
            AnnouncementKind::Recovery,
            AnnouncementKind::Renewal,
            AnnouncementKind::Revocation
        ]
    );
}

#[tokio::test]
async fn questions_that_make_no_sense_are_told_apart() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let none = FindAnnouncements::default;
    for (find, why) in [
        (
            FindAnnouncements { kind: "sale", ..none() },
            LookUpError::AnnouncementKind,
        ),
        (
            FindAnnouncements {
                month: "2026-13",
                ..none()
            },
            LookUpError::Month,
        ),
        (
            FindAnnouncements {
                after: Some("x"),
                ..none()
            },
            LookUpError::Cursor,
        ),
    ] {
        assert_eq!(desk.announcements(&find).await, Err(why));
    }
}

#[tokio::test]
async fn a_change_of_what_was_never_issued_is_not_announced() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    zone.record_changed(&change(&ca.person("李四"), Status::Revoked, after(1)))
        .await;
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(2)).await;
    assert!(told(&desk, &FindAnnouncements::default()).await.is_empty());
}
