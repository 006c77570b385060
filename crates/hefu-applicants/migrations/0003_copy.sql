-- applicants/0003_copy: printed copies of agreements, and what a file's own page asks for.
-- Why: 办法 22: each side has its copy of the contract; the SM3 of the PDF that was handed out stands here and in the records.
-- The indexes are for the page of one file: its agreements and its checks.
-- Safe while the previous release runs: adds a table and indexes. Undo: drop them.
CREATE TABLE applicants_copy (
    agreement TEXT   NOT NULL REFERENCES applicants_agreement (id),
    side      TEXT   NOT NULL,
    sm3       TEXT   NOT NULL,
    octets    BIGINT NOT NULL,
    made_by   BIGINT NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (agreement, side, sm3),
    CONSTRAINT a_known_side CHECK (side IN ('provider', 'subscriber'))
);
CREATE INDEX applicants_agreement_applicant ON applicants_agreement (applicant, taken_at);
CREATE INDEX applicants_check_applicant ON applicants_check (applicant, checked_at);
