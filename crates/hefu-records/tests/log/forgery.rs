//! Someone edits the file behind Hefu's back, with the triggers dropped; each way is found and named.

use crate::house::{Forger, House, ORIGIN, entry, key, now, public_key, record};
use hefu_records::{CheckpointProblem, Finding, Hash, Report, SignedCheckpoint, Verification, verify_store};
use record_log::{Checkpoint, Frontier, TreeDigest, leaf_hash};

/// Checkpoints over 10, 20 and 30 entries, and three that are not sealed.
async fn store() -> (House, Vec<SignedCheckpoint>) {
    House::filled(&[10, 20, 30], 3).await
}

/// What a verification finds after these statements.
async fn after(texts: &[&str]) -> Report {
    let (house, _) = store().await;
    let mut forger = house.forger().await;
    for text in texts {
        forger.run(text).await;
    }
    forger.done().await;
    verify_store(&house.url(), &public_key()).await.unwrap()
}

fn forged_bytes(number: u64) -> Vec<u8> {
    let mut entry = entry(number);
    "somebody else".clone_into(&mut entry.subject);
    entry.to_bytes().unwrap()
}

fn sql(bytes: &[u8]) -> String {
    format!("x'{}'", hex::encode(bytes))
}

/// Puts other bytes into a row and recomputes the hash beside them.
async fn replace(forger: &mut Forger, index: u64) {
    let bytes = forged_bytes(index);
    let leaf = leaf_hash(&bytes);
    let (bytes, leaf) = (sql(&bytes), sql(leaf.as_bytes()));
    forger
        .run(&format!(
            "UPDATE record_entry SET bytes = {bytes}, leaf = {leaf} WHERE idx = {index}"
        ))
        .await;
}

/// Puts the hash of the forged row also among the leaves kept with its checkpoint.
async fn replace_leaf(forger: &mut Forger, index: u64, size: u64) {
    let leaf = leaf_hash(&forged_bytes(index));
    let place = (index % 10) * 32;
    let leaf = sql(leaf.as_bytes());
    forger
        .run(&format!(
            "UPDATE record_checkpoint SET leaves = CAST(substr(leaves, 1, {place}) || {leaf} || substr(leaves, {place} + 33) AS BLOB) \
             WHERE size = {size}"
        ))
        .await;
}

fn edited(index: u64) -> Finding {
    Finding::Edited { index }
}

fn missing(first: u64, last: u64) -> Finding {
    Finding::Missing { first, last }
}

fn moved(first: u64, last: u64, sealed_as: u64) -> Finding {
    Finding::Moved { first, last, sealed_as }
}

#[tokio::test]
async fn nothing_changed_nothing_found() {
    let report = after(&[]).await;
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(
        (report.entries, report.sealed, report.unsealed, report.checkpoints),
        (33, 30, 3, 3)
    );
}

#[tokio::test]
async fn bytes_edited() {
    let report = after(&["UPDATE record_entry SET bytes = x'7b7d' WHERE idx IN (0, 13)"]).await;
    assert_eq!(report.findings, [edited(0), edited(13)]);
    let report = after(&[
        "UPDATE record_entry SET bytes = NULL WHERE 0",
        "UPDATE record_entry SET bytes = 'text' WHERE idx = 29",
    ])
    .await;
    assert_eq!(report.findings, [edited(29)]);
    // Text that is not even text.
    let report = after(&["UPDATE record_entry SET bytes = CAST(x'ff00' AS TEXT) WHERE idx = 4"]).await;
    assert_eq!(report.findings, [edited(4)]);
}

#[tokio::test]
async fn hash_edited() {
    let report = after(&["UPDATE record_entry SET leaf = zeroblob(32) WHERE idx = 19"]).await;
    assert_eq!(report.findings, [Finding::LeafEdited { index: 19 }]);
}

#[tokio::test]
async fn bytes_edited_and_hash_recomputed() {
    let (house, _) = store().await;
    let mut forger = house.forger().await;
    replace(&mut forger, 13).await;
    replace(&mut forger, 20).await;
    forger.done().await;
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert_eq!(report.findings, [edited(13), edited(20)]);
}

