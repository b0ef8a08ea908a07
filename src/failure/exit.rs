//! The exit codes.

/// The exit codes, as the README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Bad configuration, refused, answered "no", or nothing took effect.
    Failed = 1,
    /// There are changes, or there is drift.
    Changes = 2,
    /// Some of what the plan asked took effect, or may have, and some did not.
    Partly = 3,
    /// Wrong usage of the command line.
    Usage = 64,
    /// Another run holds the state.
    Busy = 75,
    /// SIGINT or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Failed,
        Self::Changes,
        Self::Partly,
        Self::Usage,
        Self::Busy,
        Self::Interrupted,
    ];

    /// What it tells a script, as the README lists it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::Failed => {
                "failed: bad configuration, refused, answered \"no\", or nothing took effect"
            }
            Self::Changes => {
                "`plan --detailed-exitcode`: there are changes; `drift`: there is drift"
            }
            Self::Partly => "`apply`: some of the plan took effect, or may have, and some did not",
            Self::Usage => "wrong usage of the command line",
            Self::Busy => "another run holds the state: try again",
            Self::Interrupted => "interrupted",
        }
    }

    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        self as u8
    }
}
