//! The result of a plan: which calls were made, what became of them, and what is left to do.

mod blame;
mod json;
mod sentences;
#[cfg(test)]
mod tests;
mod text;

pub use json::{json, of_targets, value};
pub use sentences::{left, noticed, totals};
pub(super) use sentences::{tail, totals_as};
pub use text::text;
