//! Where a state lives.

use crate::state::State;

/// Why a state cannot be read, locked or written. Shown to the person who must act, so each names
/// the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the state.
    #[error("{location}: another run holds this state: {holder}")]
    Locked {
        /// Where the state lives.
        location: String,
        /// Process id and host, as its lock tells.
        holder: String,
    },
    /// What is there is no state, or not one that this program may touch.
    #[error("{location}: {problem}")]
    Refused {
        /// Where the state lives.
        location: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        help: String,
    },
    /// The operating system said no.
    #[error("{location}: cannot {action}: {source}")]
    Io {
        /// The file concerned.
        location: String,
        /// What was tried, such as "write the state".
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A place that holds one state.
pub trait Store {
    /// How people and documents call the place.
    fn location(&self) -> &str;

    /// The state, or `None` where there is none yet.
    fn read(&self) -> Result<Option<State>, StoreError>;

    /// Keeps every other run out for as long as the guard lives. Does not wait.
    fn lock(&self) -> Result<Box<dyn Lock + '_>, StoreError>;
}

/// The right to write a state, held until it is dropped.
pub trait Lock {
    /// Replaces the state: whole and durable (file and folder synced) when it returns, and
    /// untouched when it fails.
    fn write(&self, state: &State) -> Result<(), StoreError>;
}
