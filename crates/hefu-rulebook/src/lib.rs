//! Law as data: instruments, articles and citations.
