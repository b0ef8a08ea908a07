//! The formats of the output.

use clap::ValueEnum;

/// The formats of `validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingFormat {
    /// With excerpts of the file.
    Text,
    /// One line for each finding.
    Concise,
    /// A JSON document.
    Json,
    /// GitHub Actions annotations; the text goes to standard error.
    Github,
    /// A GitLab Code Quality report.
    Gitlab,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// The formats of `plan`, `show`, `apply` and `drift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For a terminal.
    Text,
    /// A JSON document.
    Json,
    /// A JSON document a line: one for each target as it ends, then the summary.
    Jsonl,
    /// For a pull request comment.
    Markdown,
    /// GitHub Actions annotations; the text goes to standard error.
    Github,
    /// Counts for GitLab's merge request widget.
    Gitlab,
    /// A self-contained page.
    Html,
}

/// The formats of `import`, `state` and `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// For a terminal.
    Text,
    /// A JSON document.
    Json,
}
