-- officer/0002_duty: changes of officers under four eyes, training, keys to log in with, sessions.
-- Why: no officer is made, changed or removed by one person; a post needs training (M15 36, EG24 28).
-- Safe while the previous release runs: adds tables. Undo: drop them.
CREATE TABLE officer_change (
    id          BIGINT NOT NULL PRIMARY KEY,
    subject     BIGINT REFERENCES officer_officer (id),
    change      TEXT   NOT NULL,
    proposed_by BIGINT NOT NULL REFERENCES officer_officer (id),
    proposed_at BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    decided_by  BIGINT REFERENCES officer_officer (id),
    decided_at  BIGINT,
    CONSTRAINT four_eyes CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT not_about_oneself CHECK (
        subject IS NULL OR (proposed_by <> subject AND (decided_by IS NULL OR decided_by <> subject))
    ),
    CONSTRAINT decided_or_open CHECK (
        outcome IN ('open', 'approved', 'rejected')
        AND (outcome = 'open') = (decided_by IS NULL) AND (outcome = 'open') = (decided_at IS NULL)
    )
);

CREATE TABLE officer_training (
    id          BIGINT NOT NULL PRIMARY KEY,
    officer     BIGINT NOT NULL REFERENCES officer_officer (id),
    course      TEXT   NOT NULL,
    passed_at   BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES officer_officer (id),
    recorded_at BIGINT NOT NULL,
    CONSTRAINT not_by_oneself CHECK (recorded_by <> officer)
);

CREATE TABLE officer_key (
    officer BIGINT NOT NULL PRIMARY KEY REFERENCES officer_officer (id),
    spki    BLOB   NOT NULL,
    CONSTRAINT one_key_one_person UNIQUE (spki)
);

CREATE TABLE officer_session (
    digest    BLOB   NOT NULL PRIMARY KEY,
    number    BIGINT NOT NULL,
    officer   BIGINT NOT NULL REFERENCES officer_officer (id),
    opened_at BIGINT NOT NULL,
    CONSTRAINT digest_is_sm3 CHECK (length(digest) = 32),
    CONSTRAINT numbered_once UNIQUE (number)
);
