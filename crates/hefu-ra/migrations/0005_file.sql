-- ra/0005_file: the applications of one applicant's file, found at once.
-- Why: 电子签名法 20, 24: what was applied for out of a file is shown beside it, and the file is kept as long as its last
-- certificate asks for; both look for a file's applications, among a million.
-- Safe while the previous release runs: adds an index. Undo: drop the index.
CREATE INDEX ra_application_applicant ON ra_application (applicant, id);
