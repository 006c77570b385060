//! Requests and answers between a CA and a key management centre (GM/T 0014).
