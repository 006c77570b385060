//! Reading columns into nouns, and lists of keys into statements.

use std::fmt::Write as _;

use hefu_certificate::SerialNumber;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _};

use super::StoreError;

/// Values in one `IN` list: longer lists are asked for in several statements.
pub(super) const LIST_MAX: usize = 64;

/// A row of one table that is being read.
pub(super) struct Reading<'r> {
    pub(super) row: &'r AnyRow,
    pub(super) table: &'static str,
}

impl Reading<'_> {
    pub(super) fn unreadable(&self, column: &'static str) -> StoreError {
        StoreError::Unreadable {
            table: self.table,
            column,
        }
    }

    /// A column as the driver reads it.
    pub(super) fn plain<'r, T>(&'r self, column: &'static str) -> Result<T, StoreError>
    where
        T: sqlx::Decode<'r, Any> + sqlx::Type<Any>,
    {
        Ok(self.row.try_get(column)?)
    }

    /// A BLOB of a fixed length.
    pub(super) fn octets<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        let octets: Vec<u8> = self.row.try_get(column)?;
        octets.try_into().map_err(|_| self.unreadable(column))
    }

    /// A time in microseconds.
    pub(super) fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        let micros = self.row.try_get(column)?;
        Timestamp::from_microsecond(micros).map_err(|_| self.unreadable(column))
    }

    /// A time in microseconds, or none.
    pub(super) fn instant_if_any(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self.row.try_get(column)?;
        micros
            .map(|micros| Timestamp::from_microsecond(micros).map_err(|_| self.unreadable(column)))
            .transpose()
    }

    /// One of our serial numbers.
    pub(super) fn serial(&self, column: &'static str) -> Result<SerialNumber, StoreError> {
        let octets: Vec<u8> = self.row.try_get(column)?;
        SerialNumber::from_bytes(&octets).map_err(|_| self.unreadable(column))
    }

    /// One of our serial numbers, or none.
    pub(super) fn serial_if_any(&self, column: &'static str) -> Result<Option<SerialNumber>, StoreError> {
        let octets: Option<Vec<u8>> = self.row.try_get(column)?;
        octets
            .map(|octets| SerialNumber::from_bytes(&octets).map_err(|_| self.unreadable(column)))
            .transpose()
    }

    /// A word of a closed list.
    pub(super) fn word<T>(&self, column: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        let word: String = self.row.try_get(column)?;
        read(&word).ok_or_else(|| self.unreadable(column))
    }
}

/// Placeholders of an `IN` list, from `$first` on, for `count` values after [`padded`].
///
/// Lists come in few lengths, so that the driver keeps their statements prepared.
pub(super) fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::new();
    for number in first..first + count.next_power_of_two() {
        let comma = if number == first { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}${number}");
    }
    text
}

/// The values, the last repeated up to the next power of two: a set does not grow by saying a member twice.
pub(super) fn padded<const N: usize>(values: &[[u8; N]]) -> impl Iterator<Item = Vec<u8>> {
    let missing = values.len().next_power_of_two() - values.len();
    let last = values.last().into_iter().cycle().take(missing);
    values.iter().chain(last).map(|value| value.to_vec())
}
