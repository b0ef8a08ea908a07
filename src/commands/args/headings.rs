//! The order of `--help`: what people use first comes first, and what belongs together has a
//! heading.

/// Where the state is and who may hold it.
pub const STATE: &str = "State options";
/// Which of several files and targets a run is about.
pub const SELECTION: &str = "Selection options";
/// Where the secret keys are.
pub const KEYS: &str = "Key options";
/// How to reach the service.
pub const SERVICE: &str = "Service options";
/// What every command has.
pub const GLOBAL: &str = "Global options";

/// The place of an option that few people need: the last one before `--help`, whose own is 999.
pub const LAST: usize = 998;
