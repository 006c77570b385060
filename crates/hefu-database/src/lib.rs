//! Pools, transactions and migrations for SQLite and PostgreSQL; no tables.
