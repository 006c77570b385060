-- officer/0004_passkey: the passkeys that officers log in with.
-- Why: a browser may prove who sits before it by a key of an authenticator; the key waits (bound_at IS NULL) and opens
-- nothing until two other officers bound it (M15 19). Safe while the previous release runs: adds a table. Undo: drop it.
CREATE TABLE officer_passkey (
    sm3        BLOB    NOT NULL PRIMARY KEY,
    officer    BIGINT  NOT NULL REFERENCES officer_officer (id),
    credential BLOB    NOT NULL,
    spki       BLOB    NOT NULL,
    synced     BIGINT  NOT NULL,
    counter    BIGINT  NOT NULL,
    made_at    BIGINT  NOT NULL,
    bound_at   BIGINT,
    used_at    BIGINT,
    CONSTRAINT digest_is_sm3 CHECK (length(sm3) = 32),
    CONSTRAINT one_credential_one_person UNIQUE (credential),
    CONSTRAINT synced_or_not CHECK (synced IN (0, 1)),
    CONSTRAINT counter_is_of_32_bits CHECK (counter BETWEEN 0 AND 4294967295),
    CONSTRAINT used_after_it_was_bound CHECK (used_at IS NULL OR bound_at IS NOT NULL)
);
