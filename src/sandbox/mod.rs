//! An emulation of the service, for trying things out and for tests: inside the process, or served
//! on loopback. It knows the catalogue and nothing else, so a setting that is added there is
//! emulated here.

mod check;
mod emulation;
mod file;
mod frontend;
mod in_process;
mod instance;
mod rate;
mod response;
mod route;
mod serve;

pub use emulation::{EmulatedRequest, Emulation};
pub use file::DataError;
pub use in_process::InProcess;
pub use rate::{RateLimit, RateLimitError};
pub use response::Response;
pub use serve::{ServeError, ServeOptions, serve};
