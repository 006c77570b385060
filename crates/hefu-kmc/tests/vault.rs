//! The vault with a real database, a real device and a CA that signs: from message to enveloped key and back.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod centre;

use gm_kmc::{Envelopes, KeyAnswer, KeyRequest, RestoreKey};
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_kmc::VaultError;
use hefu_kmc::facts::{KeyApplied, KeyRefused, KeyRestored, KeyRetired, RetiredBecause};
use hefu_rulebook::Explain;
use jiff::{SignedDuration, Timestamp};

use centre::{Centre, apply, noon, only, open_both, sm2};

#[tokio::test]
async fn the_subscriber_alone_opens_the_key_and_both_envelopes_hold_it() {
    let centre = Centre::new().await;
    let user = sm2();
    let delivered = only(centre.ask(vec![apply(1, &user)]).await.unwrap());
    let (first, second) = open_both(&centre, &delivered, &user);
    assert_eq!(*first, *delivered.public_key.spki());
    assert_eq!(first, second);
    let other = sm2();
    assert!(delivered.enveloped.as_ref().unwrap().open(&other).is_err());
    assert!(delivered.private_key.open_key(&other, centre.public_key()).is_err());
}

#[tokio::test]
async fn the_standard_form_carries_no_second_envelope() {
    let mut centre = Centre::new().await;
    centre.restart(Envelopes::Signed).await;
    let user = sm2();
    let delivered = only(centre.ask(vec![apply(1, &user)]).await.unwrap());
    assert!(delivered.enveloped.is_none());
    assert!(delivered.private_key.open_key(&user, centre.public_key()).is_ok());
}

#[tokio::test]
async fn the_same_application_gets_the_same_pair_again_also_after_a_restart() {
    let mut centre = Centre::new().await;
    let user = sm2();
    let first = only(centre.ask(vec![apply(1, &user)]).await.unwrap());
    let again = only(centre.ask(vec![apply(1, &user)]).await.unwrap());
    assert_eq!(first.public_key, again.public_key);
    assert_ne!(first.enveloped, again.enveloped, "enveloped anew");
    centre.restart(Envelopes::Both).await;
    let later = only(centre.ask(vec![apply(1, &user)]).await.unwrap());
    assert_eq!(first.public_key, later.public_key);
    let applied = centre.facts::<KeyApplied>(KeyApplied::KIND).await;
    let again: Vec<bool> = applied.iter().map(|fact| fact.again).collect();
    assert_eq!(again, [false, true, true]);
}

#[tokio::test]
async fn applications_that_cross_get_one_pair() {
    let centre = Centre::new().await;
    let user = sm2();
    let (one, two) = tokio::join!(centre.ask(vec![apply(1, &user)]), centre.ask(vec![apply(1, &user)]));
    assert_eq!(only(one.unwrap()).public_key, only(two.unwrap()).public_key);
}

#[tokio::test]
async fn another_user_key_under_the_same_serial_is_refused_signed_and_recorded() {
    let centre = Centre::new().await;
    centre.ask(vec![apply(1, &sm2())]).await.unwrap();
    let answers = centre.ask(vec![apply(1, &sm2()), apply(2, &sm2())]).await.unwrap();
    let KeyAnswer::Error { code: 1, text } = &answers[0] else {
        panic!("{:?}", answers[0])
    };
    assert!(text.starts_with("key-other-user: "), "{text}");
    assert!(
        matches!(answers[1], KeyAnswer::Applied(_)),
        "the rest of the message stands"
    );
    let refused = centre.facts::<KeyRefused>(KeyRefused::KIND).await;
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].code.as_str(), refused[0].authority.as_str()),
        ("key-other-user", "ca")
    );
}

#[tokio::test]
async fn only_fresh_messages_of_known_authorities_are_answered() {
    let centre = Centre::new().await;
    let check = async |message: Vec<u8>, now: Timestamp| match centre.vault.submit(&message, now).await {
        Ok(_) => "answered",
        Err(error) => error.code(),
    };
    let message = centre.sign(vec![apply(1, &sm2())], noon());
    let minutes = |count| noon() + SignedDuration::from_mins(count);
    assert_eq!(check(message.clone(), minutes(6)).await, "key-request-stale");
    assert_eq!(check(message.clone(), minutes(-6)).await, "key-request-stale");
    assert_eq!(check(b"nonsense".to_vec(), noon()).await, "key-request-malformed");
    assert_eq!(
        check(message[..message.len() - 1].to_vec(), noon()).await,
        "key-request-malformed"
    );
    let forged = centre.sign_with(&sm2(), vec![apply(1, &sm2())]);
    assert_eq!(check(forged, noon()).await, "key-request-wrong-signature");
    let stranger = Centre::new().await;
    let strange = stranger.sign(vec![apply(1, &sm2())], noon());
    assert_eq!(check(strange, noon()).await, "key-request-unknown-authority");
    assert!(centre.facts::<KeyApplied>(KeyApplied::KIND).await.is_empty());
    assert_eq!(check(message, minutes(5)).await, "answered");
}

