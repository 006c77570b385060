//! Registration: applications, identity, contract, approval, and the signed request to the CA.
