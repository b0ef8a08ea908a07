//! A run that failed as a whole as a comment: what is wrong, where, and what to do.

use super::told::{FailureReport, Trouble};
use crate::finding::{Code, Severity};
use crate::render::comment::Comment;
use crate::render::comment::alert::{Alert, Weight};
use crate::render::comment::links::SourceLinks;
use crate::render::plan::alerts::problem;
use crate::render::text::markdown::{code, label, named, prose};

/// The failure as Markdown.
pub fn markdown(report: FailureReport<'_>, links: &SourceLinks<'_>) -> String {
    let located = report.findings.iter().map(|finding| {
        let place = match finding.code {
            // There is no line to link to.
            Code::UnreadableFile => named(&finding.file),
            _ => links.place(&finding.file, finding.span.line),
        };
        problem(finding, &format!(" at {place}"))
    });
    let mut items: Vec<String> = located.collect();
    if items.is_empty() {
        items.extend(report.troubles().iter().map(|trouble| {
            let Trouble { code: what, message, help } = trouble;
            format!("{} ({})\\\nhelp: {}", prose(message), code(what.as_str()), prose(help))
        }));
    }
    let is_wrong = |severity| severity == Severity::Error;
    let is_wrong = report.findings.is_empty()
        || report.findings.iter().any(|finding| is_wrong(finding.severity));
    let weight = if is_wrong { Weight::Caution } else { Weight::Warning };
    Comment {
        marker: report.marker(),
        heading: report.title(label),
        verdict: report.verdict(prose),
        alerts: vec![Alert { weight, lead: String::new(), items, noun: "finding" }],
        foot: match report.way_on().as_str() {
            "" => String::new(),
            way_on => format!("\n{}.\n", capital(&prose(way_on))),
        },
        ..Comment::default()
    }
    .render()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::told::FailedRun;
    use super::*;
    use crate::failure::FailureCode;
    use crate::finding::{Finding, Span};
    use crate::render::comment::links::tests::NO_LINKS;
    use crate::render::comment::tests::outline;
    use crate::render::samples::HOSTILE;

    fn report(findings: &[Finding]) -> FailureReport<'_> {
        let code = match findings {
            [] => FailureCode::KeyMissing,
            _ => FailureCode::Configuration,
        };
        let (message, help) = ("there is no key in `A_B`", "set it");
        FailureReport { run: FailedRun::Plan, code, message, help, findings, targets: &[] }
    }

    #[test]
    fn a_file_with_errors_is_told_with_each_of_them() {
        let span = Span { line: 2, column: 3, end_line: 2, end_column: 7 };
        let findings = [
            Finding::new("clerk.yaml", span, Code::UnknownField, "`instance` has no `hbip`")
                .help("did you mean `hibp`?"),
            Finding::new("clerk.yaml", span, Code::WrongType, "`a` is no number"),
        ];
        let shown = markdown(report(&findings), &NO_LINKS);
        assert_snapshot!(shown, @r"
        <!-- clerkform plan -->
        ### Clerk plan: 2 errors in clerk.yaml

        No plan was made. `clerkform validate` checks the file again.

        > [!CAUTION]
        > - **Unknown field** at `clerk.yaml:2`: `instance` has no `hbip`\
        >   help: did you mean `hibp`?
        > - **Wrong type** at `clerk.yaml:2`: `a` is no number
        ");
        outline(&shown);
    }

    #[test]
    fn any_other_failure_is_told_with_what_to_do() {
        let shown = markdown(FailureReport { run: FailedRun::Apply, ..report(&[]) }, &NO_LINKS);
        assert_snapshot!(shown, @r"
        <!-- clerkform apply -->
        ### Clerk apply failed: key missing

        > [!CAUTION]
        > there is no key in `A_B` (`key-missing`)\
        > help: set it
        ");
        outline(&shown);
    }

    #[test]
    fn no_value_breaks_out_of_its_place() {
        let finding = Finding::new(HOSTILE, Span::START, Code::YamlSyntax, HOSTILE).help(HOSTILE);
        let findings = vec![finding; 900];
        let hostile = |findings| FailureReport {
            run: FailedRun::Drift,
            code: FailureCode::Warnings,
            message: HOSTILE,
            help: HOSTILE,
            findings,
            targets: &[],
        };
        for findings in [&findings[..], &findings[..1], &[]] {
            let seen = outline(&markdown(hostile(findings), &NO_LINKS));
            assert_eq!(seen[..2], ["<!-- clerkform", "heading"]);
            assert!(seen.last().unwrap().starts_with("alert of "), "{seen:?}");
        }
    }
}
