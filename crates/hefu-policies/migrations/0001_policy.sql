-- policy/0001_policy: what was published, what was filed, the licence, and the acts that lead there.
-- Why: 电子签名法 19 and 电子政务电子认证服务管理办法 16: published, filed, and what was published stays accessible, so that
-- versions and filings are only inserted; no act by one person alone.
-- Safe while the previous release runs: adds tables. Undo: drop them.
CREATE TABLE policy_act (
    id          BIGINT NOT NULL PRIMARY KEY,
    act         TEXT   NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    decided_by  BIGINT,
    decided_at  BIGINT,
    CONSTRAINT four_eyes CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT decided_or_open CHECK (
        outcome IN ('open', 'approved', 'rejected')
        AND (outcome = 'open') = (decided_by IS NULL) AND (outcome = 'open') = (decided_at IS NULL)
    )
);

CREATE TABLE policy_version (
    series       TEXT   NOT NULL,
    version      TEXT   NOT NULL,
    effective_on TEXT   NOT NULL,
    covers       TEXT   NOT NULL,
    chinese      TEXT   NOT NULL,
    english      TEXT   NOT NULL,
    missing      TEXT   NOT NULL,
    sample       BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    place        BIGINT NOT NULL,
    CONSTRAINT published_once PRIMARY KEY (series, version),
    CONSTRAINT one_after_another UNIQUE (place),
    CONSTRAINT sample_or_not CHECK (sample IN (0, 1))
);

CREATE TABLE policy_filing (
    series       TEXT   NOT NULL,
    version      TEXT   NOT NULL,
    recipient    TEXT   NOT NULL,
    filed_on     TEXT   NOT NULL,
    receipt_name TEXT   NOT NULL,
    receipt      BLOB   NOT NULL,
    recorded_at  BIGINT NOT NULL,
    CONSTRAINT filed_once PRIMARY KEY (series, version),
    CONSTRAINT filed_what_was_published FOREIGN KEY (series, version) REFERENCES policy_version (series, version)
);

CREATE TABLE policy_licence (
    id          BIGINT NOT NULL PRIMARY KEY,
    licence     TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL
);
