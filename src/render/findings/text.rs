//! Findings for people (with an excerpt, or a line each) and for programs.

use std::collections::{BTreeMap, BTreeSet};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::json;

use crate::config::SourceFile;
use crate::finding::{Finding, Severity, Span};
use crate::render::text::escape::printable;
use crate::render::text::excerpt::{Excerpt, Lines};
use crate::render::text::palette::{CodeLinks, Palette, page_of, paint};
use crate::render::text::place::place;
use crate::render::text::words::{add, count, list, verb};
use crate::render::{FORMAT_VERSION, document};

pub use crate::render::text::excerpt::Mask;

/// Wider than any excerpt, which is trimmed here and not by the renderer.
const TERM_WIDTH: usize = 1_000;

/// Every finding with its place, the line concerned and what to do, then one sentence of totals.
/// `mask` hides the secrets of what is shown.
pub fn text(findings: &[Finding], sources: &[SourceFile], palette: &Palette, mask: Mask) -> String {
    let renderer = renderer(palette);
    let mut lines = BTreeMap::new();
    let concerned: BTreeSet<_> = findings.iter().map(|finding| finding.file.as_str()).collect();
    for source in sources.iter().filter(|source| concerned.contains(source.name.as_str())) {
        lines.entry(source.name.as_str()).or_insert_with(|| Lines::of(&source.text, mask));
    }
    let mut out = String::new();
    for finding in findings {
        let excerpt = lines
            .get(finding.file.as_str())
            .and_then(|lines: &Lines<'_>| lines.excerpt(finding.span));
        out.push_str(&one(finding, excerpt, &renderer, palette));
        out.push_str("\n\n");
    }
    out.push_str(&totals(findings, sources));
    out.push('\n');
    out
}

/// A line a finding: `file:line:column: severity[code] message`.
pub fn concise(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let place = place(&finding.file, finding.span.line, finding.span.column);
        let (severity, code) = (finding.severity.as_str(), finding.code);
        let message = printable(&finding.message);
        add(&mut out, format_args!("{place}: {severity}[{code}] {message}\n"));
    }
    out
}

/// The document of `validate`; `files` is how many were named.
pub fn json(files: usize, findings: &[Finding]) -> String {
    document(&json!({
        "format_version": FORMAT_VERSION,
        "files": files,
        "diagnostics": findings,
    }))
}

fn renderer(palette: &Palette) -> Renderer {
    Renderer::plain()
        .term_width(TERM_WIDTH)
        .error(palette.error)
        .warning(palette.warning)
        .help(palette.help)
        .emphasis(palette.strong)
        .line_num(palette.faint)
        .hyperlink(palette.links == CodeLinks::On)
}

/// The place is written here and not by the renderer, which would count the columns of the excerpt
/// and not those of the file.
fn one(
    finding: &Finding,
    excerpt: Option<Excerpt>,
    renderer: &Renderer,
    palette: &Palette,
) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(printable(&finding.message)).id(finding.code.as_str());
    let title = match page_of(palette, finding.code.as_str()) {
        Some(page) => title.id_url(page),
        None => title,
    };
    if excerpt.is_none() {
        return without_excerpt(finding, &renderer.render(&[Group::with_title(title)]), palette);
    }
    let mut group = Group::with_title(title);
    let gutter = excerpt.as_ref().map_or(0, |_| finding.span.line.to_string().len());
    if let Some(Excerpt { text, marked }) = excerpt {
        group = group.element(
            Snippet::source(text)
                .line_start(finding.span.line)
                .annotation(AnnotationKind::Primary.span(marked)),
        );
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let shown = renderer.render(&[group]);
    let place = place(&finding.file, finding.span.line, finding.span.column);
    let arrow = format!("{:gutter$}{} {place}", "", paint(palette.faint, "-->"));
    match shown.split_once('\n') {
        None => format!("{shown}\n{arrow}"),
        Some((title, rest)) => format!("{title}\n{arrow}\n{rest}"),
    }
}

