//! The tree and its proofs: the vectors of Certificate Transparency, every small tree against the definition, and
//! proofs that were tampered with.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use record_log::{
    ConsistencyProof, Frontier, FrontierError, Hash, InclusionProof, ProofError, SIZE_MAX, Subtree, TreeDigest,
    leaf_hash, subtrees_for_consistency, subtrees_for_inclusion,
};

/// Leaves and roots of google/certificate-transparency `merkletree/merkle_tree_test.cc` (RFC 6962, SHA-256).
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hash(text: &str) -> Hash {
    Hash::try_from(hex::decode(text).unwrap().as_slice()).unwrap()
}

fn vector_leaves() -> Vec<Hash> {
    LEAVES
        .iter()
        .map(|leaf| TreeDigest::Sha256.leaf(&hex::decode(leaf).unwrap()))
        .collect()
}

/// MTH of RFC 9162 §2.1.1, as it is written there.
fn mth(digest: TreeDigest, leaves: &[Hash]) -> Hash {
    match leaves {
        [] => digest.empty(),
        [leaf] => *leaf,
        _ => {
            let k = leaves.len().next_power_of_two() / 2;
            digest.node(&mth(digest, &leaves[..k]), &mth(digest, &leaves[k..]))
        }
    }
}

/// PATH of RFC 9162 §2.1.3.1, as it is written there.
fn path(digest: TreeDigest, m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (mut path, beside) = if m < k {
        (path(digest, m, &leaves[..k]), mth(digest, &leaves[k..]))
    } else {
        (path(digest, m - k, &leaves[k..]), mth(digest, &leaves[..k]))
    };
    path.push(beside);
    path
}

/// SUBPROOF of RFC 9162 §2.1.4.1, as it is written there.
fn subproof(digest: TreeDigest, m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    let n = leaves.len();
    if m == n {
        return if whole { Vec::new() } else { vec![mth(digest, leaves)] };
    }
    let k = n.next_power_of_two() / 2;
    let (mut proof, beside) = if m <= k {
        (subproof(digest, m, &leaves[..k], whole), mth(digest, &leaves[k..]))
    } else {
        (subproof(digest, m - k, &leaves[k..], false), mth(digest, &leaves[..k]))
    };
    proof.push(beside);
    proof
}

fn look_up(digest: TreeDigest, leaves: &[Hash], subtrees: &[Subtree]) -> Vec<Hash> {
    let at = |index: u64| usize::try_from(index).unwrap();
    subtrees
        .iter()
        .map(|subtree| mth(digest, &leaves[at(subtree.start)..at(subtree.end)]))
        .collect()
}

fn inclusion(digest: TreeDigest, leaves: &[Hash], index: usize) -> InclusionProof {
    let (index, size) = (index as u64, leaves.len() as u64);
    let path = look_up(digest, leaves, &subtrees_for_inclusion(index, size).unwrap());
    InclusionProof { index, size, path }
}

fn consistency(digest: TreeDigest, leaves: &[Hash], from: usize) -> ConsistencyProof {
    let (from, to) = (from as u64, leaves.len() as u64);
    let path = look_up(digest, leaves, &subtrees_for_consistency(from, to).unwrap());
    ConsistencyProof { from, to, path }
}

fn some_leaves(digest: TreeDigest, count: usize) -> Vec<Hash> {
    (0..count)
        .map(|number| digest.leaf(format!("entry {number}").as_bytes()))
        .collect()
}

fn frontier_of(digest: TreeDigest, leaves: &[Hash]) -> Frontier {
    let mut frontier = Frontier::new(digest);
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier
}

