-- ra/0003_applicant: in whose file an application stands.
-- Why: 电子签名法 20, 办法 21, 22, 30: notice, contract and identity are proofs out of the applicant's file; their numbers and
-- digests stand in the JSON of each step. Applications from before, and those of devices and servers, have no file.
-- Safe while the previous release runs: adds a column that may be empty. Undo: drop the column.
ALTER TABLE ra_application ADD COLUMN applicant TEXT;
