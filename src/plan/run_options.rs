//! The options of a run that the command which finishes it has to repeat.

/// Options as words, not quoted yet. Those by which targets and states are chosen are told by a plan's
/// targets, as far as these are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Which environments of the files, and where their states are.
    pub selection: Vec<String>,
    /// What is refused, where the keys are, and where the service is.
    pub means: Vec<String>,
    /// How standard input is called, where a file comes from there.
    pub standard_input: Option<String>,
}
