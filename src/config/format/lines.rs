//! The lines of a text, without their breaks.

use std::ops::Range;

/// A text by its lines.
pub(super) struct LaidLines<'t> {
    lines: Vec<&'t str>,
    /// What ends the first line.
    pub ending: &'static str,
}

impl<'t> LaidLines<'t> {
    pub fn of(text: &'t str) -> Self {
        let ending = match text.split_once('\n') {
            Some((first, _)) if first.ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Self { lines: text.lines().collect(), ending }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// All of them as they are.
    pub fn all(&self) -> Vec<String> {
        self.lines.iter().map(|line| (*line).to_owned()).collect()
    }

    pub fn get(&self, at: usize) -> &'t str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    /// The character at a place that counts from 1, and what follows it in its line.
    pub fn from(&self, line: usize, column: usize) -> &'t str {
        let line = self.get(line - 1);
        let start = line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at);
        &line[start..]
    }

    pub fn is_blank(&self, at: usize) -> bool {
        self.get(at).trim().is_empty()
    }

    pub fn is_comment(&self, at: usize) -> bool {
        self.get(at).trim_start().starts_with('#')
    }

    /// Whether a line is a comment in the first column that has an indentation of its own behind the
    /// sign, as `init` writes: without the sign and one space it is a line of the file again.
    pub fn is_commented_out(&self, at: usize) -> bool {
        let line = self.get(at);
        line.starts_with('#') && line.trim_start_matches('#').starts_with("   ")
    }

    /// How many spaces a line begins with.
    pub fn indent(&self, at: usize) -> usize {
        let line = self.get(at);
        line.len() - line.trim_start_matches(' ').len()
    }

    /// The range without the blank lines at its end.
    pub fn without_end(&self, range: Range<usize>) -> Range<usize> {
        let end =
            range.clone().rev().find(|at| !self.is_blank(*at)).map_or(range.start, |at| at + 1);
        range.start..end
    }

    /// The range without the blank lines at its start.
    pub fn without_start(&self, range: Range<usize>) -> Range<usize> {
        let start = range.clone().find(|at| !self.is_blank(*at)).unwrap_or(range.end);
        start..range.end
    }
}
