-- status/0001_certificate: what relying parties may ask about.
-- Why: directory and status queries are two of the four services that a provider offers
-- (电子认证服务管理办法 17). Everything here is a view of the authority's records: drop it, reset the cursor,
-- and the follower writes it again.
-- told_by is the index of the record that last spoke about the certificate, so that reading records twice
-- changes nothing.
-- Safe while the previous release runs: adds tables. Undo: drop them.
CREATE TABLE status_certificate (
    serial        TEXT NOT NULL PRIMARY KEY,
    issuer_key    BLOB NOT NULL,
    authority     TEXT NOT NULL,
    profile       TEXT NOT NULL,
    law_scope     TEXT NOT NULL,
    usage         TEXT NOT NULL,
    pair_serial   TEXT,
    replaces      TEXT,
    holder        TEXT NOT NULL,
    holder_masked TEXT NOT NULL,
    not_before    BIGINT NOT NULL,
    not_after     BIGINT NOT NULL,
    issued_at     BIGINT NOT NULL,
    certificate   BLOB NOT NULL,
    status        TEXT NOT NULL,
    ground        TEXT,
    reason        BIGINT,
    changed_at    BIGINT,
    invalidity_at BIGINT,
    told_by       BIGINT NOT NULL,
    CONSTRAINT usage_is_known CHECK (usage IN ('single', 'sign', 'encrypt')),
    CONSTRAINT a_pair_has_two_halves CHECK ((usage = 'single') = (pair_serial IS NULL)),
    CONSTRAINT status_is_known CHECK (status IN ('valid', 'suspended', 'revoked')),
    CONSTRAINT what_ended_says_when CHECK (status = 'valid' OR changed_at IS NOT NULL)
);

-- What the index in memory is filled from at start, without reading a million certificates for it.
CREATE INDEX status_certificate_standing ON status_certificate (issuer_key, serial, status, reason, changed_at);

-- Names by which a certificate is found, folded to lower case. A natural person's name is found whole only:
-- whoever knows it may check it, nobody may list what begins with a letter.
CREATE TABLE status_name (
-- only sqlite
    name     TEXT NOT NULL,
-- only postgres
    name     TEXT COLLATE "C" NOT NULL,
-- every engine
    serial   TEXT NOT NULL REFERENCES status_certificate (serial),
    personal BIGINT NOT NULL,
    PRIMARY KEY (name, serial)
);
