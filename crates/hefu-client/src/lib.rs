//! Typed client of Hefu's HTTP interface.
