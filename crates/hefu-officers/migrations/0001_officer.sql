-- officer/0001_officer: the people on duty, the bodies that registration is delegated to, and officers' credentials.
-- Why: nobody is in both the business and the audit branch; every act names its officer; a delegated body is filed
-- (EG24 25). Rewritten before the first release: SQLite changes a CHECK only by copying the table.
-- Safe while the previous release runs: adds tables. Undo: drop officer_token, officer_officer, officer_delegated_body.
CREATE TABLE officer_delegated_body (
    id      BIGINT NOT NULL PRIMARY KEY,
    name    TEXT   NOT NULL,
    filing  TEXT   NOT NULL,
    filed_on TEXT  NOT NULL,
    CONSTRAINT body_is_filed_once UNIQUE (name),
    CONSTRAINT body_has_a_filing CHECK (length(filing) > 0)
);

CREATE TABLE officer_officer (
    id          BIGINT NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    branch      TEXT   NOT NULL,
    duty        TEXT   NOT NULL,
    body        BIGINT REFERENCES officer_delegated_body (id),
    enrolled_at BIGINT NOT NULL,
    CONSTRAINT counted_from_one CHECK (id > 0),
    CONSTRAINT one_person_one_branch UNIQUE (name),
    CONSTRAINT branch_to_refer_to UNIQUE (id, branch),
    CONSTRAINT duty_is_known CHECK (duty IN ('on', 'suspended', 'dismissed')),
    CONSTRAINT delegates_have_a_body CHECK ((role = 'delegated-operator') = (body IS NOT NULL)),
    CONSTRAINT role_belongs_to_its_branch CHECK (
        (branch = 'business' AND role IN (
            'super-administrator', 'business-administrator', 'business-operator', 'key-centre-officer',
            'delegated-operator'))
        OR (branch = 'audit' AND role IN ('audit-administrator', 'auditor'))
    )
);

-- The branch in which the person was enrolled, for ever: it holds officer_officer.branch where it is.
CREATE TABLE officer_branch (
    officer BIGINT NOT NULL PRIMARY KEY,
    branch  TEXT   NOT NULL,
    CONSTRAINT nobody_changes_branch FOREIGN KEY (officer, branch) REFERENCES officer_officer (id, branch)
);

CREATE TABLE officer_token (
    officer   BIGINT NOT NULL PRIMARY KEY REFERENCES officer_officer (id),
    digest    BLOB   NOT NULL,
    issued_at BIGINT NOT NULL,
    CONSTRAINT digest_is_sm3 CHECK (length(digest) = 32)
);