/// A finding without a line to show. One about a file as a whole names it in its message.
fn without_excerpt(finding: &Finding, title: &str, palette: &Palette) -> String {
    let mut out = title.to_owned();
    if finding.span != Span::START || !finding.message.contains(&finding.file) {
        let place = place(&finding.file, finding.span.line, finding.span.column);
        add(&mut out, format_args!("\n{} {place}", paint(palette.faint, "-->")));
    }
    if let Some(help) = &finding.help {
        let help = printable(help);
        add(&mut out, format_args!("\n  {}: {help}", paint(palette.help, "help")));
    }
    out
}

/// The totals, in one sentence.
fn totals(findings: &[Finding], sources: &[SourceFile]) -> String {
    let read: BTreeSet<_> = sources.iter().map(|source| source.name.as_str()).collect();
    let concerned: BTreeSet<_> = findings.iter().map(|finding| finding.file.as_str()).collect();
    let named = sources.len() + concerned.difference(&read).count();
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    if errors == 0 {
        let valid = format!("{} {} valid", count(named, "file"), verb(named, "is", "are"));
        return match warnings {
            0 => format!("{valid}."),
            _ => format!("{valid}, with {}.", count(warnings, "warning")),
        };
    }
    let mut found = vec![count(errors, "error")];
    if warnings > 0 {
        found.push(count(warnings, "warning"));
    }
    let files = match (concerned.len(), named) {
        (some, all) if some == all => count(all, "file"),
        (some, all) => format!("{some} of {}", count(all, "file")),
    };
    format!("{} in {files}.", list(&found))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use insta::assert_snapshot;

    use super::*;
    use crate::finding::Code;

    const PLAIN: &Palette = &Palette::plain();

    fn open(line: &str) -> Cow<'_, str> {
        Cow::Borrowed(line)
    }

    fn source(text: &str) -> SourceFile {
        SourceFile { name: "clerk.yaml".to_owned(), text: text.to_owned() }
    }

    fn at(line: usize, column: usize, end_column: usize) -> Span {
        Span { line, column, end_line: line, end_column }
    }

    fn unknown() -> Finding {
        Finding::new("clerk.yaml", at(2, 3, 6), Code::UnknownField, "`instance` has no `hib`")
            .help("there is one named `hibp`")
            .path("/instance/hib")
    }

    #[test]
    fn a_finding_shows_its_line_with_carets_and_what_to_do() {
        let shown = text(&[unknown()], &[source("instance:\n  hib: true\n")], PLAIN, open);
        assert_snapshot!(shown, @r"
        error[unknown-field]: `instance` has no `hib`
         --> clerk.yaml:2:3
          |
        2 |   hib: true
          |   ^^^
          |
          = help: there is one named `hibp`

        1 error in 1 file.
        ");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_once_and_has_no_excerpt() {
        let unreadable =
            Finding::new("gone.yaml", Span::START, Code::UnreadableFile, "there is no `gone.yaml`")
                .help("name a file that exists");
        let bare = Finding::new("a/b", Span::START, Code::UnreadableFile, "it is a folder");
        assert_snapshot!(text(&[unreadable, bare], &[source("")], PLAIN, open), @r"
        error[unreadable-file]: there is no `gone.yaml`
          help: name a file that exists

        error[unreadable-file]: it is a folder
        --> a/b:1:1

        2 errors in 2 of 3 files.
        ");
    }

    #[test]
    fn a_secret_is_masked_and_its_carets_stay_right() {
        let mask: Mask = |line| line.replace("sk_live_abc", "***********").into();
        let secret = Finding::new("clerk.yaml", at(12, 8, 19), Code::SecretInConfig, "a secret");
        let file = format!("{}  key: sk_live_abc # mine", "\n".repeat(11));
        let shown = text(&[secret], &[source(&file)], PLAIN, mask);
        assert!(!shown.contains("sk_live"));
        assert_snapshot!(shown, @r"
        error[secret-in-config]: a secret
          --> clerk.yaml:12:8
           |
        12 |   key: *********** # mine
           |        ^^^^^^^^^^^

        1 error in 1 file.
        ");
    }

    #[test]
    fn the_place_is_the_files_also_where_the_excerpt_is_trimmed_or_escaped() {
        let file = format!("\t{}\u{202e}漢: x{}", "a".repeat(200), "b".repeat(200));
        let finding = Finding::new("clerk.yaml", at(1, 205, 206), Code::WrongType, "no");
        assert_snapshot!(text(&[finding], &[source(&file)], PLAIN, open), @r"
        error[wrong-type]: no
         --> clerk.yaml:1:205
          |
        1 | …aaaaaaaaaaaaaaaaaaaaa\u{202e}漢: xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
          |                                  ^

        1 error in 1 file.
        ");
    }

    #[test]
    fn an_empty_place_has_one_caret_also_behind_the_last_character() {
        for (file, line, column) in [("", 1, 1), ("ab", 1, 3), ("a\n", 2, 1)] {
            let finding =
                Finding::new("clerk.yaml", at(line, column, column), Code::YamlSyntax, "");
            let shown = text(&[finding], &[source(file)], PLAIN, open);
            assert_eq!(shown.matches('^').count(), 1, "{shown}");
        }
    }

    #[test]
    fn a_place_out_of_the_file_is_told_without_an_excerpt() {
        let finding = Finding::new("clerk.yaml", at(9, 9, 9), Code::YamlSyntax, "no");
        let shown = text(&[finding], &[source("a")], PLAIN, open);
        assert_eq!(shown, "error[yaml-syntax]: no\n--> clerk.yaml:9:9\n\n1 error in 1 file.\n");
    }

    #[test]
    fn totals_are_one_sentence() {
        let error = unknown();
        let warning = Finding::new("clerk.yaml", at(1, 1, 2), Code::DeprecatedField, "old");
        let one = || source("");
        let two = || SourceFile { name: "b.yaml".to_owned(), text: String::new() };
        for (findings, sources, expected) in [
            (vec![], vec![one()], "1 file is valid."),
            (vec![], vec![one(), two()], "2 files are valid."),
            (vec![&warning], vec![one()], "1 file is valid, with 1 warning."),
            (vec![&error], vec![one()], "1 error in 1 file."),
            (vec![&error, &error, &warning], vec![one()], "2 errors and 1 warning in 1 file."),
            (vec![&error], vec![one(), two()], "1 error in 1 of 2 files."),
            (vec![&error], vec![two()], "1 error in 1 of 2 files."),
        ] {
            let findings: Vec<_> = findings.into_iter().cloned().collect();
            assert_eq!(totals(&findings, &sources), expected);
        }
    }

    #[test]
    fn concise_is_a_line_a_finding_whatever_the_finding_holds() {
        let hostile =
            Finding::new("a\nb.yaml", at(3, 5, 9), Code::WrongType, "x\n\u{1b}[2J\u{202e}y");
        assert_eq!(
            concise(&[unknown(), hostile]),
            "clerk.yaml:2:3: error[unknown-field] `instance` has no `hib`\n\
             a\\nb.yaml:3:5: error[wrong-type] x\\n\\u{1b}[2J\\u{202e}y\n"
        );
    }

    #[test]
    fn text_escapes_what_a_file_could_do_to_a_terminal() {
        let hostile = "x\n\u{1b}[2J\u{202e}<b>\u{200b}";
        let finding = Finding::new(hostile, at(1, 1, 3), Code::WrongType, hostile).help(hostile);
        let file = SourceFile { name: hostile.to_owned(), text: hostile.to_owned() };
        let shown = text(&[finding], &[file], PLAIN, open);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{shown}");
        assert_eq!(shown.matches("[2J").count(), 3, "{shown}");
    }

    #[test]
    fn a_colored_finding_says_the_same_words() {
        let sources = [source("instance:\n  hib: true\n")];
        let colored = text(&[unknown()], &sources, &Palette::colored(), open);
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        assert_eq!(plain, text(&[unknown()], &sources, PLAIN, open));
    }

    #[test]
    fn the_document_counts_the_files_that_were_named() {
        let shown: serde_json::Value = serde_json::from_str(&json(2, &[unknown()])).unwrap();
        assert_eq!(
            shown,
            json!({"format_version": 1, "files": 2, "diagnostics": [{
                "file": "clerk.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 6,
                "severity": "error", "code": "unknown-field", "message": "`instance` has no `hib`",
                "help": "there is one named `hibp`", "path": "/instance/hib"}]})
        );
    }
}
