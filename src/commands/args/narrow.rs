//! The option that narrows a run.

use clap::Args;

use crate::config::{Address, RunScope};

/// To which part of the files a run is narrowed.
#[derive(Clone, Debug, Default, Args)]
pub struct NarrowArgs {
    /// Only this part of the files (may repeat); nothing is released
    #[arg(long = "target", value_name = "SECTION[.FIELD]", value_parser = Address::parse)]
    pub only: Vec<Address>,
}

impl NarrowArgs {
    /// That part.
    pub fn scope(&self) -> RunScope {
        RunScope::of(&self.only)
    }
}
