//! Merkle tree log: proofs, signed checkpoints (RFC 9162, C2SP forms) over SM3 or SHA-256.
