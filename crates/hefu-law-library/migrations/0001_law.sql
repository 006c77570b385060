-- law/0001_law: official texts as they were loaded, confirmations of our wordings, years of holidays.
-- Why: a wording that was only recalled is marked until somebody compared it with a text that somebody else loaded; what
-- was loaded, confirmed or set stays, so that it can be seen by which text and calendar a decision was made.
-- Safe while the previous release runs: adds tables. Undo: drop them.
CREATE TABLE law_edition (
    id         BIGINT NOT NULL PRIMARY KEY,
    instrument TEXT   NOT NULL,
    dated      TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    content    TEXT   NOT NULL,
    sm3        TEXT   NOT NULL,
    loaded_by  BIGINT NOT NULL,
    loaded_at  BIGINT NOT NULL,
    CONSTRAINT loaded_once UNIQUE (instrument, sm3)
);

CREATE TABLE law_confirmation (
    id           BIGINT NOT NULL PRIMARY KEY,
    obligation   TEXT   NOT NULL,
    wording      TEXT   NOT NULL,
    articles_sm3 TEXT   NOT NULL,
    edition      BIGINT NOT NULL REFERENCES law_edition (id),
    loaded_by    BIGINT NOT NULL,
    confirmed_by BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    withdrawn_by BIGINT,
    withdrawn_at BIGINT,
    reason       TEXT,
    CONSTRAINT four_eyes CHECK (confirmed_by <> loaded_by),
    CONSTRAINT withdrawn_or_not CHECK (
        (withdrawn_by IS NULL) = (withdrawn_at IS NULL) AND (withdrawn_by IS NULL) = (reason IS NULL)
    )
);

CREATE TABLE law_year (
    id      BIGINT NOT NULL PRIMARY KEY,
    year    BIGINT NOT NULL,
    content TEXT   NOT NULL,
    sm3     TEXT   NOT NULL,
    set_by  BIGINT NOT NULL,
    set_at  BIGINT NOT NULL
);
