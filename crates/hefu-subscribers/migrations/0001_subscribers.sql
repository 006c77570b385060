-- subscribers/0001_subscribers: access codes and sessions, supplements, acceptance, and what subscribers ask of officers.
-- Why: 电子签名法 15, 20; 办法 30: a holder tells at once that a key is lost, an applicant completes what is lacking.
-- A code is kept only as a keyed digest; words and requests of subscribers stand sealed by the key device.
-- Times are microseconds since 1970. Applications and serial numbers are named by text: they are another capability's.
-- Safe while the previous release runs: adds tables. Undo: drop them, the newest first.
CREATE TABLE subscribers_key (
    name   TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

CREATE TABLE subscribers_access (
    id          TEXT   NOT NULL PRIMARY KEY,
    number      TEXT   NOT NULL,
    digest      BLOB   NOT NULL,
    purpose     TEXT   NOT NULL,
    application TEXT   NOT NULL,
    vouched_by  BIGINT NOT NULL,
    made_by     TEXT   NOT NULL,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    tries_left  BIGINT NOT NULL,
    uses_left   BIGINT,
    ended       TEXT,
    ended_at    BIGINT,
    CONSTRAINT a_known_purpose CHECK (purpose IN ('portal', 'delivery', 'loss')),
    CONSTRAINT digest_is_sm3 CHECK (length(digest) = 32),
    CONSTRAINT no_less_than_no_tries CHECK (tries_left >= 0),
    CONSTRAINT no_less_than_no_uses CHECK (uses_left IS NULL OR uses_left >= 0),
    CONSTRAINT a_known_end CHECK (ended IS NULL OR ended IN ('spent', 'locked', 'withdrawn')),
    CONSTRAINT the_end_says_when CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CONSTRAINT used_up_is_ended CHECK (uses_left IS NULL OR uses_left > 0 OR ended IS NOT NULL),
    CONSTRAINT tried_out_is_ended CHECK (tries_left > 0 OR ended IS NOT NULL)
);
CREATE UNIQUE INDEX subscribers_access_number ON subscribers_access (number);
CREATE INDEX subscribers_access_application ON subscribers_access (application, id);

CREATE TABLE subscribers_session (
    digest    BLOB   NOT NULL PRIMARY KEY,
    access    TEXT   NOT NULL REFERENCES subscribers_access (id),
    opened_at BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL
);
CREATE INDEX subscribers_session_seen ON subscribers_session (seen_at);

CREATE TABLE subscribers_supplement (
    id          TEXT   NOT NULL PRIMARY KEY,
    application TEXT   NOT NULL,
    asked_by    BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    reason      BLOB   NOT NULL,
    answer      BLOB,
    evidence    TEXT   NOT NULL,
    answered_by TEXT,
    closed_at   BIGINT,
    CONSTRAINT an_answer_is_closed CHECK (answer IS NULL OR closed_at IS NOT NULL),
    CONSTRAINT an_answer_is_somebodys CHECK ((answer IS NULL) = (answered_by IS NULL))
);
-- One question at a time.
CREATE UNIQUE INDEX subscribers_supplement_open ON subscribers_supplement (application) WHERE closed_at IS NULL;
CREATE INDEX subscribers_supplement_application ON subscribers_supplement (application, id);

-- One row for each certificate (a pair is one) that was handed over.
CREATE TABLE subscribers_delivery (
    application  TEXT   NOT NULL PRIMARY KEY,
    delivered_at BIGINT NOT NULL,
    answer_until BIGINT NOT NULL,
    answer       TEXT,
    answered_by  TEXT,
    answered_at  BIGINT,
    CONSTRAINT a_known_answer CHECK (answer IS NULL OR answer IN ('accepted', 'refused')),
    CONSTRAINT an_answer_is_whole CHECK (
        (answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)
    )
);

-- What subscribers ask of officers, and what became of it.
CREATE TABLE subscribers_matter (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    application TEXT   NOT NULL,
    serial      TEXT,
    opened_by   TEXT   NOT NULL,
    opened_at   BIGINT NOT NULL,
    words       BLOB   NOT NULL,
    request     BLOB   NOT NULL,
    done        TEXT,
    settled_by  BIGINT,
    settled_at  BIGINT,
    outcome     TEXT,
    became      TEXT,
    said        BLOB,
    CONSTRAINT a_known_matter CHECK (
        kind IN ('loss', 'supplement', 'refusal', 'renewal', 'rekey', 'change', 'predecessor')
    ),
    CONSTRAINT settled_is_whole CHECK (
        (settled_by IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (settled_at IS NULL)
        AND (said IS NULL) = (settled_at IS NULL)
    ),
    CONSTRAINT a_known_outcome CHECK (outcome IS NULL OR outcome IN ('done', 'declined')),
    CONSTRAINT only_what_is_done_becomes CHECK (became IS NULL OR outcome = 'done')
);
CREATE INDEX subscribers_matter_open ON subscribers_matter (id) WHERE settled_at IS NULL;
CREATE INDEX subscribers_matter_application ON subscribers_matter (application, id);
-- One open matter of a kind for one application: asked twice is asked once.
CREATE UNIQUE INDEX subscribers_matter_once ON subscribers_matter (application, kind) WHERE settled_at IS NULL;
