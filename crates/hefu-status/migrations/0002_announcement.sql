-- status/0002_announcement: renewals, suspensions, recoveries and revocations, as they are announced to everybody.
-- Why: 电子认证服务管理办法 31. number is the index of the authority's record that told of it, so that reading records
-- twice announces nothing twice. Names are not repeated here: they are masked when they are shown.
-- An installation that followed before this table was there announces what comes from now on; to announce the rest, drop
-- the follower's cursor, and it reads everything again.
-- Safe while the previous release runs: adds a table. Undo: drop it.
CREATE TABLE status_announcement (
    number      BIGINT PRIMARY KEY,
    kind        TEXT   NOT NULL,
    serial      TEXT   NOT NULL REFERENCES status_certificate (serial),
    pair_serial TEXT,
    replaces    TEXT,
    ground      TEXT,
    at          BIGINT NOT NULL,
    CONSTRAINT a_known_kind CHECK (kind IN ('renewal', 'suspension', 'recovery', 'revocation')),
    CONSTRAINT only_a_renewal_replaces CHECK ((kind = 'renewal') = (replaces IS NOT NULL))
);

CREATE INDEX status_announcement_time ON status_announcement (at, number);
CREATE INDEX status_announcement_kind ON status_announcement (kind, at, number);
