-- records/0001_log: the entries of a zone's log, what has been sealed of them, and where followers stand.
-- Why: 电子签名法 24 wants records kept, 28 makes them the proof of process; so a row is written once and never again.
-- Safe while the previous release runs: adds tables. Undo: drop them; the records are then gone.
CREATE TABLE record_entry (
    idx   BIGINT PRIMARY KEY,
    -- SM3(0x00 || bytes), RFC 9162 section 2.1.1 over SM3
    leaf  BLOB NOT NULL,
    -- canonical JSON
    bytes BLOB NOT NULL,
    CONSTRAINT entries_count_from_zero CHECK (idx >= 0),
    CONSTRAINT leaf_is_a_hash CHECK (length(leaf) = 32)
);

-- What has been signed: the tree over the first `size` entries. `peaks` lets the next one go on from there; `leaves`
-- holds the leaf hashes since the previous one, so that the signature names each row that was changed later.
CREATE TABLE record_checkpoint (
    size   BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    note   TEXT NOT NULL,
    peaks  BLOB NOT NULL,
    leaves BLOB NOT NULL
);

-- Roots of complete subtrees of 2^8, 2^16 … entries, so that a proof need not read the whole log.
CREATE TABLE record_node (
    level BIGINT NOT NULL,
    idx   BIGINT NOT NULL,
    root  BLOB NOT NULL,
    PRIMARY KEY (level, idx)
);

-- How far a follower of some log has come. The only table here that changes.
CREATE TABLE record_cursor (
    name     TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    CONSTRAINT positions_count_from_zero CHECK (position >= 0)
);

-- only sqlite
-- The database itself refuses to change the past. Whoever drops these triggers is found by `hefu records verify`.
CREATE TRIGGER record_entry_follows BEFORE INSERT ON record_entry
WHEN NEW.idx <> (SELECT COALESCE(MAX(idx) + 1, 0) FROM record_entry)
BEGIN SELECT RAISE(ABORT, 'a record follows the last one without a gap'); END;
CREATE TRIGGER record_entry_stays BEFORE UPDATE ON record_entry
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
CREATE TRIGGER record_entry_remains BEFORE DELETE ON record_entry
BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
CREATE TRIGGER record_checkpoint_grows BEFORE INSERT ON record_checkpoint
WHEN NEW.size <= (SELECT COALESCE(MAX(size), -1) FROM record_checkpoint)
BEGIN SELECT RAISE(ABORT, 'a checkpoint covers more than the last one'); END;
CREATE TRIGGER record_checkpoint_stays BEFORE UPDATE ON record_checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER record_checkpoint_remains BEFORE DELETE ON record_checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;
-- only postgres
-- PostgreSQL: the same rules by one function. An operator should also own the tables by another role than the one that
-- Hefu connects with, so that Hefu's role cannot drop them.
CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a record is never changed or deleted'; END $$;
CREATE FUNCTION record_follow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF NEW.idx <> (SELECT COALESCE(MAX(idx) + 1, 0) FROM record_entry) THEN
        RAISE EXCEPTION 'a record follows the last one without a gap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER record_entry_follows BEFORE INSERT ON record_entry FOR EACH ROW EXECUTE FUNCTION record_follow();
CREATE TRIGGER record_entry_stays BEFORE UPDATE OR DELETE ON record_entry
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER record_entry_remains BEFORE TRUNCATE ON record_entry EXECUTE FUNCTION record_refuse();
CREATE TRIGGER record_checkpoint_stays BEFORE UPDATE OR DELETE ON record_checkpoint
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER record_checkpoint_remains BEFORE TRUNCATE ON record_checkpoint EXECUTE FUNCTION record_refuse();
-- every engine
