//! Findings as a forge, such as GitHub or GitLab, takes them: with the place of the file in the
//! repository, and with what they are known by from run to run.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::finding::Finding;
use crate::render::text::escape;
use crate::render::text::words::add;
use crate::text;
use crate::text::fingerprint;

/// Where a file stands, with `/` between the parts of its path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileLocation {
    /// In the repository: the path from its root.
    Inside(String),
    /// Somewhere else: the whole path.
    Outside(String),
}

impl FileLocation {
    /// The place of a file in the repository with this root, both by their whole paths.
    pub fn of(file: &Path, root: &Path) -> Self {
        let file = without_dots(file);
        match file.strip_prefix(root) {
            Ok(path) if path.as_os_str().is_empty() => Self::Inside(".".to_owned()),
            Ok(path) => Self::Inside(slashed(path)),
            Err(_) => Self::Outside(slashed(&file)),
        }
    }

    /// The path as the forge names the file.
    pub fn path(&self) -> &str {
        match self {
            Self::Inside(path) | Self::Outside(path) => path,
        }
    }

    /// The same as a URI: a relative one, or one of the scheme `file`.
    pub fn uri(&self) -> String {
        match self {
            Self::Inside(path) => encoded(path),
            Self::Outside(path) => format!("file:///{}", encoded(path.trim_start_matches('/'))),
        }
    }
}

/// A finding, where its file stands, and what it is known by.
#[derive(Debug)]
pub struct Located<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Where its file stands.
    pub place: FileLocation,
    /// The same on every run on which it is the same problem. No two of one report have the same.
    pub fingerprint: String,
}

/// Locates findings; `place_of` knows where the files are that they name.
pub fn located<'a>(
    findings: &'a [Finding],
    place_of: impl Fn(&str) -> FileLocation,
) -> Vec<Located<'a>> {
    let mut places = BTreeMap::new();
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let locate = |finding: &'a Finding| {
        let file = finding.file.as_str();
        let place = places.entry(file).or_insert_with(|| place_of(file)).clone();
        let earlier = seen.entry((place.clone(), finding.code, finding.path.as_str())).or_default();
        // Neither the line, which moves, nor the message, which may name one.
        let essence = json!([place.path(), finding.code, finding.path, *earlier]);
        *earlier += 1;
        Located { finding, place, fingerprint: fingerprint(&essence.to_string()) }
    };
    findings.iter().map(locate).collect()
}

/// The problem and its remedy, as sentences in one visible line.
pub(super) fn sentences(finding: &Finding) -> String {
    let mut out = sentence(&finding.message);
    if let Some(help) = &finding.help {
        add(&mut out, format_args!(" {}", sentence(help)));
    }
    out
}

fn sentence(clause: &str) -> String {
    let clause = escape::sentence(clause);
    let mut rest = clause.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    let stop = if clause.ends_with(['.', '?', '!']) { "" } else { "." };
    first.into_iter().chain(rest).chain(stop.chars()).collect()
}

/// The path without `.` and `..`, as it is written: links are not looked at.
fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

fn slashed(path: &Path) -> String {
    text::slashed(&escape::path(path)).into_owned()
}

/// What never means anything in a path of a URI but itself, beside letters and digits.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path as a part of a URI.
fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::finding::{Code, Span};

    fn at(line: usize, code: Code, path: &str) -> Finding {
        let span = Span { line, column: 3, end_line: line, end_column: 7 };
        Finding::new("clerk.yaml", span, code, format!("as in line {line}")).path(path)
    }

    fn fingerprints(findings: &[Finding]) -> Vec<String> {
        let inside = |file: &str| FileLocation::Inside(file.to_owned());
        located(findings, inside).into_iter().map(|located| located.fingerprint).collect()
    }

    #[test]
    fn a_place_is_told_from_the_root_with_slashes_and_without_dots() {
        let inside = |path: &str| FileLocation::Inside(path.to_owned());
        let outside = |path: &str| FileLocation::Outside(path.to_owned());
        for (file, root, expected, uri) in [
            ("/r/clerk.yaml", "/r", inside("clerk.yaml"), "clerk.yaml"),
            ("/r/a/./b/../c.yaml", "/r", inside("a/c.yaml"), "a/c.yaml"),
            ("/r/a b/ü%:?#.yaml", "/r", inside("a b/ü%:?#.yaml"), "a%20b/%C3%BC%25%3A%3F%23.yaml"),
            ("/r", "/r", inside("."), "."),
            ("/r/../s/a.yaml", "/r", outside("/s/a.yaml"), "file:///s/a.yaml"),
            ("/rest/a.yaml", "/r", outside("/rest/a.yaml"), "file:///rest/a.yaml"),
            ("/../a.yaml", "/", inside("a.yaml"), "a.yaml"),
            ("a.yaml", "", inside("a.yaml"), "a.yaml"),
        ] {
            let place = FileLocation::of(Path::new(file), Path::new(root));
            assert_eq!((place.uri(), place), (uri.to_owned(), expected));
        }
    }

    #[test]
    fn a_fingerprint_survives_a_moved_line() {
        let moved = |by: usize| {
            fingerprints(&[
                at(2 + by, Code::UnknownField, "/instance/hbip"),
                at(3 + by, Code::YamlSyntax, ""),
                at(9 + by, Code::YamlSyntax, ""),
            ])
        };
        assert_eq!(moved(0), moved(7));
    }

    #[test]
    fn no_two_findings_of_a_report_have_one_fingerprint() {
        let mut findings = vec![
            at(1, Code::UnknownField, "/a"),
            at(1, Code::UnknownField, "/a"),
            at(1, Code::UnknownField, "/b"),
            at(1, Code::WrongType, "/a"),
        ];
        findings.push(Finding { file: "b.yaml".to_owned(), ..findings[0].clone() });
        let distinct: BTreeSet<_> = fingerprints(&findings).into_iter().collect();
        assert_eq!(distinct.len(), findings.len());
    }

    #[test]
    fn a_file_under_two_names_is_one_file() {
        let twice = [at(1, Code::UnknownField, "/a"), at(1, Code::UnknownField, "/a")];
        let mut named = twice.clone();
        named[1].file = "./clerk.yaml".to_owned();
        let one = |_: &str| FileLocation::Inside("clerk.yaml".to_owned());
        let both: Vec<_> =
            located(&named, one).into_iter().map(|located| located.fingerprint).collect();
        assert_eq!(both, fingerprints(&twice));
    }

    #[test]
    fn message_and_help_become_sentences() {
        let told = |message: &str, help: Option<&str>| {
            let mut finding = Finding::new("a", Span::START, Code::WrongType, message);
            finding.help = help.map(str::to_owned);
            sentences(&finding)
        };
        for (message, help, expected) in [
            ("there is no `a`", Some("did you mean `b`?"), "There is no `a`. Did you mean `b`?"),
            ("`a` is wrong", None, "`a` is wrong."),
            ("", None, "."),
            ("a\n\u{202e}", Some("b."), "A\\n\\u{202e}. B."),
        ] {
            assert_eq!(told(message, help), expected);
        }
    }
}
