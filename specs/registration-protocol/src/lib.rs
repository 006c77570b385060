//! RA to CA: signed batches of registration requests, and the CA's signed replies.
