//! From order to signature: what is refused, what survives a restart.
