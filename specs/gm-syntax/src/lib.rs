//! Keys, envelopes, certificate requests and their answers as GB/T 35276, GB/T 35275, GM/T 0092, PKCS#8 and PKCS#10 write them.

pub mod der_fields;
pub mod der_writer;
mod malformed;

pub use malformed::{Expected, Malformed, Problem};
