//! The formats of the output.

use clap::ValueEnum;

/// The formats of `validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingFormat {
    /// With an excerpt of the file.
    Text,
    /// One line for each finding.
    Concise,
    /// One document.
    Json,
    /// Annotations of a job of GitHub Actions; the text goes to standard error.
    Github,
    /// A report for GitLab's Code Quality.
    Gitlab,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// The formats of `plan`, `show` and `drift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For a terminal.
    Text,
    /// One document.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// Annotations on the lines of the files, for GitHub Actions; the text on standard error.
    Github,
    /// Counts for GitLab's merge request widget.
    Gitlab,
    /// One page that needs nothing else, with a filter.
    Html,
}

/// The formats of `apply`, `import` and `state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// For a terminal.
    Text,
    /// One document.
    Json,
}
