//! The words of the pages, a file for each area; how they are declared, hefu-page says.

pub(crate) mod passkeys;
pub(crate) mod public;
pub(crate) mod verification;

pub(crate) use hefu_page::bilingual;
