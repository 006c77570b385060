//! Every limit of the protocol. Both sides refuse what is beyond them, when sending and when reading.

/// Requests under one signature: as many as one batch of the registration protocol holds.
pub const REQUESTS_MAX: usize = 512;

/// Octets of a request: 512 applications of some 500 octets with generous names.
pub const REQUEST_BYTES_MAX: usize = 1 << 20;

/// Octets of an answer: 512 keys of some 900 octets, and chains of certificates in foreign ones.
pub const ANSWER_BYTES_MAX: usize = 8 << 20;

/// Octets of the user's name in an application.
pub const USER_NAME_BYTES_MAX: usize = 1024;

/// Octets of the explanation of an error. Longer ones are cut when written.
pub const ERROR_TEXT_BYTES_MAX: usize = 1024;

/// Octets of the key hash in an entity's name: SHA-512.
pub const KEY_HASH_BYTES_MAX: usize = 64;

/// Octets of a `SubjectPublicKeyInfo`: RSA-4096 needs 550, ML-DSA-87 2,614.
pub const PUBLIC_KEY_BYTES_MAX: usize = 4 << 10;