#[tokio::test]
async fn bytes_edited_and_every_hash_recomputed_is_narrowed_to_two_checkpoints() {
    let (house, _) = store().await;
    let mut forger = house.forger().await;
    replace(&mut forger, 13).await;
    replace_leaf(&mut forger, 13, 20).await;
    forger.done().await;
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert_eq!(report.findings, [Finding::Range { first: 10, last: 19 }]);
    assert_eq!(
        report.findings[0].to_string(),
        "something in records 10 to 19 was changed and its hashes recomputed; \
         the signed checkpoints before and after allow no narrower answer"
    );
}

#[tokio::test]
async fn every_hash_and_the_peaks_recomputed_is_narrowed_to_the_next_that_holds() {
    let (house, _) = store().await;
    let mut forger = house.forger().await;
    replace(&mut forger, 13).await;
    replace_leaf(&mut forger, 13, 20).await;
    forger
        .run("UPDATE record_checkpoint SET peaks = zeroblob(64) WHERE size = 20")
        .await;
    forger.done().await;
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert_eq!(report.findings, [Finding::Range { first: 10, last: 29 }]);
}

#[tokio::test]
async fn rows_deleted() {
    let report = after(&["DELETE FROM record_entry WHERE idx IN (0, 12, 13, 14)"]).await;
    assert_eq!(report.findings, [missing(0, 0), missing(12, 14)]);
    let report = after(&["DELETE FROM record_entry WHERE idx >= 25"]).await;
    assert_eq!(report.findings, [missing(25, 29)]);
    assert_eq!((report.entries, report.unsealed), (25, 0));
    let report = after(&["DELETE FROM record_entry"]).await;
    assert_eq!(report.findings, [missing(0, 29)]);
    let report = after(&["DELETE FROM record_entry WHERE idx = 31"]).await;
    assert_eq!(report.findings, [missing(31, 31)]);
}

#[tokio::test]
async fn a_row_deleted_and_the_rest_renumbered() {
    let report = after(&[
        "PRAGMA ignore_check_constraints = ON",
        "DELETE FROM record_entry WHERE idx = 12",
        "UPDATE record_entry SET idx = -idx WHERE idx > 12",
        "UPDATE record_entry SET idx = -idx - 1 WHERE idx < 0",
    ])
    .await;
    // Row 12 was taken out: the rows after it stand one too low. Row 29 holds what nobody has sealed yet.
    assert_eq!(report.findings, [moved(12, 28, 13), edited(29)]);
}

#[tokio::test]
async fn a_row_put_in_and_the_rest_renumbered() {
    let bytes = forged_bytes(99);
    let (leaf, bytes) = (sql(leaf_hash(&bytes).as_bytes()), sql(&bytes));
    let report = after(&[
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE record_entry SET idx = -idx WHERE idx >= 12",
        "UPDATE record_entry SET idx = -idx + 1 WHERE idx < 0",
        &format!("INSERT INTO record_entry (idx, leaf, bytes) VALUES (12, {leaf}, {bytes})"),
    ])
    .await;
    assert_eq!(report.findings, [edited(12), moved(13, 29, 12)]);
}

#[tokio::test]
async fn rows_put_where_none_can_be() {
    let report = after(&[
        "PRAGMA ignore_check_constraints = ON",
        "INSERT INTO record_entry (idx, leaf, bytes) VALUES (-7, zeroblob(32), x'00')",
    ])
    .await;
    assert_eq!(report.findings, [Finding::Inserted { number: -7 }]);
    let report = after(&["INSERT INTO record_entry (idx, leaf, bytes) VALUES (1 << 62, zeroblob(32), x'00')"]).await;
    assert_eq!(report.findings, [Finding::Inserted { number: 1 << 62 }]);
    let report = after(&[
        "CREATE TABLE copy AS SELECT * FROM record_entry",
        "DROP TABLE record_entry",
        "CREATE TABLE record_entry (idx BIGINT, leaf BLOB, bytes BLOB)",
        "INSERT INTO record_entry SELECT * FROM copy",
        "INSERT INTO record_entry SELECT idx, leaf, x'00' FROM copy WHERE idx = 17",
    ])
    .await;
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert!(
        matches!(report.findings[0], Finding::Inserted { number: 17 }),
        "{:?}",
        report.findings
    );
}

