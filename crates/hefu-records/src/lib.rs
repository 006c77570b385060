//! Append-only records: entries, checkpoints, followers' cursors.
