-- records/0002_label: by what a record can be found: when, what kind, who did it, and every name that it mentions.
-- Why: an auditor asks who did what to whom and when (电子签名法 24: kept and to be searched); the log itself has only
-- the order in which things were written. Filled by Hefu behind the log, never in the act's own transaction, and made
-- anew from the log when it is lost: these tables prove nothing.
-- Safe while the previous release runs: adds tables. Undo: drop them and the cursor 'labels'.
CREATE TABLE record_label (
    idx   BIGINT PRIMARY KEY,
    at    BIGINT NOT NULL,
    kind  TEXT   NOT NULL,
    actor TEXT   NOT NULL
);
CREATE INDEX record_label_by_time ON record_label (at, idx);
CREATE INDEX record_label_by_kind ON record_label (kind, at, idx);
CREATE INDEX record_label_by_actor ON record_label (actor, at, idx);

-- A record has some names: an application, a serial number, a file.
CREATE TABLE record_name (
    name TEXT   NOT NULL,
    at   BIGINT NOT NULL,
    idx  BIGINT NOT NULL,
    PRIMARY KEY (name, at, idx)
);
