//! Facts about text that the stages below agree on: which characters are hidden, and where lines
//! and columns are.

mod hidden;
mod line_index;

pub use hidden::{is_hidden, sanitize};
pub use line_index::LineIndex;
