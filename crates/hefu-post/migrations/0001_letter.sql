-- post/0001_letter: letters to subscribers until they are sent, and the certificates whose end is to be announced.
-- Why: what is told to a subscriber is told in writing and once; a mail server that is down loses nothing.
-- Address and text stand sealed by the key device and are erased when the letter was sent; origin says what the letter
-- was written for ("record:12", "expiry:…:30"), so that reading records twice writes nothing twice.
-- Times are microseconds since 1970.
-- Safe while the previous release runs: adds tables. Undo: drop them; letters that wait are lost.
CREATE TABLE post_letter (
    number     BIGINT PRIMARY KEY,
    origin     TEXT   NOT NULL UNIQUE,
    kind       TEXT   NOT NULL,
    about      TEXT   NOT NULL,
    masked     TEXT   NOT NULL,
    sealed     BLOB,
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL,
    in_doubt   BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    next_try   BIGINT,
    give_up_at BIGINT NOT NULL,
    settled_at BIGINT,
    code       TEXT,
    CONSTRAINT a_known_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unaddressed')),
    CONSTRAINT what_waits_says_until_when CHECK ((state = 'queued') = (next_try IS NOT NULL)),
    CONSTRAINT what_waits_has_a_text CHECK (state NOT IN ('queued', 'sending') OR sealed IS NOT NULL),
    CONSTRAINT what_was_sent_is_erased CHECK (state NOT IN ('sent', 'unaddressed') OR sealed IS NULL),
    CONSTRAINT what_ended_says_when CHECK ((state IN ('queued', 'sending')) = (settled_at IS NULL))
);

-- What is to be sent next, what a stopped sender left, and failures whose text is to be erased.
CREATE INDEX post_letter_state ON post_letter (state, next_try);

CREATE TABLE post_certificate (
    serial      TEXT   NOT NULL PRIMARY KEY,
    application TEXT   NOT NULL,
    not_before  BIGINT NOT NULL,
    not_after   BIGINT NOT NULL,
    reminded    BIGINT,
    closed      BIGINT NOT NULL,
    CONSTRAINT closed_is_yes_or_no CHECK (closed IN (0, 1))
);

-- Certificates whose end comes near; those that were renewed or revoked leave this index.
CREATE INDEX post_certificate_ending ON post_certificate (not_after, serial) WHERE closed = 0;