#[tokio::test]
async fn spare_pairs_are_used_first_and_none_is_ever_used_twice() {
    let centre = Centre::new().await;
    while centre.vault.refill(noon()).await.unwrap() > 0 {}
    assert_eq!(centre.vault.spares().await.unwrap(), u64::from(centre::SPARE_LEVEL));
    let users: Vec<_> = (0..centre::SPARE_LEVEL + 5).map(|_| sm2()).collect();
    let requests = users
        .iter()
        .zip(1..)
        .map(|(user, serial)| apply(serial, user))
        .collect();
    let answers = centre.ask(requests).await.unwrap();
    let keys: std::collections::HashSet<_> = answers
        .iter()
        .map(|answer| match answer {
            KeyAnswer::Applied(delivered) => delivered.public_key.spki().to_vec(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(keys.len(), users.len());
    assert_eq!(centre.vault.spares().await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_is_made_for_the_spare_store_while_somebody_applies() {
    let centre = Centre::new().await;
    centre.ask(vec![apply(1, &sm2())]).await.unwrap();
    assert_eq!(
        centre
            .vault
            .refill(noon() + SignedDuration::from_millis(299))
            .await
            .unwrap(),
        0
    );
    assert!(
        centre
            .vault
            .refill(noon() + SignedDuration::from_millis(300))
            .await
            .unwrap()
            > 0
    );
}

#[tokio::test]
async fn a_retired_key_is_recovered_for_a_new_token_but_not_applied_for() {
    let centre = Centre::new().await;
    let (lost, new) = (sm2(), sm2());
    let first = only(centre.ask(vec![apply(1, &lost)]).await.unwrap());
    let revoke = || KeyRequest::Revoke {
        serial: centre::serial(1),
    };
    let answers = centre.ask(vec![revoke()]).await.unwrap();
    assert_eq!(
        answers,
        [KeyAnswer::Revoked {
            serial: centre::serial(1)
        }]
    );
    assert_eq!(centre.ask(vec![revoke()]).await.unwrap(), answers, "again is no error");

    let refused = centre.ask(vec![apply(1, &lost)]).await.unwrap();
    assert!(matches!(refused[0], KeyAnswer::Error { code: 3, .. }));
    let restore = KeyRequest::Restore(RestoreKey {
        serial: centre::serial(1),
        user_key: gm_suite::Signer::public_key(&new).clone(),
    });
    let KeyAnswer::Restored(restored) = centre.ask(vec![restore]).await.unwrap().remove(0) else {
        panic!()
    };
    assert_eq!(restored.public_key, first.public_key);
    open_both(&centre, &restored, &new);

    let retired = centre.facts::<KeyRetired>(KeyRetired::KIND).await;
    assert_eq!(retired.len(), 1);
    assert_eq!(retired[0].because, RetiredBecause::Revoked);
    assert_eq!(centre.facts::<KeyRestored>(KeyRestored::KIND).await.len(), 1);
}

#[tokio::test]
async fn keys_of_ended_certificates_go_to_the_history_store() {
    let centre = Centre::new().await;
    centre.ask(vec![apply(1, &sm2()), apply(2, &sm2())]).await.unwrap();
    assert_eq!(centre.vault.retire_ended(noon()).await.unwrap(), 0);
    let after = noon() + SignedDuration::from_hours(24 * 366);
    assert_eq!(centre.vault.retire_ended(after).await.unwrap(), 2);
    assert_eq!(centre.vault.retire_ended(after).await.unwrap(), 0);
    let retired = centre.facts::<KeyRetired>(KeyRetired::KIND).await;
    assert!(
        retired
            .iter()
            .all(|fact| fact.because == RetiredBecause::Expired && fact.task.is_none())
    );
    assert_eq!(centre.count("kmc_history").await, 2);
    assert_eq!(centre.count("kmc_in_use").await, 0);
}

#[tokio::test]
async fn where_nothing_can_be_recorded_nothing_is_assigned() {
    let centre = Centre::new().await;
    centre.execute("ALTER TABLE record_entry RENAME TO elsewhere").await;
    let error = centre.ask(vec![apply(1, &sm2())]).await.unwrap_err();
    assert!(matches!(error, VaultError::Records(_)), "{error:?}");
    assert_eq!(centre.count("kmc_in_use").await, 0);
}

#[tokio::test]
async fn a_sealed_key_that_was_moved_to_another_row_does_not_open() {
    let centre = Centre::new().await;
    let user = sm2();
    centre.ask(vec![apply(1, &user), apply(2, &sm2())]).await.unwrap();
    centre
        .execute(
            "UPDATE kmc_in_use SET sealed = (SELECT sealed FROM kmc_in_use WHERE serial = X'40000002') \
             WHERE serial = X'40000001'",
        )
        .await;
    let error = centre.ask(vec![apply(1, &user)]).await.unwrap_err();
    assert_eq!(error.code(), "key-centre-envelope");
}

#[tokio::test]
async fn a_private_key_is_nowhere_in_the_files() {
    let centre = Centre::new().await;
    let user = sm2();
    let delivered = only(centre.ask(vec![apply(1, &user)]).await.unwrap());
    let key = delivered.enveloped.unwrap().open(&user).unwrap();
    let scalar = key.sm2_scalar().unwrap();
    let hex = hex::encode(*scalar);
    let mut looked_at = 0;
    for entry in std::fs::read_dir(centre.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let octets = std::fs::read(&path).unwrap();
            assert!(
                !octets.windows(32).any(|window| window == *scalar),
                "{}",
                path.display()
            );
            assert!(
                !octets.windows(64).any(|window| window == hex.as_bytes()),
                "{}",
                path.display()
            );
            looked_at += 1;
        }
    }
    assert!(looked_at >= 2);
}

#[tokio::test]
async fn a_user_key_of_another_kind_is_refused() {
    let centre = Centre::new().await;
    let user = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    let answers = centre.ask(vec![apply(1, &user)]).await.unwrap();
    assert!(matches!(answers[0], KeyAnswer::Error { code: 5, .. }));
}
