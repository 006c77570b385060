-- officer/0003_certificate: the client certificate that an officer logs in with.
-- Why: a browser proves who sits before it by the certificate of its TLS connection; the certificate is bound by two
-- officers (M15 19). Only its digest is kept. Safe while the previous release runs: adds a table. Undo: drop it.
CREATE TABLE officer_certificate (
    officer  BIGINT NOT NULL PRIMARY KEY REFERENCES officer_officer (id),
    sm3      BLOB   NOT NULL,
    bound_at BIGINT NOT NULL,
    CONSTRAINT digest_is_sm3 CHECK (length(sm3) = 32),
    CONSTRAINT one_certificate_one_person UNIQUE (sm3)
);
