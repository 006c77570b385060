-- officer/0001_officer: the people on duty and the digests of their tokens.
-- Why: nobody is in both the business and the audit branch; every act names its officer.
-- Safe while the previous release runs: adds tables. Undo: drop officer_token, then officer_officer.
CREATE TABLE officer_officer (
    id          BIGINT NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    branch      TEXT   NOT NULL,
    enrolled_at BIGINT NOT NULL,
    CONSTRAINT counted_from_one CHECK (id > 0),
    CONSTRAINT one_person_one_branch UNIQUE (name),
    CONSTRAINT role_belongs_to_its_branch CHECK (
        (branch = 'business' AND role IN ('super-administrator', 'business-administrator', 'business-operator'))
        OR (branch = 'audit' AND role IN ('audit-administrator', 'auditor'))
    )
);

CREATE TABLE officer_token (
    officer   BIGINT NOT NULL PRIMARY KEY REFERENCES officer_officer (id),
    digest    BLOB   NOT NULL,
    issued_at BIGINT NOT NULL,
    CONSTRAINT digest_is_sm3 CHECK (length(digest) = 32)
);
