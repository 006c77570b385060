//! Every limit of the protocol. Both sides refuse what is beyond them, when sending and when reading.

/// Items in one batch, and answers in one reply. The CA holds a whole batch in one transaction and
/// answers it at once; 512 is where larger groups stop making storage faster.
pub const ITEMS_MAX: usize = 512;

/// Octets of a signed batch: 512 items with ML-DSA-87 keys (2.6 KiB) and generous subject fields.
pub const BATCH_BYTES_MAX: usize = 4 << 20;

/// Octets of a signed reply: 512 answers with an issuer certificate and a pair, ML-DSA included.
pub const REPLY_BYTES_MAX: usize = 16 << 20;

/// Octets of names that an operator chooses: RA, profile, subject field, ground, code, instrument,
/// article. They end up in tables, URLs and log lines.
pub const NAME_BYTES_MAX: usize = 128;

/// Subject fields of one application. The richest profile of GB/T 20518 needs about twenty.
pub const FIELDS_MAX: usize = 64;

/// Octets of one subject field. The longest distinguished name attribute of RFC 5280 (appendix A)
/// has 32,768 characters on paper; 128 is usual, 1,024 octets leave room for Chinese addresses.
pub const FIELD_VALUE_BYTES_MAX: usize = 1024;

/// Octets of a `SubjectPublicKeyInfo`: RSA-4096 needs 550, ML-DSA-87 2,614.
pub const PUBLIC_KEY_BYTES_MAX: usize = 8 << 10;

/// Octets of one certificate in a reply. An ML-DSA-87 certificate has about 8 KiB.
pub const CERTIFICATE_BYTES_MAX: usize = 32 << 10;

/// Octets of an enveloped key: 243 for an SM2 key; room for other algorithms.
pub const ENVELOPED_KEY_BYTES_MAX: usize = 8 << 10;

/// Octets of the explanation in a refusal, in each language. Longer ones are cut when written.
pub const MESSAGE_BYTES_MAX: usize = 2048;

/// Hexadecimal digits of a serial number: 20 octets (RFC 5280 4.1.2.2).
pub const SERIAL_DIGITS_MAX: usize = 40;

/// Days of validity that can be asked for: a hundred years. The profile decides what is given.
pub const VALIDITY_DAYS_MAX: u32 = 36_525;

/// Serial numbers in one answer: a certificate, or the two of a pair.
pub const SERIALS_MAX: usize = 2;
