//! From the text of a file to what is desired: places, parsing, schema check, meaning, the files
//! that it extends, overlays.

mod check;
mod desired;
mod family;
mod fix;
mod format;
mod overlay;
mod place;
mod quote;
mod scope;
mod secrets;
mod source;
#[cfg(test)]
pub(crate) mod tests;
mod yaml;

pub use check::meaning::warnings;
pub use check::near::nearest;
pub use check::{Checked, FilePart, check, part};
pub use desired::{Configuration, Desired, ExtendedPath, Layer, Setting, Target, title};
pub use family::{Family, Judged, Links, Obstacle};
pub use fix::{Kept, Repair, Replacement, fix};
pub use format::{Unformatted, format};
pub use scope::{Address, RunScope};
pub use secrets::{holds_secret, masked};
pub use source::{BYTE_ORDER_MARK, LARGEST, SourceFile};
pub use yaml::scalar::is_plainly_text;

use source::MOST_FINDINGS;
