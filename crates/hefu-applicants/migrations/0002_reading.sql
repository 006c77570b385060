-- applicants/0002_reading: who read a file in clear, and why; written before anything is seen.
-- Why: 办法 20: what is known of applicants is confidential. The reason stands sealed.
-- Safe while the previous release runs: adds a table. Undo: drop the table.
CREATE TABLE applicants_reading (
    applicant TEXT   NOT NULL REFERENCES applicants_applicant (id),
    read_by   BIGINT NOT NULL,
    read_at   BIGINT NOT NULL,
    purpose   TEXT   NOT NULL,
    reason    BLOB   NOT NULL
);
CREATE INDEX applicants_reading_applicant ON applicants_reading (applicant, read_at);
