//! What a job of GitHub Actions prints so that GitHub shows it beside the line: workflow commands.
//! The runner takes a line for one that begins with `::`, or that holds `##[` anywhere.

use super::located::{Located, sentences};
use crate::finding::Severity;
use crate::render::text::words::add;
use crate::render::text::workflow_command::{data, property, range};

/// Findings as annotations, a line each. GitHub shows ten errors and ten warnings of a step: the
/// errors come first, so that a limit on the whole would not hide them.
pub fn annotations(located: &[Located<'_>]) -> String {
    let mut ordered: Vec<_> = located.iter().collect();
    ordered.sort_by_key(|located| located.finding.severity);
    let mut out = String::new();
    for Located { finding, place, .. } in ordered {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let file = property(place.path());
        let lines = range(finding.span);
        let title = property(&format!("clerkform {}", finding.code));
        let message = data(&sentences(finding));
        add(&mut out, format_args!("::{command} file={file},{lines},title={title}::{message}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::located::{FileLocation, located};
    use super::*;
    use crate::finding::{Code, Finding, Span};
    use crate::render::samples::{HOSTILE, is_quiet};

    fn shown(findings: &[Finding]) -> String {
        annotations(&located(findings, |file| FileLocation::Inside(file.to_owned())))
    }

    fn span(line: usize, column: usize, end_line: usize, end_column: usize) -> Span {
        Span { line, column, end_line, end_column }
    }

    #[test]
    fn a_finding_is_a_line_with_its_place() {
        let finding = Finding::new("a/clerk.yaml", span(2, 3, 2, 7), Code::UnknownField, "no `x`")
            .help("did you mean `y`?");
        assert_eq!(
            shown(&[finding]),
            "::error file=a/clerk.yaml,line=2,endLine=2,col=3,endColumn=6,\
             title=clerkform unknown-field::No `x`. Did you mean `y`?\n"
        );
    }

    #[test]
    fn no_finding_is_no_line() {
        assert_eq!(shown(&[]), "");
    }

    #[test]
    fn columns_are_told_within_one_line_only() {
        for (span, expected) in [
            (span(2, 3, 2, 4), "line=2,endLine=2,col=3,endColumn=3"),
            (span(1, 1, 1, 1), "line=1,endLine=1,col=1,endColumn=1"),
            (span(2, 3, 4, 5), "line=2,endLine=4"),
            (span(2, 3, 4, 1), "line=2,endLine=3"),
        ] {
            assert_eq!(range(span), expected);
        }
    }

    #[test]
    fn errors_come_first_and_each_kind_in_the_order_of_the_files() {
        let at = |line, code| Finding::new("a", span(line, 1, line, 2), code, "x");
        let shown = shown(&[
            at(1, Code::DeprecatedField),
            at(2, Code::WrongType),
            at(3, Code::IgnoredByApi),
            at(4, Code::UnknownField),
        ]);
        let lines: Vec<_> = shown
            .lines()
            .map(|line| line.split_once(",endLine").unwrap().0.replace("file=a,line=", ""))
            .collect();
        assert_eq!(lines, ["::error 2", "::error 4", "::warning 1", "::warning 3"]);
    }

    #[test]
    fn what_means_something_to_the_runner_is_escaped() {
        assert_eq!(property("a,b:c%d\r\ne"), "a%2Cb%3Ac%25d%0D%0Ae");
        assert_eq!(data("a,b:c%d\r\ne"), "a,b:c%25d%0D%0Ae");
    }

    #[test]
    fn nothing_breaks_out_of_its_line_or_its_property() {
        let hostile = format!("{HOSTILE}\n::stop-commands::x\r::error::y,line=9::%0A##[add-mask]z");
        let finding = Finding::new(&hostile, Span::START, Code::WrongType, &hostile)
            .help(&hostile)
            .path(&hostile);
        let shown = shown(&[finding]);
        assert!(is_quiet(&shown), "{shown}");
        assert_eq!(shown.lines().count(), 1);
        let (properties, _) = shown.strip_prefix("::error ").unwrap().split_once("::").unwrap();
        let names: Vec<_> =
            properties.split(',').map(|pair| pair.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "endLine", "col", "endColumn", "title"]);
    }
}
