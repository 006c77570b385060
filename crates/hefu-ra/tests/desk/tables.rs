//! Lists, and the rules that the tables repeat.
#![expect(clippy::unwrap_used, reason = "tests")]

use crate::house::{House, bare, house, identity_for_change, key, later, noon, person, server, single, words};
use gm_suite::KeyAlgorithm;
use hefu_certificate::RevocationGround;
use hefu_database::DatabaseError;
use hefu_ra::{CertificateState, ChangeInput, Find, FindApplications, NewApplication, Stage, Then};

async fn find(house: &House, find: Find) -> (Vec<String>, Option<String>) {
    let page = house.desk.certificates(find, noon()).await.unwrap();
    (page.items.into_iter().map(|item| item.serial).collect(), page.next)
}

#[tokio::test]
async fn certificates_are_found_by_the_beginning_of_name_or_number() {
    let house = house().await;
    let named = NewApplication {
        profile: "device-sm2-single".to_owned(),
        subject: words(&[("organisation", "示例"), ("common_name", "李四光")]),
        ..server(&key(KeyAlgorithm::Sm2))
    };
    let other = house.issue(named).await;
    let issued = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    let site = house
        .desk
        .enter(&house.entering, server(&key(KeyAlgorithm::P256)), later(1))
        .await
        .unwrap();
    let site = house
        .desk
        .approve(&house.approving, site.id, Then::Issue, later(1))
        .await
        .unwrap();
    let query = |text: &str| Find {
        query: Some(text.to_owned()),
        ..Find::default()
    };
    let serial = |view: &hefu_ra::ApplicationView, place: usize| view.certificates.get(place).unwrap().serial.clone();
    assert_eq!(find(&house, query("李")).await.0, [serial(&other, 0)]);
    assert_eq!(find(&house, query("张三")).await.0.len(), 2);
    assert_eq!(find(&house, query("三")).await.0.len(), 0);
    assert_eq!(find(&house, query("www.hefu")).await.0, [serial(&site, 0)]);
    let upper = serial(&issued, 1).to_uppercase();
    assert_eq!(
        find(&house, query(upper.get(..20).unwrap())).await.0,
        [serial(&issued, 1)]
    );
    let of = |profile: &str| Find {
        profile: Some(profile.to_owned()),
        ..Find::default()
    };
    assert_eq!(find(&house, of("person-sm2")).await.0.len(), 2);
    assert_eq!(
        find(&house, Find::default()).await.0.first(),
        Some(&serial(&site, 0)),
        "newest first"
    );
}

#[tokio::test]
async fn pages_hold_everything_once() {
    let house = house().await;
    for _ in 0..7 {
        house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    }
    for query in [None, Some("张".to_owned()), Some("张三丰".to_owned())] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let wanted = Find {
                query: query.clone(),
                after,
                limit: Some(3),
                ..Find::default()
            };
            let (items, next) = find(&house, wanted).await;
            assert!(items.len() <= 3);
            seen.extend(items);
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 14, "{query:?}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 14, "{query:?}");
    }
}

#[tokio::test]
async fn what_ends_soonest_is_found_first_and_counted_by_month() {
    let house = house().await;
    let pair = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    let mut short = single(&key(KeyAlgorithm::Sm2));
    short.validity_days = Some(20);
    let short = house.issue(short).await.certificates.first().unwrap().serial.clone();
    let one = house.desk.certificate(&short, noon()).await.unwrap();
    let last = jiff::tz::offset(8).to_datetime(one.not_after).date();
    let ends = |from: Option<jiff::civil::Date>, before: Option<jiff::civil::Date>| Find {
        ends_from: from,
        ends_before: before,
        ..Find::default()
    };
    let (all, _) = find(&house, ends(Some(last), None)).await;
    assert_eq!((all.first(), all.len()), (Some(&short), 3));
    assert_eq!(
        find(&house, ends(Some(last), last.tomorrow().ok())).await.0,
        std::slice::from_ref(&short)
    );
    assert_eq!(find(&house, ends(None, Some(last))).await.0, Vec::<String>::new());
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = Find {
            after,
            limit: Some(1),
            ..ends(Some(last), None)
        };
        let (items, next) = find(&house, page).await;
        paged.extend(items);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);

    let counted = |forecast: Vec<hefu_ra::EndingIn>| -> Vec<(String, i64)> {
        let ending = forecast.into_iter().filter(|month| month.count > 0);
        ending.map(|month| (month.month.to_string(), month.count)).collect()
    };
    let forecast = counted(house.desk.forecast(Some(60), noon()).await.unwrap());
    assert_eq!(forecast.iter().map(|(_, count)| count).sum::<i64>(), 2, "a pair is one");
    assert_eq!(forecast.first(), Some(&(last.first_of_month().to_string(), 1)));
    let why = ChangeInput {
        identity: identity_for_change(),
        reason: "x".to_owned(),
    };
    let serial = &pair.certificates.first().unwrap().serial;
    house
        .desk
        .revoke(&house.approving, serial, RevocationGround::HolderRequest, why, noon())
        .await
        .unwrap();
    let forecast = counted(house.desk.forecast(Some(60), noon()).await.unwrap());
    assert_eq!(forecast.len(), 1, "what is revoked needs no renewal");
}

