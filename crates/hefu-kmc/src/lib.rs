//! Key management centre: spare, in-use and history stores of encryption keys, signed answers.
