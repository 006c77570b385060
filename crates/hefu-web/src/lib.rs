//! Pages and JSON over HTTP by audience; no SQL, keys or rules.
