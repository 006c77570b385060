-- ca/0002_certificate: what is about to be signed, and what was signed.
-- Why: intent before the irreversible act. A row of ca_intent stands before the key is used and goes in
-- the transaction that stores the certificate, so a certificate that was ever signed is never unknown.
-- A pair is one intent, not two.
-- Safe while the previous release runs: adds tables. Undo: drop them.
CREATE TABLE ca_intent (
    request       BLOB NOT NULL PRIMARY KEY REFERENCES ca_request (id),
    tbs_first     BLOB NOT NULL,
    tbs_second    BLOB,
    enveloped_key BLOB,
    CONSTRAINT a_pair_has_its_envelope CHECK ((tbs_second IS NULL) = (enveloped_key IS NULL))
);

CREATE TABLE ca_certificate (
    serial        BLOB NOT NULL PRIMARY KEY,
    request       BLOB NOT NULL REFERENCES ca_request (id),
    authority     TEXT NOT NULL,
    certificate_usage TEXT NOT NULL,
    pair_serial   BLOB,
    not_after     BIGINT NOT NULL,
    der           BLOB NOT NULL,
    enveloped_key BLOB,
    status        TEXT NOT NULL,
    status_at     BIGINT,
    ground        TEXT,
    reason        BIGINT,
    invalidity    BIGINT,
    CONSTRAINT usage_is_known CHECK (certificate_usage IN ('single', 'sign', 'encrypt')),
    CONSTRAINT a_single_has_no_pair CHECK ((certificate_usage = 'single') = (pair_serial IS NULL)),
    CONSTRAINT status_is_known CHECK (status IN ('valid', 'suspended', 'revoked')),
    CONSTRAINT a_revocation_has_its_ground CHECK ((status = 'revoked') = (ground IS NOT NULL))
);

-- What a CRL lists, in the order it lists it, with all it says: building one never touches the table.
CREATE INDEX ca_certificate_listed
    ON ca_certificate (authority, serial, status_at, reason, invalidity, not_after)
    WHERE status <> 'valid';
