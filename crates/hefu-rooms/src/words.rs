//! The words of the rooms, a file for each; how they are declared, hefu-page says.

pub(crate) mod desk;

pub(crate) use hefu_page::bilingual;
