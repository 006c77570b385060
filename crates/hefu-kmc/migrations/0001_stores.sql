-- kmc/0001_stores: the spare, in-use and history stores of encryption keys.
-- Why: GM/T 0034 (as recalled) names the three; a key is in exactly one of them.
-- Every private key is sealed by the key device; its public key is the seal's context, so that a
-- sealed key moved to another row no longer opens.
-- Safe while the previous release runs: adds tables. Undo: drop them (and lose the keys).
CREATE TABLE kmc_spare (
    public_key BLOB NOT NULL PRIMARY KEY,
    sealed     BLOB NOT NULL,
    made_at    BIGINT NOT NULL
);

CREATE TABLE kmc_in_use (
    authority  TEXT NOT NULL,
    serial     BLOB NOT NULL,
    user_key   BLOB NOT NULL,
    public_key BLOB NOT NULL,
    sealed     BLOB NOT NULL,
    not_before BIGINT NOT NULL,
    not_after  BIGINT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (authority, serial),
    CONSTRAINT one_key_serves_one_certificate UNIQUE (public_key)
);

CREATE TABLE kmc_history (
    authority  TEXT NOT NULL,
    serial     BLOB NOT NULL,
    user_key   BLOB NOT NULL,
    public_key BLOB NOT NULL,
    sealed     BLOB NOT NULL,
    not_before BIGINT NOT NULL,
    not_after  BIGINT NOT NULL,
    applied_at BIGINT NOT NULL,
    retired_at BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY (authority, serial),
    CONSTRAINT reason_is_known CHECK (reason IN ('revoked', 'expired'))
);

CREATE INDEX kmc_in_use_by_end ON kmc_in_use (not_after);
