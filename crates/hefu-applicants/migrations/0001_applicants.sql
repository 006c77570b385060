-- applicants/0001_applicants: files of applicants, evidence, openings, consents, checks, texts and agreements.
-- Why: 电子签名法 20, 24; 办法 20, 21, 22, 30; 个人信息保护法 17, 28-30, 47. Personal fields stand sealed by the key device;
-- numbers and names are found by keyed digests.
-- Safe while the previous release runs: adds tables. Undo: drop them, the newest first.
CREATE TABLE applicants_key (
    name   TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

CREATE TABLE applicants_applicant (
    id              TEXT   NOT NULL PRIMARY KEY,
    kind            TEXT   NOT NULL,
    sealed          BLOB   NOT NULL,
    masked          TEXT   NOT NULL,
    number_digest   BLOB   NOT NULL,
    name_digest     BLOB   NOT NULL,
    skeleton_digest BLOB   NOT NULL,
    registered_by   BIGINT NOT NULL,
    registered_at   BIGINT NOT NULL,
    restricted_at   BIGINT,
    retain_until    BIGINT,
    CONSTRAINT a_known_kind CHECK (kind IN ('person', 'organisation', 'staff', 'device')),
    CONSTRAINT restricted_says_until_when CHECK ((restricted_at IS NULL) = (retain_until IS NULL))
);
CREATE INDEX applicants_applicant_number ON applicants_applicant (number_digest);
CREATE INDEX applicants_applicant_name ON applicants_applicant (name_digest);
CREATE INDEX applicants_applicant_skeleton ON applicants_applicant (skeleton_digest);

-- A public key belongs to one file.
CREATE TABLE applicants_public_key (
    key_sm3   BLOB   NOT NULL PRIMARY KEY,
    applicant TEXT   NOT NULL REFERENCES applicants_applicant (id),
    noted_at  BIGINT NOT NULL
);

CREATE TABLE applicants_evidence (
    id            TEXT   NOT NULL PRIMARY KEY,
    applicant     TEXT   NOT NULL REFERENCES applicants_applicant (id),
    kind          TEXT   NOT NULL,
    media         TEXT   NOT NULL,
    octets        BIGINT NOT NULL,
    sm3           BLOB   NOT NULL,
    data_key      BLOB   NOT NULL,
    taken_by      TEXT   NOT NULL,
    taken_at      BIGINT NOT NULL,
    verdict       TEXT,
    CONSTRAINT only_an_answer_has_a_verdict CHECK ((kind = 'verification-result') = (verdict IS NOT NULL))
);
CREATE INDEX applicants_evidence_applicant ON applicants_evidence (applicant, id);

-- Who looked, and why; written before anything is seen.
CREATE TABLE applicants_opening (
    evidence  TEXT   NOT NULL REFERENCES applicants_evidence (id),
    opened_by BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    purpose   TEXT   NOT NULL,
    reason    BLOB   NOT NULL
);
CREATE INDEX applicants_opening_evidence ON applicants_opening (evidence, opened_at);

CREATE TABLE applicants_question (
    reference   TEXT   NOT NULL PRIMARY KEY,
    service     TEXT   NOT NULL,
    applicant   TEXT   NOT NULL REFERENCES applicants_applicant (id),
    asked_by    BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT
);

CREATE TABLE applicants_consent (
    id           TEXT   NOT NULL PRIMARY KEY,
    applicant    TEXT   NOT NULL REFERENCES applicants_applicant (id),
    version      TEXT   NOT NULL,
    text_sm3     BLOB   NOT NULL,
    language     TEXT   NOT NULL,
    means        TEXT   NOT NULL,
    taken_by     BIGINT NOT NULL,
    given_at     BIGINT NOT NULL,
    withdrawn_at BIGINT,
    CONSTRAINT withdrawn_after_it_was_given CHECK (withdrawn_at IS NULL OR withdrawn_at >= given_at)
);
-- One consent in force for one file.
CREATE UNIQUE INDEX applicants_consent_in_force ON applicants_consent (applicant) WHERE withdrawn_at IS NULL;

CREATE TABLE applicants_check (
    id         TEXT   NOT NULL PRIMARY KEY,
    applicant  TEXT   NOT NULL REFERENCES applicants_applicant (id),
    occasion   TEXT   NOT NULL,
    about      TEXT   NOT NULL,
    checked_by BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    good_until BIGINT NOT NULL,
    document   TEXT   NOT NULL,
    sm3        TEXT   NOT NULL,
    CONSTRAINT a_known_occasion CHECK (occasion IN ('application', 'renewal', 'revocation'))
);

CREATE TABLE applicants_text (
    kind          TEXT   NOT NULL,
    version       TEXT   NOT NULL,
    body          TEXT   NOT NULL,
    published_by  BIGINT NOT NULL,
    published_at  BIGINT NOT NULL,
    superseded_at BIGINT,
    PRIMARY KEY (kind, version),
    CONSTRAINT a_known_text CHECK (kind IN ('notice', 'contract'))
);
-- One text of a kind in force.
CREATE UNIQUE INDEX applicants_text_in_force ON applicants_text (kind) WHERE superseded_at IS NULL;

CREATE TABLE applicants_agreement (
    id        TEXT   NOT NULL PRIMARY KEY,
    applicant TEXT   NOT NULL REFERENCES applicants_applicant (id),
    kind      TEXT   NOT NULL,
    version   TEXT   NOT NULL,
    language  TEXT   NOT NULL,
    shown_sm3 BLOB   NOT NULL,
    signed_by BLOB,
    taken_by  BIGINT NOT NULL,
    taken_at  BIGINT NOT NULL,
    FOREIGN KEY (kind, version) REFERENCES applicants_text (kind, version),
    CONSTRAINT a_contract_names_who_signed CHECK ((kind = 'contract') = (signed_by IS NOT NULL))
);
