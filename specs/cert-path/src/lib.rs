//! Certification path validation at a given time (RFC 5280 section 6), SM2 and international.