#[tokio::test]
async fn rows_swapped() {
    let swap = |a: u64, b: u64| {
        [
            format!("UPDATE record_entry SET idx = -100 WHERE idx = {a}"),
            format!("UPDATE record_entry SET idx = {a} WHERE idx = {b}"),
            format!("UPDATE record_entry SET idx = {b} WHERE idx = -100"),
        ]
    };
    let near = swap(3, 7);
    let mut texts = vec!["PRAGMA ignore_check_constraints = ON"];
    texts.extend(near.iter().map(String::as_str));
    assert_eq!(after(&texts).await.findings, [moved(3, 3, 7), moved(7, 7, 3)]);
    // Across a checkpoint.
    let far = swap(9, 10);
    let mut texts = vec!["PRAGMA ignore_check_constraints = ON"];
    texts.extend(far.iter().map(String::as_str));
    assert_eq!(after(&texts).await.findings, [moved(9, 9, 10), moved(10, 10, 9)]);
}

#[tokio::test]
async fn a_row_not_sealed_yet_is_checked_against_its_own_hash() {
    let report = after(&["UPDATE record_entry SET bytes = x'7b7d' WHERE idx = 31"]).await;
    assert_eq!(report.findings, [edited(31)]);
}

fn seal_over(size: u64, origin: &str, octet: u8) -> SignedCheckpoint {
    let mut frontier = Frontier::new(TreeDigest::Sm3);
    (0..size).for_each(|number| frontier.append(leaf_hash(&entry(number).to_bytes().unwrap())));
    let checkpoint = Checkpoint::new(origin, size, frontier.root()).unwrap();
    SignedCheckpoint::sign(checkpoint, &key(octet)).unwrap()
}

async fn with_note(note: &str, size: u64) -> Vec<Finding> {
    let note = sql(note.as_bytes());
    after(&[&format!(
        "UPDATE record_checkpoint SET note = CAST({note} AS TEXT) WHERE size = {size}"
    )])
    .await
    .findings
}

fn bad(size: i64, problem: CheckpointProblem) -> Finding {
    Finding::Checkpoint { size, problem }
}

#[tokio::test]
async fn checkpoints_forged_foreign_malformed_or_misplaced() {
    use CheckpointProblem::{ForeignKey, ForeignLog, Forged, Malformed, Misplaced};
    let right = seal_over(20, ORIGIN, 7).to_string();
    let other_root = right.replacen(
        &seal_over(20, ORIGIN, 7).unverified().root().to_base64(),
        &leaf_hash(b"x").to_base64(),
        1,
    );
    for (note, problem) in [
        (seal_over(20, ORIGIN, 8).to_string(), ForeignKey),
        (other_root, Forged),
        (seal_over(20, "elsewhere", 7).to_string(), ForeignLog),
        (seal_over(19, ORIGIN, 7).to_string(), Misplaced),
        ("nonsense".to_owned(), Malformed),
    ] {
        let found = with_note(&note, 20).await;
        assert_eq!(found, [bad(20, problem)], "{note}");
    }
    let report = after(&["UPDATE record_checkpoint SET note = CAST(x'ff' AS TEXT) WHERE size = 30"]).await;
    assert_eq!(report.findings, [bad(30, Malformed)]);
    assert_eq!((report.sealed, report.unsealed), (20, 13));
}

#[tokio::test]
async fn a_forged_checkpoint_does_not_hide_an_edited_row() {
    let (house, _) = store().await;
    let mut forger = house.forger().await;
    replace(&mut forger, 13).await;
    let note = sql(seal_over(20, ORIGIN, 8).to_string().as_bytes());
    forger
        .run(&format!(
            "UPDATE record_checkpoint SET note = CAST({note} AS TEXT) WHERE size = 20"
        ))
        .await;
    forger.done().await;
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert_eq!(report.findings, [bad(20, CheckpointProblem::ForeignKey), edited(13)]);
}

