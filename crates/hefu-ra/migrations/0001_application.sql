-- ra/0001_application: applications with every step taken on them, by whom and when.
-- Why: 电子签名法 20, 办法 21 and 22; the constraints repeat the order of the road and the separation of officers.
-- Times are microseconds since 1970; digests, numbers and salts as their octets or in hexadecimal.
-- Safe while the previous release runs: adds a table. Undo: drop the table.
CREATE TABLE ra_application (
    id            TEXT   NOT NULL PRIMARY KEY,
    kind          TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    profile       TEXT   NOT NULL,
    law_scope     TEXT   NOT NULL,
    fields        TEXT   NOT NULL,
    public_key    BLOB   NOT NULL,
    key_digest    BLOB   NOT NULL,
    temporary_key BLOB,
    csr           BLOB,
    validity_days BIGINT,
    replaces      TEXT,
    salt          BLOB   NOT NULL,
    entered_by    BIGINT NOT NULL,
    entered_at    BIGINT NOT NULL,
    notice        TEXT,
    noticed_by    BIGINT,
    noticed_at    BIGINT,
    contract      TEXT,
    contracted_by BIGINT,
    contracted_at BIGINT,
    identity      TEXT,
    identified_by BIGINT,
    identified_at BIGINT,
    approval      BLOB,
    approved_by   BIGINT,
    approved_at   BIGINT,
    request       BLOB,
    requested_by  BIGINT,
    requested_at  BIGINT,
    issued_at     BIGINT,
    rejection     TEXT,
    rejected_by   BIGINT,
    rejected_at   BIGINT,
    updated_at    BIGINT NOT NULL,
    CONSTRAINT a_known_kind CHECK (kind IN ('first', 'renewal', 'rekey')),
    CONSTRAINT a_known_state CHECK (
        state IN ('entered', 'noticed', 'contracted', 'identified', 'approved', 'requested', 'issued', 'rejected')
    ),
    CONSTRAINT a_known_scope CHECK (law_scope IN ('signature', 'government', 'outside')),
    CONSTRAINT key_digest_is_sm3 CHECK (length(key_digest) = 32),
    CONSTRAINT only_a_renewal_replaces CHECK ((kind = 'first') = (replaces IS NULL)),
    CONSTRAINT a_new_key_is_proven CHECK (kind = 'renewal' OR csr IS NOT NULL),
    CONSTRAINT notice_is_whole CHECK (
        (notice IS NULL) = (noticed_at IS NULL) AND (noticed_by IS NULL) = (noticed_at IS NULL)
    ),
    CONSTRAINT contract_is_whole CHECK (
        (contract IS NULL) = (contracted_at IS NULL) AND (contracted_by IS NULL) = (contracted_at IS NULL)
    ),
    CONSTRAINT identity_is_whole CHECK (
        (identity IS NULL) = (identified_at IS NULL) AND (identified_by IS NULL) = (identified_at IS NULL)
    ),
    CONSTRAINT approval_is_whole CHECK (
        (approval IS NULL) = (approved_at IS NULL) AND (approved_by IS NULL) = (approved_at IS NULL)
    ),
    CONSTRAINT request_is_whole CHECK (
        (request IS NULL) = (requested_at IS NULL) AND (requested_by IS NULL) = (requested_at IS NULL)
    ),
    CONSTRAINT rejection_is_whole CHECK (
        (rejection IS NULL) = (rejected_at IS NULL) AND (rejected_by IS NULL) = (rejected_at IS NULL)
    ),
    CONSTRAINT notice_before_contract CHECK (contracted_at IS NULL OR noticed_at IS NOT NULL),
    CONSTRAINT contract_before_identity CHECK (identified_at IS NULL OR contracted_at IS NOT NULL),
    CONSTRAINT identity_before_approval CHECK (approved_at IS NULL OR identified_at IS NOT NULL),
    CONSTRAINT approval_before_request CHECK (requested_at IS NULL OR approved_at IS NOT NULL),
    CONSTRAINT request_before_issue CHECK (issued_at IS NULL OR requested_at IS NOT NULL),
    CONSTRAINT approver_did_not_enter_it CHECK (approved_by IS NULL OR approved_by <> entered_by),
    CONSTRAINT approver_did_not_verify_identity CHECK (approved_by IS NULL OR approved_by <> identified_by),
    CONSTRAINT state_says_what_was_done CHECK (
        (state = 'entered' AND noticed_at IS NULL AND rejected_at IS NULL)
        OR (state = 'noticed' AND noticed_at IS NOT NULL AND contracted_at IS NULL AND rejected_at IS NULL)
        OR (state = 'contracted' AND contracted_at IS NOT NULL AND identified_at IS NULL AND rejected_at IS NULL)
        OR (state = 'identified' AND identified_at IS NOT NULL AND approved_at IS NULL AND rejected_at IS NULL)
        OR (state = 'approved' AND approved_at IS NOT NULL AND requested_at IS NULL AND rejected_at IS NULL)
        OR (state = 'requested' AND requested_at IS NOT NULL AND issued_at IS NULL AND rejected_at IS NULL)
        OR (state = 'issued' AND issued_at IS NOT NULL AND rejected_at IS NULL)
        OR (state = 'rejected' AND rejected_at IS NOT NULL AND requested_at IS NULL)
    )
);

-- One key, one application; a renewal goes on with the key of the one it renews.
CREATE UNIQUE INDEX ra_application_key ON ra_application (key_digest) WHERE kind <> 'renewal' AND state <> 'rejected';

-- One renewal for one certificate.
CREATE UNIQUE INDEX ra_application_replaces ON ra_application (replaces) WHERE state <> 'rejected';

-- Work lists, and the applications to ask about at start. What is issued leaves this index: nearly everything is, in
-- the end, and is found by its number.
CREATE INDEX ra_application_open ON ra_application (state, id) WHERE state <> 'issued';
