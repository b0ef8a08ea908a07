//! The reference: each setting, each other key of a file, each code.

pub mod codes;
pub mod codes_markdown;
pub mod file;
pub mod layout;
pub mod settings;
pub(super) mod values;
