//! Two texts of one file as a unified diff that `patch` and `git apply` understand. Written here
//! and not by the crate that compares, which takes a carriage return for the end of a line.

use std::borrow::Cow;

use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, DiffOp, TextDiff, group_diff_ops};

use super::escape::{Breaks, escaped, printable};
use super::excerpt::Mask;
use super::palette::{Palette, paint};
use super::words::add;

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// Who reads a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffReader {
    /// A person: what a terminal would act on is escaped.
    Terminal,
    /// A program: every byte is the file's.
    Program,
}

/// A diff.
#[derive(Debug, PartialEq, Eq)]
pub struct Diff {
    /// Its text; empty where the two are the same.
    pub text: String,
    /// Whether a line of it is masked, so that it does not fit the file.
    pub is_masked: bool,
}

/// The note where a diff shows masked lines.
pub fn masked_note(file: &str) -> String {
    format!(
        "{}: a line of the diff contains a secret and is masked, so the diff does not match the \
         file: remove the secret first\n",
        printable(file)
    )
}

/// The difference of two texts of the file `name`. Secrets are hidden by `mask`, which keeps lines.
pub fn unified(
    name: &str,
    [old, new]: [&str; 2],
    mask: Mask,
    reader: DiffReader,
    palette: &Palette,
) -> Diff {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let shown = [mask(old), mask(new)];
    let [old_shown, new_shown] = [lines(&shown[0]), lines(&shown[1])];
    let mut diff = Diff { text: String::new(), is_masked: false };
    for hunk in group_diff_ops(compared(&old_lines, &new_lines), CONTEXT) {
        if diff.text.is_empty() {
            let name = visible(&header_name(name), reader).into_owned();
            add(
                &mut diff.text,
                format_args!(
                    "{}\n{}\n",
                    paint(palette.strong, format_args!("--- {name}")),
                    paint(palette.strong, format_args!("+++ {name}"))
                ),
            );
        }
        let header = UnifiedHunkHeader::new(&hunk);
        add(&mut diff.text, format_args!("{}\n", paint(palette.faint, header)));
        for change in hunk.iter().flat_map(|op| op.iter_changes(&old_lines[..], &new_lines[..])) {
            let line = match (change.tag(), change.old_index(), change.new_index()) {
                (ChangeTag::Insert, _, Some(at)) => new_shown.get(at),
                (_, Some(at), _) => old_shown.get(at),
                _ => None,
            };
            let line = line.copied().unwrap_or_default();
            diff.is_masked |= line != change.value();
            push_line(&mut diff.text, change.tag(), line, reader, palette);
        }
    }
    diff
}

/// The equal and the changed lines. Where only names change, no line comes or goes, and comparing
/// each pair does: to search would take minutes for many thousands of changes.
fn compared(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    if old.len() != new.len() {
        return TextDiff::configure().diff_slices(old, new).ops().to_vec();
    }
    let mut ops = Vec::new();
    let mut at = 0;
    while at < old.len() {
        let is_same = old[at] == new[at];
        let len = (at..old.len()).take_while(|&line| (old[line] == new[line]) == is_same).count();
        ops.push(if is_same {
            DiffOp::Equal { old_index: at, new_index: at, len }
        } else {
            DiffOp::Replace { old_index: at, old_len: len, new_index: at, new_len: len }
        });
        at += len;
    }
    ops
}

fn push_line(out: &mut String, tag: ChangeTag, line: &str, reader: DiffReader, palette: &Palette) {
    let body = line.strip_suffix('\n');
    let (sign, text) = (tag, visible(body.unwrap_or(line), reader));
    let style = match tag {
        ChangeTag::Delete => palette.removed,
        ChangeTag::Insert => palette.added,
        ChangeTag::Equal => anstyle::Style::new(),
    };
    add(out, format_args!("{}\n", paint(style, format_args!("{sign}{text}"))));
    if body.is_none() {
        out.push_str("\\ No newline at end of file\n");
    }
}

/// Lines as `patch` counts them, each with its newline.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn visible(text: &str, reader: DiffReader) -> Cow<'_, str> {
    match reader {
        DiffReader::Terminal => escaped(text, Breaks::Kept),
        DiffReader::Program => Cow::Borrowed(text),
    }
}

