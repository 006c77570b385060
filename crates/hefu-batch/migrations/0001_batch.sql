-- batch/0001_batch: batches, and their rows with what became of each.
-- Why: 电子签名法 20, for many at once; a row is entered once, so its application's number is written down first.
-- Cells stand sealed by the key device while a row waits; they are emptied when it was entered, refused or found bad.
-- Times are microseconds since 1970; findings as JSON, personal values masked.
-- Safe while the previous release runs: adds tables. Undo: drop them, the newest first.
CREATE TABLE batch_batch (
    id          TEXT   NOT NULL PRIMARY KEY,
    state       TEXT   NOT NULL,
    sheet_kind  TEXT   NOT NULL,
    sheet_sm3   BLOB   NOT NULL,
    headings    TEXT   NOT NULL,
    row_count   BIGINT NOT NULL,
    uploaded_by BIGINT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    checked_at  BIGINT,
    started_by  BIGINT,
    started_at  BIGINT,
    together    BLOB,
    finished_at BIGINT,
    paused      TEXT,
    CONSTRAINT a_known_state CHECK (
        state IN ('receiving', 'uploaded', 'checked', 'running', 'paused', 'finished', 'discarded')
    ),
    CONSTRAINT sheet_sm3_is_sm3 CHECK (length(sheet_sm3) = 32),
    CONSTRAINT start_is_whole CHECK ((started_by IS NULL) = (started_at IS NULL)),
    CONSTRAINT checked_before_start CHECK (started_at IS NULL OR checked_at IS NOT NULL),
    CONSTRAINT paused_says_why CHECK ((state = 'paused') = (paused IS NOT NULL)),
    CONSTRAINT finished_says_when CHECK ((state = 'finished') = (finished_at IS NOT NULL))
);

CREATE TABLE batch_row (
    batch       TEXT   NOT NULL REFERENCES batch_batch (id),
    place       BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    sealed      BLOB   NOT NULL,
    application TEXT,
    approval    TEXT,
    findings    TEXT   NOT NULL,
    PRIMARY KEY (batch, place),
    CONSTRAINT a_known_row_state CHECK (state IN ('unchecked', 'good', 'bad', 'entering', 'entered', 'refused')),
    CONSTRAINT a_number_before_the_entry CHECK (state NOT IN ('entering', 'entered') OR application IS NOT NULL),
    CONSTRAINT a_known_approval CHECK (approval IS NULL OR approval IN ('approved', 'not-ready', 'refused')),
    CONSTRAINT only_what_is_entered_is_approved CHECK (approval IS NULL OR state = 'entered')
);

-- One number, one row.
CREATE UNIQUE INDEX batch_row_application ON batch_row (application) WHERE application IS NOT NULL;

-- What is to be done next.
CREATE INDEX batch_row_state ON batch_row (batch, state, place);
