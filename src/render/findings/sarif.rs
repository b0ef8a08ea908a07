//! SARIF 2.1.0, as GitHub's code scanning and editors read it.

use serde_json::{Value, json};

use super::located::{FileLocation, Located, sentences};
use crate::finding::Code;
use crate::render::document;
use crate::render::reference::layout::first_sentence;
use crate::render::text::escape::printable;
use crate::render::text::words::{count, verb};

/// GitHub refuses a run with more results.
const MOST_RESULTS: usize = 25_000;

/// What a path in the repository is relative to. Its own place is left open, so that the same
/// findings make the same document on every machine.
const ROOT: &str = "%SRCROOT%";

/// GitHub matches alerts by `primaryLocationLineHash` alone; its upload action computes that from
/// the file and complains of every result that brings another one. So this has a name of its own.
const FINGERPRINT: &str = "findingHash/v1";

/// The document. Where there are too many findings, errors go before warnings.
pub fn sarif(located: &[Located<'_>]) -> String {
    let mut kept: Vec<_> = located.iter().collect();
    if kept.len() > MOST_RESULTS {
        kept.sort_by_key(|located| located.finding.severity);
        kept.truncate(MOST_RESULTS);
    }
    document(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver()},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                ROOT: {"description": {"text": "The root of the repository."}},
            },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": left_out(located.len() - kept.len()),
            }],
            "results": kept.into_iter().map(result).collect::<Value>(),
        }],
    }))
}

fn driver() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": version,
        "semanticVersion": version,
        "rules": Code::ALL.iter().copied().map(rule).collect::<Value>(),
    })
}

fn rule(code: Code) -> Value {
    let meaning = code.meaning();
    let help = format!("{meaning}\n\n`clerkform explain {code}` says more.");
    json!({
        "id": code,
        "name": format!("{code:?}"),
        "shortDescription": {"text": first_sentence(meaning)},
        "fullDescription": {"text": meaning},
        "help": {"text": help, "markdown": help},
        "defaultConfiguration": {"level": code.severity()},
    })
}

fn result(Located { finding, place, fingerprint }: &Located<'_>) -> Value {
    let mut artifact = json!({"uri": place.uri()});
    if let FileLocation::Inside(_) = place {
        artifact["uriBaseId"] = json!(ROOT);
    }
    let span = finding.span;
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": artifact,
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        },
    });
    if !finding.path.is_empty() {
        location["logicalLocations"] =
            json!([{"fullyQualifiedName": printable(&finding.path), "kind": "member"}]);
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
        "level": finding.severity,
        "message": {"text": unlinked(&sentences(finding))},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    })
}

/// Keeps a text from holding a link: in a message of SARIF, `[text](target)` is one.
fn unlinked(text: &str) -> String {
    text.replace("](", "\\](")
}

fn left_out(number: usize) -> Value {
    if number == 0 {
        return json!([]);
    }
    let (findings, are) = (count(number, "finding"), verb(number, "is", "are"));
    let text = format!(
        "{findings} {are} left out: a run holds at most {MOST_RESULTS} results. The other formats \
         list all of them."
    );
    json!([{"level": "warning", "message": {"text": text}}])
}

#[cfg(test)]
mod tests {
    use super::super::located::located;
    use super::*;
    use crate::finding::{Finding, Severity, Span};
    use crate::render::samples::{HOSTILE, is_quiet};

    fn run(findings: &[Finding]) -> Value {
        let shown = sarif(&located(findings, |file| match file.strip_prefix('/') {
            Some(_) => FileLocation::Outside(file.to_owned()),
            None => FileLocation::Inside(file.to_owned()),
        }));
        assert!(is_quiet(&shown), "{shown}");
        let mut document: Value = serde_json::from_str(&shown).unwrap();
        document["runs"][0].take()
    }

