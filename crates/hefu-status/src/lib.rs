//! Status: OCSP answers, CRLs and certificate look-up, as followers of the records.
