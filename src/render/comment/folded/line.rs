//! The lines of a fence, and how they hold together.

/// A line of a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FenceLine {
    /// What it says.
    pub text: String,
    /// Where it may be parted from the one before it.
    pub tie: Tie,
}

/// How a line belongs to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Not at all: another setting begins.
    Start,
    /// It says nothing alone.
    Rest,
    /// It is an entry of a list, of which some may be left out.
    Entry,
}

/// How many characters a text has, as comments are measured.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

impl FenceLine {
    /// The first line of a setting.
    pub fn start(text: String) -> Self {
        Self { text, tie: Tie::Start }
    }

    /// A line that says nothing without the one before it.
    pub fn rest(text: String) -> Self {
        Self { text, tie: Tie::Rest }
    }

    /// An entry of a list.
    pub fn entry(text: String) -> Self {
        Self { text, tie: Tie::Entry }
    }
}
