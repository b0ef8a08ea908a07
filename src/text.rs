//! Facts about text that the stages below agree on: which characters are hidden, where lines and
//! columns are, and how paths and bytes are spelled.

mod hexadecimal;
mod hidden;
mod line_index;
mod slashes;

pub use hexadecimal::{fingerprint, hexadecimal};
pub use hidden::{is_hidden, sanitize};
pub use line_index::LineIndex;
pub use slashes::{slashed, slashed_path};
