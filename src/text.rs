//! Facts about text that the stages below agree on: which characters are hidden, where lines and
//! columns are, and how paths are spelled.

mod hidden;
mod line_index;
mod slashes;

pub use hidden::{is_hidden, sanitize};
pub use line_index::LineIndex;
pub use slashes::{slashed, slashed_path};
