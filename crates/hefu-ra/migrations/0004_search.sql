-- ra/0004_search: finding among a million certificates by profile and by their last day.
-- Why: officers filter what was issued and look ahead at what ends (办法 30: renewal is asked for before the end).
-- New rows come at the right edge of each index, so issuance pays little; see measure, part desk.
-- Safe while the previous release runs: adds indexes. Undo: drop them.
CREATE INDEX ra_certificate_profile ON ra_certificate (profile, application, serial);
CREATE INDEX ra_certificate_end ON ra_certificate (not_after, serial, usage, status);
CREATE INDEX ra_certificate_profile_end ON ra_certificate (profile, not_after, serial);

-- A name among the few that are not simply valid.
CREATE INDEX ra_certificate_changed_name ON ra_certificate (status, name, serial) WHERE status <> 'valid';
