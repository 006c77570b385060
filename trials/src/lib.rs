//! Stories played end to end with strangers' software.