/// A name as `patch` and `git apply` read it: without the `./` that the latter refuses, in quotes
/// where it has to be, and ended by a tab where it holds a space.
fn header_name(name: &str) -> Cow<'_, str> {
    let name = name.trim_start_matches("./");
    if name.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\')) {
        let mut quoted = String::from("\"");
        for byte in name.bytes() {
            match byte {
                b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
                b' '..=b'~' => quoted.push(char::from(byte)),
                _ => add(&mut quoted, format_args!("\\{byte:03o}")),
            }
        }
        quoted.push('"');
        Cow::Owned(quoted)
    } else if name.contains(' ') {
        Cow::Owned(format!("{name}\t"))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Cow<'_, str> {
        Cow::Borrowed(text)
    }

    fn stars(text: &str) -> Cow<'_, str> {
        text.replace("secret", "******").into()
    }

    fn plain(name: &str, old: &str, new: &str) -> String {
        unified(name, [old, new], open, DiffReader::Program, &Palette::plain()).text
    }

    #[test]
    fn a_diff_has_three_lines_around_a_change_and_keeps_every_byte() {
        for (old, new, expected) in [
            ("a\n", "a\n", ""),
            ("a\n", "b\n", "--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n"),
            ("a\r\n", "b\r\n", "--- f\n+++ f\n@@ -1 +1 @@\n-a\r\n+b\r\n"),
            (
                "a",
                "b",
                "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at \
                 end of file\n",
            ),
            (
                "a\rx\r",
                "b\rx\r",
                "--- f\n+++ f\n@@ -1 +1 @@\n-a\rx\r\n\\ No newline at end of file\n+b\rx\r\n\\ No \
                 newline at end of file\n",
            ),
            (
                "1\n2\n3\n4\na\n6\n7\n8",
                "1\n2\n3\n4\nb\n6\n7\n8",
                "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-a\n+b\n 6\n 7\n 8\n\\ No newline at end \
                 of file\n",
            ),
            ("1\na\na\n2\n", "1\nb\n2\n", "--- f\n+++ f\n@@ -1,4 +1,3 @@\n 1\n-a\n-a\n+b\n 2\n"),
            ("\u{feff}a\n", "\u{feff}b\n", "--- f\n+++ f\n@@ -1 +1 @@\n-\u{feff}a\n+\u{feff}b\n"),
        ] {
            assert_eq!(plain("f", old, new), expected);
        }
    }

    #[test]
    fn a_name_stays_one_name() {
        for (name, expected) in [
            ("a/clerk.yaml", "a/clerk.yaml"),
            ("./clerk.yaml", "clerk.yaml"),
            ("../clerk.yaml", "../clerk.yaml"),
            ("my clerk.yaml", "my clerk.yaml\t"),
            ("é.yaml", "é.yaml"),
            ("a\n\"b\\é", "\"a\\012\\\"b\\\\\\303\\251\""),
        ] {
            assert_eq!(header_name(name), expected);
        }
    }

    #[test]
    fn a_secret_is_masked_wherever_it_would_be_shown_and_only_there() {
        let far = "1\n2\n3\n4\n5\nsecret\n";
        let near = "secret\n";
        for (after, is_masked) in [(far, false), (near, true)] {
            let texts = [format!("a\n{after}"), format!("b\n{after}")];
            let diff =
                unified("f", [&texts[0], &texts[1]], stars, DiffReader::Program, &Palette::plain());
            assert_eq!(diff.is_masked, is_masked);
            assert!(!diff.text.contains("secret"));
        }
    }

    #[test]
    fn only_a_terminal_gets_escapes_for_what_it_would_act_on() {
        let texts = ["a\u{1b}[2J\r\n", "b\u{1b}[2J\r\n"];
        let shown = |reader| unified("f", texts, open, reader, &Palette::plain()).text;
        assert!(shown(DiffReader::Program).contains("+b\u{1b}[2J\r\n"));
        assert!(shown(DiffReader::Terminal).contains("+b\\u{1b}[2J\\r\n"));
    }
}
