-- ca/0003_crl: revocation lists by number.
-- Why: RFC 5280 5.2.3 wants numbers that never go back: a number is taken here before the list is signed,
-- and is not used again even when the process dies in between.
-- Safe while the previous release runs: adds a table. Undo: drop it.
CREATE TABLE ca_crl (
    authority   TEXT NOT NULL,
    number      BIGINT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    entries     BIGINT,
    sm3         BLOB,
    PRIMARY KEY (authority, number),
    CONSTRAINT a_signed_list_is_counted CHECK ((sm3 IS NULL) = (entries IS NULL))
);
