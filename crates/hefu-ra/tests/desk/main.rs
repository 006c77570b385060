//! The desk with a real database, real keys and a certification authority made for tests.

mod entry;
mod files;
mod house;
mod road;
mod status;
mod tables;
mod trouble;
