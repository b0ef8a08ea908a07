//! Why a command fails as a whole, or a call: the codes, and the exit codes that follow from them.

mod call;
mod code;
mod exit;

pub use call::CallCode;
pub use code::FailureCode;
pub use exit::Exit;
