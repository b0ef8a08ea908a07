//! A run that failed as a whole as a page.

use maud::{Markup, html};

use super::told::{FailureReport, Trouble};
use crate::finding::{Finding, Severity};
use crate::render::page::{BoxKind, PageFrame, PageMood, PageOrigin, boxed, prose, shown};
use crate::render::text::escape::{name, sentence};
use crate::render::text::place::place;

/// The failure as a page: what is wrong, where, and what to do.
pub fn page(report: FailureReport<'_>, origin: &PageOrigin) -> String {
    let verdict = report.verdict(str::to_owned);
    let content = html! {
        @if !verdict.is_empty() { p { (prose(&verdict)) } }
        @for finding in report.findings { (problem(finding)) }
        @if report.findings.is_empty() {
            @for Trouble { code, message, help } in report.troubles() {
                (boxed(BoxKind::Bad, &html! {
                    strong { (code) } ": " (prose(&message))
                    br;
                    "help: " (prose(&help))
                }))
            }
            @if !report.way_on().is_empty() { p { (prose(&report.way_on())) } }
        }
    };
    let title = report.title(str::to_owned);
    PageFrame {
        title: report.run.title(),
        verdict: &title,
        mood: PageMood::Bad,
        origin,
        facts: Vec::new(),
    }
    .around(&content)
}

fn problem(finding: &Finding) -> Markup {
    let kind = match finding.severity {
        Severity::Error => BoxKind::Bad,
        Severity::Warning => BoxKind::Warning,
    };
    let place = name(&place(&finding.file, finding.span.line, finding.span.column));
    let content = html! {
        strong { (finding.code) } " at " code { (shown(&place)) } ": "
        (prose(&sentence(&finding.message)))
        @if let Some(help) = &finding.help {
            br;
            "help: " (prose(&sentence(help)))
        }
    };
    boxed(kind, &content)
}

#[cfg(test)]
mod tests {
    use super::super::told::FailedRun;
    use super::*;
    use crate::failure::FailureCode;
    use crate::finding::{Code, Span};
    use crate::render::samples::{HOSTILE, is_quiet};

    #[test]
    fn no_value_is_markup() {
        let tags = |findings: &[Finding], text: &str| {
            let code = FailureCode::Warnings;
            let run = FailedRun::Apply;
            let report =
                FailureReport { run, code, message: text, help: text, findings, targets: &[] };
            let shown = page(report, &PageOrigin::default());
            assert!(is_quiet(&shown), "{shown}");
            shown.matches('<').count()
        };
        let of = |text: &str| Finding::new(text, Span::START, Code::YamlSyntax, text).help(text);
        // A sentence has code in it where it has backticks.
        let code = 2 * prose(HOSTILE).into_string().matches("<code>").count();
        assert_eq!(tags(&[], HOSTILE), tags(&[], "x") + 2 * code);
        assert_eq!(tags(&[of(HOSTILE)], HOSTILE), tags(&[of("x")], "x") + 3 * code);
    }
}
