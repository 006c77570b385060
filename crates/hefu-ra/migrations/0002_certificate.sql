-- ra/0002_certificate: what the certification authority handed over, and the changes of status asked of it.
-- Why: subscribers fetch their certificates here; officers search, renew, suspend and revoke (办法 29, 30).
-- Safe while the previous release runs: adds tables. Undo: drop ra_status_change, ra_certificate, ra_issuer.
CREATE TABLE ra_issuer (
    digest      TEXT NOT NULL PRIMARY KEY,
    certificate BLOB NOT NULL
);

CREATE TABLE ra_certificate (
    serial        TEXT   NOT NULL PRIMARY KEY,
    pair_serial   TEXT,
    application   TEXT   NOT NULL REFERENCES ra_application (id),
    usage         TEXT   NOT NULL,
    profile       TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    not_before    BIGINT NOT NULL,
    not_after     BIGINT NOT NULL,
    status        TEXT   NOT NULL,
    ground        TEXT,
    changed_at    BIGINT,
    certificate   BLOB   NOT NULL,
    enveloped_key BLOB,
    issuer        TEXT   NOT NULL REFERENCES ra_issuer (digest),
    CONSTRAINT a_known_usage CHECK (usage IN ('single', 'sign', 'encrypt')),
    CONSTRAINT a_known_status CHECK (status IN ('valid', 'suspended', 'revoked')),
    CONSTRAINT half_of_a_pair_names_the_other CHECK ((usage = 'single') = (pair_serial IS NULL)),
    CONSTRAINT only_the_encryption_key_comes_enveloped CHECK ((usage = 'encrypt') = (enveloped_key IS NOT NULL)),
    CONSTRAINT revoked_on_a_ground CHECK ((status = 'revoked') = (ground IS NOT NULL))
);

CREATE INDEX ra_certificate_application ON ra_certificate (application, serial);
CREATE INDEX ra_certificate_name ON ra_certificate (name, serial);

-- The few that are not simply valid, for the lists that officers look at.
CREATE INDEX ra_certificate_changed ON ra_certificate (status, application, serial) WHERE status <> 'valid';

CREATE TABLE ra_status_change (
    request     TEXT   NOT NULL PRIMARY KEY,
    application TEXT   NOT NULL REFERENCES ra_application (id),
    serial      TEXT   NOT NULL REFERENCES ra_certificate (serial),
    act         TEXT   NOT NULL,
    ground      TEXT,
    identity    TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    salt        BLOB   NOT NULL,
    asked_by    BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    settled_at  BIGINT,
    refusal     TEXT,
    CONSTRAINT a_known_act CHECK (act IN ('suspend', 'resume', 'revoke')),
    CONSTRAINT only_a_revocation_has_a_ground CHECK ((act = 'revoke') = (ground IS NOT NULL)),
    CONSTRAINT a_known_state CHECK (state IN ('requested', 'done', 'refused')),
    CONSTRAINT settled_or_open CHECK ((state = 'requested') = (settled_at IS NULL)),
    CONSTRAINT a_refusal_says_why CHECK ((state = 'refused') = (refusal IS NOT NULL))
);

-- One open change for one pair.
CREATE UNIQUE INDEX ra_status_change_open ON ra_status_change (serial) WHERE state = 'requested';
