//! Certification: accepts signed requests, signs certificates and CRLs, intent before act.
