//! The report that GitLab's Code Quality reads: findings in the widget of a merge request, and
//! beside the lines of its diff.

use serde_json::{Value, json};

use super::located::{Located, sentences};
use crate::finding::Code;
use crate::render::document;

/// The report.
pub fn code_quality(located: &[Located<'_>]) -> String {
    document(&located.iter().map(issue).collect())
}

fn issue(Located { finding, place, fingerprint }: &Located<'_>) -> Value {
    json!({
        "description": sentences(finding),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": severity(finding.code),
        "location": {"path": place.path(), "lines": {"begin": finding.span.line}},
    })
}

/// GitLab sorts by five severities. What must not be merged comes first, then what keeps a file
/// from being checked, then what keeps it from being applied or can hurt the instance.
const fn severity(code: Code) -> &'static str {
    match code {
        Code::SecretInConfig => "blocker",
        Code::UnreadableFile | Code::YamlSyntax => "critical",
        Code::DuplicateKey
        | Code::UnknownSection
        | Code::UnknownField
        | Code::WrongType
        | Code::InvalidValue
        | Code::DuplicateEntry
        | Code::InvalidExtends
        | Code::ConflictingFields
        | Code::WeakensSecurity
        | Code::MayLockOut => "major",
        Code::UnwrittenNull
        | Code::IgnoredByApi
        | Code::EnvironmentMismatch
        | Code::NotReflected => "minor",
        Code::DeprecatedField => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::super::located::{FileLocation, located};
    use super::*;
    use crate::finding::{Finding, Severity, Span};
    use crate::render::samples::{HOSTILE, is_quiet};

    fn report(findings: &[Finding]) -> Value {
        let shown = code_quality(&located(findings, |file| FileLocation::Inside(file.to_owned())));
        assert!(is_quiet(&shown), "{shown}");
        serde_json::from_str(&shown).unwrap()
    }

    #[test]
    fn a_finding_is_an_issue_at_a_line_of_a_path() {
        let span = Span { line: 2, column: 3, end_line: 2, end_column: 7 };
        let finding = Finding::new("a/clerk.yaml", span, Code::UnknownField, "no `x`")
            .help("did you mean `y`?")
            .path("/instance/x");
        let fingerprint =
            &located(std::slice::from_ref(&finding), |file| FileLocation::Inside(file.to_owned()))
                [0]
            .fingerprint;
        assert_eq!(
            report(std::slice::from_ref(&finding)),
            json!([{
                "description": "No `x`. Did you mean `y`?",
                "check_name": "unknown-field",
                "fingerprint": fingerprint,
                "severity": "major",
                "location": {"path": "a/clerk.yaml", "lines": {"begin": 2}},
            }])
        );
    }

    #[test]
    fn no_finding_is_an_empty_list() {
        assert_eq!(code_quality(&[]), "[]\n");
    }

    #[test]
    fn every_error_is_at_least_major() {
        for code in Code::ALL.iter().filter(|code| code.severity() == Severity::Error) {
            assert!(["blocker", "critical", "major"].contains(&severity(*code)), "{code}");
        }
    }

    #[test]
    fn a_path_stays_what_it_is_and_a_sentence_is_made_visible() {
        let finding = Finding::new(HOSTILE, Span::START, Code::WrongType, HOSTILE).help(HOSTILE);
        let report = report(&[finding]);
        assert_eq!(report[0]["location"]["path"], HOSTILE);
        assert!(is_quiet(report[0]["description"].as_str().unwrap()));
        assert_eq!(report.as_array().map(Vec::len), Some(1));
    }
}
