//! The mint with a real database and real keys, an RA that signs, and another organisation's key centre.

mod acceptance;
mod authority;
mod crash;
mod house;
mod issuance;
mod key_centre;
mod killed;
mod lists;
mod policy;
mod published;
mod status;
