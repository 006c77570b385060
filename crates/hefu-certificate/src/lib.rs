//! Nouns of a certificate: subject, serial, profile, dual certificate, validity, status, grounds; lints before signing.
