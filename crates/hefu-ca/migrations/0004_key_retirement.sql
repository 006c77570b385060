-- ca/0004_key_retirement: encryption keys of revoked pairs that the key centre has not yet been told of.
-- Why: GM/T 0014 has a request by which the CA says that a key is no longer in use (revokeKeyReq). The row is
-- written with the revocation and goes when the key centre has answered, so that none is forgotten.
-- Safe while the previous release runs: adds a table. Undo: drop it.
CREATE TABLE ca_key_retirement (
    serial     BLOB NOT NULL PRIMARY KEY,
    revoked_at BIGINT NOT NULL
);