#[tokio::test]
async fn certificates_are_listed_by_state() {
    let house = house().await;
    let mut serials = Vec::new();
    for _ in 0..3 {
        let issued = house.issue(single(&key(KeyAlgorithm::Sm2))).await;
        serials.push(issued.certificates.first().unwrap().serial.clone());
    }
    let [revoked, suspended, valid] = <[String; 3]>::try_from(serials).unwrap();
    let why = || ChangeInput {
        identity: identity_for_change(),
        reason: "x".to_owned(),
    };
    let by = &house.approving;
    house
        .desk
        .revoke(by, &revoked, RevocationGround::HolderRequest, why(), noon())
        .await
        .unwrap();
    house.desk.suspend(by, &suspended, why(), noon()).await.unwrap();
    let within = |state| Find {
        state: Some(state),
        ..Find::default()
    };
    assert_eq!(find(&house, within(CertificateState::Revoked)).await.0, [revoked]);
    assert_eq!(find(&house, within(CertificateState::Suspended)).await.0, [suspended]);
    assert_eq!(find(&house, within(CertificateState::Valid)).await.0, [valid]);
    assert!(find(&house, within(CertificateState::Expired)).await.0.is_empty());
    let expired = house
        .desk
        .certificates(within(CertificateState::Expired), later(400))
        .await
        .unwrap();
    assert_eq!(expired.items.len(), 2);
    assert!(expired.items.iter().all(|item| item.state == CertificateState::Expired));
}

#[tokio::test]
async fn applications_are_listed_by_state_page_by_page() {
    let house = house().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(house.enter(bare(&key(KeyAlgorithm::Sm2))).await.id);
    }
    house.issue(single(&key(KeyAlgorithm::Sm2))).await;
    ids.sort();
    ids.reverse();
    let entered = |after| FindApplications {
        stage: Some(Stage::Entered),
        after,
        limit: Some(3),
    };
    let first = house.desk.applications(&entered(None)).await.unwrap();
    let cursor = first.next.as_ref().unwrap().parse().unwrap();
    let second = house.desk.applications(&entered(Some(cursor))).await.unwrap();
    assert_eq!(second.next, None);
    let listed: Vec<_> = first.items.iter().chain(&second.items).map(|view| view.id).collect();
    assert_eq!(listed, ids);
}

async fn break_rule(house: &House, sql: &'static str) -> Result<u64, DatabaseError> {
    house
        .database
        .write(move |connection| {
            Box::pin(async move { Ok::<_, DatabaseError>(sqlx::query(sql).execute(connection).await?.rows_affected()) })
        })
        .await
}

#[tokio::test]
async fn the_tables_themselves_keep_the_order_of_the_road() {
    let house = house().await;
    house.enter(bare(&key(KeyAlgorithm::Sm2))).await;
    for sql in [
        "UPDATE ra_application SET state = 'approved'",
        "UPDATE ra_application SET state = 'issued', issued_at = 1",
        "UPDATE ra_application SET contract = '{}', contracted_by = 1, contracted_at = 1",
        "UPDATE ra_application SET state = 'lost'",
        "UPDATE ra_application SET kind = 'renewal'",
        "UPDATE ra_application SET state = 'rejected'",
    ] {
        let refused = break_rule(&house, sql).await;
        assert!(
            matches!(refused, Err(DatabaseError::Refused { .. })),
            "{sql}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn the_tables_themselves_keep_the_officers_apart() {
    let house = house().await;
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    house
        .desk
        .approve(&house.approving, id, Then::Stop, noon())
        .await
        .unwrap();
    for sql in [
        "UPDATE ra_application SET approved_by = entered_by",
        "UPDATE ra_application SET entered_by = 3, approved_by = identified_by",
    ] {
        let refused = break_rule(&house, sql).await;
        assert!(
            matches!(refused, Err(DatabaseError::Refused { .. })),
            "{sql}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn the_tables_themselves_know_what_a_pair_is() {
    let house = house().await;
    house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    for sql in [
        "UPDATE ra_certificate SET status = 'revoked'",
        "UPDATE ra_certificate SET pair_serial = NULL",
        "UPDATE ra_certificate SET enveloped_key = NULL WHERE usage = 'encrypt'",
        "DELETE FROM ra_application",
    ] {
        let refused = break_rule(&house, sql).await;
        assert!(
            matches!(refused, Err(DatabaseError::Refused { .. })),
            "{sql}: {refused:?}"
        );
    }
}