#[tokio::test]
async fn the_whole_history_signed_anew_with_another_key() {
    let notes: Vec<String> = [10, 20, 30]
        .map(|size| {
            let note = sql(seal_over(size, ORIGIN, 8).to_string().as_bytes());
            format!("UPDATE record_checkpoint SET note = CAST({note} AS TEXT) WHERE size = {size}")
        })
        .into();
    let report = after(&notes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(
        report.findings,
        [10, 20, 30].map(|size| bad(size, CheckpointProblem::ForeignKey))
    );
    assert_eq!(
        (report.sealed, report.unsealed, report.checkpoints, report.root),
        (0, 33, 0, None)
    );
}

#[tokio::test]
async fn a_checkpoint_taken_out_or_what_is_kept_with_it_edited() {
    let report = after(&["DELETE FROM record_checkpoint WHERE size = 20"]).await;
    assert_eq!(report.findings, [Finding::SealEdited { size: 30 }]);
    let report = after(&["UPDATE record_checkpoint SET leaves = zeroblob(320) WHERE size = 20"]).await;
    assert_eq!(report.findings, [Finding::SealEdited { size: 20 }]);
    let report = after(&["UPDATE record_checkpoint SET peaks = zeroblob(64) WHERE size = 20"]).await;
    assert_eq!(report.findings, [Finding::SealEdited { size: 20 }]);
    let report = after(&["UPDATE record_checkpoint SET peaks = x'00', leaves = x'01' WHERE size = 20"]).await;
    assert_eq!(report.findings, [Finding::SealEdited { size: 20 }]);
}

async fn against(house: &House, known: &SignedCheckpoint) -> Vec<Finding> {
    let key = public_key();
    let verification = Verification::new(&key).origin(ORIGIN).known(known).unwrap();
    verification.run(&house.url()).await.unwrap().findings
}

#[tokio::test]
async fn the_end_cut_off_with_its_checkpoints_is_shown_by_one_kept_elsewhere() {
    let (house, checkpoints) = store().await;
    for known in &checkpoints {
        assert_eq!(against(&house, known).await, []);
    }
    let mut forger = house.forger().await;
    forger
        .run("DELETE FROM record_entry WHERE idx >= 20")
        .await
        .run("DELETE FROM record_checkpoint WHERE size > 20")
        .await;
    forger.done().await;
    assert!(
        verify_store(&house.url(), &public_key()).await.unwrap().is_sound(),
        "by itself the store cannot show it"
    );
    assert_eq!(against(&house, &checkpoints[1]).await, []);
    assert_eq!(
        against(&house, &checkpoints[2]).await,
        [Finding::Shortened { known: 30, entries: 20 }]
    );
}

#[tokio::test]
async fn a_log_rewritten_with_the_seal_key_is_shown_by_a_checkpoint_kept_elsewhere() {
    let (_, checkpoints) = store().await;
    let house = House::new();
    let (database, records) = house.open().await;
    record(&database, 100..125).await.unwrap();
    records.checkpoint(now()).await.unwrap();
    database.close().await;
    assert!(verify_store(&house.url(), &public_key()).await.unwrap().is_sound());
    assert_eq!(
        against(&house, &checkpoints[1]).await,
        [Finding::Contradicted { known: 20 }]
    );
    assert_eq!(
        against(&house, &checkpoints[2]).await,
        [Finding::Shortened { known: 30, entries: 25 }]
    );
}

#[tokio::test]
async fn every_single_row_and_bit_counts() {
    let (house, _) = store().await;
    let mut forger = house.forger().await;
    for index in 0..33 {
        forger.run(&format!("SAVEPOINT try; UPDATE record_entry SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'7c' AS BLOB) WHERE idx = {index}; RELEASE try")).await;
        let report = verify_store(&house.url(), &public_key()).await.unwrap();
        assert_eq!(report.findings, [edited(index)]);
        forger.run(&format!("UPDATE record_entry SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'7d' AS BLOB) WHERE idx = {index}")).await;
    }
    forger.done().await;
    assert!(verify_store(&house.url(), &public_key()).await.unwrap().is_sound());
}

#[test]
fn findings_speak_both_languages() {
    use hefu_rulebook::Language;
    let finding = moved(12, 28, 13);
    assert_eq!(
        finding.message(Language::English),
        "records 12 to 28 hold what was sealed as records 13 to 29"
    );
    assert_eq!(
        finding.message(Language::Chinese),
        "第 12 至 28 号位置上是封存时的第 13 至 29 号记录"
    );
    let json = serde_json::to_string(&finding).unwrap();
    assert_eq!(json, r#"{"finding":"moved","first":12,"last":28,"sealed_as":13}"#);
    let _ = Hash::from_bytes([0; 32]);
}
