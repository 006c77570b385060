-- ca/0001_request: signed batches from registration authorities, and each request in them.
-- Why: a request is accepted by verifying the RA's signature, so the signed bytes are kept: they are the
-- evidence (电子签名法 28) and the source from which a request is taken up again after a crash.
-- A request id is used once, for ever; its state only moves forward.
-- Safe while the previous release runs: adds tables. Undo: drop them.
CREATE TABLE ca_batch (
    digest      BLOB NOT NULL PRIMARY KEY,
    ra          TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    der         BLOB NOT NULL
);

CREATE TABLE ca_request (
    id            BLOB NOT NULL PRIMARY KEY,
    batch         BLOB NOT NULL REFERENCES ca_batch (digest),
    ra            TEXT NOT NULL,
    content       BLOB NOT NULL,
    act           TEXT NOT NULL,
    state         TEXT NOT NULL,
    authority     TEXT,
    profile       TEXT,
    first_serial  BLOB,
    second_serial BLOB,
    replaces      BLOB,
    not_before    BIGINT,
    not_after     BIGINT,
    approval      BLOB NOT NULL,
    refusal       TEXT,
    accepted_at   BIGINT NOT NULL,
    answered_at   BIGINT,
    CONSTRAINT act_is_known CHECK (act IN ('issue', 'suspend', 'resume', 'revoke')),
    CONSTRAINT state_is_known CHECK (state IN ('accepted', 'intended', 'issued', 'changed', 'refused')),
    CONSTRAINT a_refusal_says_why CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CONSTRAINT only_the_finished_is_answered
        CHECK ((state IN ('issued', 'changed', 'refused')) = (answered_at IS NOT NULL))
);

-- Only what is unfinished: recovery reads nothing else.
CREATE INDEX ca_request_open ON ca_request (state) WHERE state IN ('accepted', 'intended');

-- Replays and reuses that were refused, each recorded once.
CREATE TABLE ca_replay (
    request BLOB NOT NULL REFERENCES ca_request (id),
    content BLOB NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (request, content)
);

-- Status changes by time: whether a revocation list misses any.
CREATE INDEX ca_request_changed ON ca_request (authority, answered_at) WHERE state = 'changed';