    fn unknown(file: &str) -> Finding {
        let span = Span { line: 2, column: 3, end_line: 2, end_column: 7 };
        Finding::new(file, span, Code::UnknownField, "no `x`")
            .help("did you mean `y`?")
            .path("/instance/x")
    }

    #[test]
    fn a_finding_is_a_result_at_a_region_of_a_relative_uri() {
        let mut result = run(&[unknown("a b/clerk.yaml")])["results"][0].take();
        result["partialFingerprints"][FINGERPRINT] = json!("");
        assert_eq!(
            result,
            json!({
                "ruleId": "unknown-field",
                "ruleIndex": 4,
                "level": "error",
                "message": {"text": "No `x`. Did you mean `y`?"},
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "a%20b/clerk.yaml",
                            "uriBaseId": "%SRCROOT%",
                        },
                        "region": {
                            "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 7,
                        },
                    },
                    "logicalLocations": [
                        {"fullyQualifiedName": "/instance/x", "kind": "member"},
                    ],
                }],
                "partialFingerprints": {FINGERPRINT: ""},
            })
        );
    }

    #[test]
    fn a_file_outside_the_repository_is_told_by_its_whole_path() {
        let result = run(&[unknown("/a b/clerk.yaml")])["results"][0].take();
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(*artifact, json!({"uri": "file:///a%20b/clerk.yaml"}));
    }

    #[test]
    fn there_is_a_rule_for_each_code_and_every_result_points_to_its_own() {
        let findings: Vec<_> =
            Code::ALL.iter().map(|code| Finding::new("a", Span::START, *code, "x")).collect();
        let run = run(&findings);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), Code::ALL.len());
        for (code, result) in Code::ALL.iter().zip(run["results"].as_array().unwrap()) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            let rule = &rules[index];
            assert_eq!((&rule["id"], &result["ruleId"]), (&json!(code), &json!(code)));
            assert_eq!(rule["defaultConfiguration"]["level"], json!(code.severity()));
            assert!(rule["help"]["markdown"].as_str().unwrap().starts_with(code.meaning()));
            for (part, most) in [("shortDescription", 1024), ("fullDescription", 1024)] {
                assert!(rule[part]["text"].as_str().unwrap().len() <= most, "{code}");
            }
        }
    }

    #[test]
    fn without_findings_there_is_a_run_without_results() {
        let run = run(&[]);
        assert_eq!(run["results"], json!([]));
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(
            run["invocations"],
            json!([{"executionSuccessful": true, "toolExecutionNotifications": []}])
        );
    }

    #[test]
    fn too_many_findings_lose_warnings_first_and_the_run_says_so() {
        let warning = Finding::new("a", Span::START, Code::DeprecatedField, "old");
        let error = unknown("b");
        let mut findings = vec![warning; 3];
        findings.extend(vec![error; MOST_RESULTS - 1]);
        let run = run(&findings);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), MOST_RESULTS);
        let errors = results.iter().filter(|of| of["level"] == json!(Severity::Error)).count();
        assert_eq!(errors, MOST_RESULTS - 1);
        assert_eq!(
            run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
            "2 findings are left out: a run holds at most 25000 results. The other formats list all of them."
        );
    }

    #[test]
    fn nothing_in_a_finding_becomes_a_link_a_uri_or_a_hidden_character() {
        let hostile = format!("{HOSTILE} [x](https://e.x) ../..//%2F?#");
        let finding = Finding::new(&hostile, Span::START, Code::WrongType, &hostile)
            .help(&hostile)
            .path(&hostile);
        let result = run(&[finding])["results"][0].take();
        let text = result["message"]["text"].as_str().unwrap();
        assert!(is_quiet(text) && text.lines().count() == 1, "{text}");
        assert!(text.contains("\\](") && !text.replace("\\](", "").contains("]("), "{text}");
        let location = &result["locations"][0];
        let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        assert!(uri.chars().all(plain) && !uri.starts_with('/'), "{uri}");
        assert!(is_quiet(location["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap()));
    }
}
