//! The order of states that is every run's, whatever their order on the command line and wherever it
//! was started: two runs that hold them in it never hold what the other one waits for.

use std::path::{Path, PathBuf};

use super::{Store, normalize, resolve};

/// What every run calls the place of a state.
pub fn place_of(store: &dyn Store) -> PathBuf {
    let location = Path::new(store.location());
    if !store.is_file() {
        return location.to_owned();
    }
    resolve(location).unwrap_or_else(|_| normalize(location))
}