#[test]
fn the_roots_are_those_of_certificate_transparency() {
    let mut frontier = Frontier::new(TreeDigest::Sha256);
    assert_eq!(
        frontier.root(),
        hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    for (leaf, root) in vector_leaves().into_iter().zip(ROOTS) {
        frontier.append(leaf);
        assert_eq!(frontier.root(), hash(root), "at size {}", frontier.size());
    }
}

#[test]
fn the_proofs_are_those_of_certificate_transparency() {
    let leaves = vector_leaves();
    let digest = TreeDigest::Sha256;
    assert_eq!(
        inclusion(digest, &leaves, 0).path,
        [
            hash("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
            hash("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
            hash("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
        ]
    );
    assert_eq!(
        consistency(digest, &leaves, 6).path,
        [
            hash("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
            hash("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
            hash("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ]
    );
}

#[test]
fn the_leaf_hash_of_the_records_is_sm3_with_a_zero_octet_before() {
    // SM3 computed with `printf '\0abc' | openssl dgst -sm3` (OpenSSL 3.0).
    assert_eq!(leaf_hash(b"abc").to_string(), LEAF_ABC);
}
const LEAF_ABC: &str = "a7fe0cdcc2194aa7a9c6bfad5637581bf051d935a10bb6a9ccabfce125c27d96";

#[test]
fn every_tree_up_to_a_hundred_leaves_follows_the_definition() {
    for digest in [TreeDigest::Sm3, TreeDigest::Sha256] {
        let all = some_leaves(digest, 100);
        for size in 0..=100 {
            let leaves = &all[..size];
            let root = mth(digest, leaves);
            assert_eq!(frontier_of(digest, leaves).root(), root, "root of {size}");
            for index in 0..size {
                let proof = inclusion(digest, leaves, index);
                assert_eq!(proof.path, path(digest, index, leaves), "path of {index} in {size}");
                proof.verify(digest, &leaves[index], &root).unwrap();
            }
            for from in 0..=size {
                let proof = consistency(digest, leaves, from);
                if from > 0 {
                    assert_eq!(
                        proof.path,
                        subproof(digest, from, leaves, true),
                        "from {from} to {size}"
                    );
                }
                proof.verify(digest, &mth(digest, &all[..from]), &root).unwrap();
            }
        }
    }
}

#[test]
fn a_frontier_can_be_stored_and_taken_up_at_any_size() {
    let digest = TreeDigest::Sm3;
    let all = some_leaves(digest, 70);
    for size in 0..=70 {
        let stored = frontier_of(digest, &all[..size]);
        let mut again = Frontier::from_parts(digest, stored.size(), stored.peaks().to_vec()).unwrap();
        for leaf in &all[size..] {
            again.append(*leaf);
        }
        assert_eq!(again, frontier_of(digest, &all));
    }
}

#[test]
fn whole_subtrees_can_be_appended_where_they_fit() {
    let digest = TreeDigest::Sm3;
    let all = some_leaves(digest, 24);
    let mut frontier = frontier_of(digest, &all[..16]);
    frontier.append_subtree(3, mth(digest, &all[16..24])).unwrap();
    assert_eq!(frontier, frontier_of(digest, &all));
    assert_eq!(
        frontier.append_subtree(4, all[0]),
        Err(FrontierError::Misplaced { level: 4, size: 24 })
    );
    assert_eq!(
        frontier.append_subtree(64, all[0]),
        Err(FrontierError::Misplaced { level: 64, size: 24 })
    );
}

#[test]
fn every_complete_subtree_is_told_once_with_its_root() {
    let digest = TreeDigest::Sm3;
    let all = some_leaves(digest, 100);
    let mut told = Vec::new();
    let mut frontier = Frontier::new(digest);
    for leaf in &all {
        frontier.append_and_tell(*leaf, |node| told.push(node));
    }
    assert_eq!(frontier, frontier_of(digest, &all));
    assert_eq!(told.len(), 50 + 25 + 12 + 6 + 3 + 1);
    for node in told {
        let start = usize::try_from(node.index << node.level).unwrap();
        assert_eq!(node.root, mth(digest, &all[start..start + (1 << node.level)]));
    }
}

#[test]
fn parts_that_make_no_frontier_are_refused() {
    let peak = leaf_hash(b"x");
    assert_eq!(
        Frontier::from_parts(TreeDigest::Sm3, 5, vec![peak]),
        Err(FrontierError::Peaks {
            size: 5,
            expected: 2,
            found: 1
        })
    );
    assert_eq!(
        Frontier::from_parts(TreeDigest::Sm3, SIZE_MAX + 1, vec![peak; 2]),
        Err(FrontierError::TooLarge(SIZE_MAX + 1))
    );
}

#[test]
fn questions_about_leaves_and_sizes_that_are_not_there_are_refused() {
    assert_eq!(
        subtrees_for_inclusion(5, 5),
        Err(ProofError::NoSuchLeaf { index: 5, size: 5 })
    );
    assert_eq!(
        subtrees_for_inclusion(0, 0),
        Err(ProofError::NoSuchLeaf { index: 0, size: 0 })
    );
    assert_eq!(
        subtrees_for_consistency(6, 5),
        Err(ProofError::NotAContinuation { from: 6, to: 5 })
    );
    assert!(subtrees_for_inclusion(u64::MAX - 1, u64::MAX).is_err());
    assert_eq!(subtrees_for_inclusion(SIZE_MAX - 1, SIZE_MAX).unwrap().len(), 62);
}

#[test]
fn a_proof_with_any_bit_or_number_changed_proves_nothing() {
    let digest = TreeDigest::Sm3;
    let all = some_leaves(digest, 33);
    let root = mth(digest, &all);
    for size in [2, 3, 7, 8, 13, 33] {
        let leaves = &all[..size];
        let root = mth(digest, leaves);
        for index in 0..size {
            let good = inclusion(digest, leaves, index);
            for at in 0..good.path.len() {
                let mut bad = good.clone();
                let mut octets = *bad.path[at].as_bytes();
                octets[at % 32] ^= 1;
                bad.path[at] = Hash::from_bytes(octets);
                assert_eq!(bad.verify(digest, &leaves[index], &root), Err(ProofError::WrongRoot));
                let mut short = good.clone();
                short.path.remove(at);
                assert!(matches!(
                    short.verify(digest, &leaves[index], &root),
                    Err(ProofError::WrongLength { .. })
                ));
            }
            for other in (0..size).filter(|other| *other != index) {
                let bad = InclusionProof {
                    index: other as u64,
                    ..good.clone()
                };
                assert!(
                    bad.verify(digest, &leaves[index], &root).is_err(),
                    "{index} taken for {other} in {size}"
                );
                assert!(good.verify(digest, &leaves[other], &root).is_err());
            }
        }
    }
    for from in 1..33 {
        let earlier = mth(digest, &all[..from]);
        let good = consistency(digest, &all, from);
        let mut forged = all.clone();
        forged[from - 1] = leaf_hash(b"forged");
        let other = mth(digest, &forged[..from]);
        assert_eq!(good.verify(digest, &other, &root), Err(ProofError::WrongRoot));
        assert_eq!(
            good.verify(digest, &earlier, &mth(digest, &forged)),
            Err(ProofError::WrongRoot)
        );
        for at in 0..good.path.len() {
            let mut bad = good.clone();
            bad.path[at] = leaf_hash(b"forged");
            assert_eq!(bad.verify(digest, &earlier, &root), Err(ProofError::WrongRoot));
        }
    }
}

#[test]
fn an_empty_tree_is_continued_by_every_tree_but_only_an_empty_one() {
    let digest = TreeDigest::Sm3;
    let all = some_leaves(digest, 5);
    let proof = ConsistencyProof {
        from: 0,
        to: 5,
        path: Vec::new(),
    };
    let root = mth(digest, &all);
    proof.verify(digest, &digest.empty(), &root).unwrap();
    assert_eq!(proof.verify(digest, &all[0], &root), Err(ProofError::WrongRoot));
}

proptest! {
    #[test]
    fn any_two_sizes_prove_each_other(from in 1_usize..400, more in 0_usize..400, pick in any::<proptest::sample::Index>()) {
        let digest = TreeDigest::Sm3;
        let leaves = some_leaves(digest, from + more);
        let root = frontier_of(digest, &leaves).root();
        let earlier = frontier_of(digest, &leaves[..from]).root();
        prop_assert_eq!(consistency(digest, &leaves, from).verify(digest, &earlier, &root), Ok(()));
        let index = pick.index(leaves.len());
        prop_assert_eq!(inclusion(digest, &leaves, index).verify(digest, &leaves[index], &root), Ok(()));
    }

    #[test]
    fn arbitrary_proofs_never_panic(index in any::<u64>(), size in any::<u64>(), path in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let path: Vec<Hash> = path.into_iter().map(Hash::from_bytes).collect();
        let hash = leaf_hash(b"x");
        let _ = InclusionProof { index, size, path: path.clone() }.verify(TreeDigest::Sm3, &hash, &hash);
        let _ = ConsistencyProof { from: index, to: size, path }.verify(TreeDigest::Sm3, &hash, &hash);
    }
}
