//! What every HTML page is made of: the frame with its style, script and content policy, boxes, a
//! command to copy, a filter, and data as text. A page needs nothing else and no network. Its
//! templates escape by themselves; [`shown`] and [`prose`] besides make visible what is not.

mod frame;
mod members;
mod parts;
mod text;

pub use frame::{PageFrame, PageMood, PageOrigin};
pub use members::ranges;
pub use parts::{BoxKind, boxed, command, filter, heads, unfolding};
pub use text::{prose, shown};
