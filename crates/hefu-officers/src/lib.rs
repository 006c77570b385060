//! People on duty: roles, separation, tokens.
