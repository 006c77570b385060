//! Batches: an organisation's staff and devices out of one sheet.
//!
//! 电子签名法 20: the provider verifies who applies and reviews the material; that holds for each row as for whoever
//! stands at the counter. 个人信息保护法 6, 47: no more is kept than is needed, and no longer; so cells are sealed while
//! a row waits and forgotten when it was entered or refused.
//!
//! ```text
//! octets ─type, encoding, limits▶ Sheet ─headings▶ rows ─decide▶ good, or findings that name column and rule
//! upload ─▶ uploaded ─▶ checked (dry run: nothing entered) ─start▶ running ⇄ paused ─▶ finished ─▶ approval by another officer
//! row: good ─number reserved, durable▶ entering ─Intake▶ entered | refused        a kill leaves "entering": looked up, then again
//! ```
//!
//! [`Office`] is the door. The middle is pure: [`Sheet`], [`Columns`], [`decide`]. `store` has the only SQL, `facts` the
//! records, which hold counts and the SM3 of the sheet and no personal data.
//!
//! What it does: it registers and enters. It approves nothing by itself; what stands in an application's way after entry
//! (notice, contract, identity) is taken there, by one act for all rows that the officer who starts the batch says, or
//! one by one.
//!
//! What it does not know: applications (they are reached through [`Intake`], which the daemon makes), certificates once
//! issued, HTTP, the clock (it is given one, because batches run by themselves).

mod batch;
mod error;
mod facts;
mod finding;
#[doc(hidden)]
pub mod fuzzing;
mod heading;
mod intake;
mod office;
mod report;
mod row;
mod sheet;
mod store;
mod template;

pub use batch::{BatchId, BatchState, BatchView, Counts, Paused, RowState, Working};
pub use error::BatchError;
pub use finding::{Finding, Rule, masked};
pub use heading::{ApplicantField, Column, Columns};
pub use intake::{Approved, Declined, Intake, TOGETHER_OCTETS_MAX};
pub use office::{Clock, Faults, Office, OfficeSettings, Then};
pub use report::{ReportRow, csv_safe, report_csv};
pub use row::{Duplicates, Good, RowEntry, decide};
pub use sheet::{
    CELL_CHARACTERS_MAX, COLUMNS_MAX, ROWS_MAX, SHEET_OCTETS_MAX, Sheet, SheetError, SheetKind, SheetRow,
    WORKBOOK_OCTETS_MAX,
};
pub use store::MIGRATIONS;
pub use template::template_csv;
