//! The result of a plan: which calls were made, what became of them, and what is left to do.

mod blame;
mod json;
mod sentences;
#[cfg(test)]
mod tests;
mod text;

pub use json::{json, of_targets, value};
pub(super) use sentences::totals_as;
pub use sentences::{left, noticed, totals};
pub use text::text;
