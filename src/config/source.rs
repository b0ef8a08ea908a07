//! The bytes of a file, as text.

use crate::finding::{Code, Finding, Span};
use crate::text::LineIndex;

/// The largest file that is read.
pub const LARGEST: usize = 1 << 20;

/// How many problems of one file are told; a last one then says that there are more.
pub(super) const MOST_FINDINGS: usize = 1000;

/// What may stand before the text of a file.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A configuration file: how it was named and what it holds.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name as given on the command line; `-` or the `--stdin-filename` for standard input.
    pub name: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
}

impl SourceFile {
    /// A file's text, or why its bytes are none.
    #[expect(clippy::result_large_err, reason = "once a file, and a finding is what is shown")]
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Finding> {
        let name = name.into();
        let unreadable = |span, message: &str, help: &str| {
            Finding::new(&name, span, Code::UnreadableFile, message).help(help)
        };
        if bytes.len() > LARGEST {
            // How large it is nobody knows: reading ends here.
            let message =
                format!("`{name}` is larger than 1 MiB, far more than a configuration needs");
            let help = "check that it is the right file";
            return Err(unreadable(Span::START, &message, help));
        }
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text: text.to_owned() }),
            Err(error) => {
                let (line, column) = LineIndex::of(bytes).place(error.valid_up_to());
                let span = Span { line, column, end_line: line, end_column: column + 1 };
                let message = "the file is not UTF-8: this byte is invalid";
                Err(unreadable(span, message, "save it as UTF-8"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let source = SourceFile::new("a.yaml", b"\xef\xbb\xbfa: 1").unwrap();
        assert_eq!(source.text, "a: 1");
    }

    #[test]
    fn bytes_that_are_no_text_are_told_at_the_first_of_them() {
        let finding = SourceFile::new("a.yaml", b"a: 1\r\n\xc3\xa9\xff\n").unwrap_err();
        assert_eq!(finding.code, Code::UnreadableFile);
        assert_eq!(finding.file, "a.yaml");
        assert_eq!((finding.span.line, finding.span.column), (2, 2));
        let utf_16 = SourceFile::new("a.yaml", b"\xff\xfea\0").unwrap_err();
        assert_eq!((utf_16.span.line, utf_16.span.column), (1, 1));
    }

    #[test]
    fn more_than_a_mebibyte_is_not_read() {
        assert!(SourceFile::new("a", &vec![b'#'; 1 << 20]).is_ok());
        let finding = SourceFile::new("a", &vec![b'#'; (1 << 20) + 1]).unwrap_err();
        assert_eq!(finding.code, Code::UnreadableFile);
    }
}
