//! Where the lines and the characters of a text are.

use std::ops::Range;

use crate::finding::Span;

/// How many characters lie between two whose offset is known.
const STRIDE: usize = 512;

/// Offsets of a text as lines and columns, and back. Both count from 1, columns in characters; a
/// line ends with a line feed, with or without a carriage return before it. The text may be bytes
/// that are no UTF-8: whatever is no continuation byte begins a character.
#[derive(Clone, Debug)]
pub struct LineIndex<T> {
    text: T,
    /// The offset of each line.
    starts: Vec<usize>,
    /// The offset of every [`STRIDE`]th character, so that a place far out in a long line is found
    /// without a walk through it.
    marks: Vec<usize>,
}

impl<T: AsRef<[u8]>> LineIndex<T> {
    /// The index of a text, made in one pass.
    pub fn of(text: T) -> Self {
        let (mut starts, mut marks, mut characters) = (vec![0], Vec::new(), 0_usize);
        for (offset, &byte) in text.as_ref().iter().enumerate() {
            if begins_character(byte) {
                if characters.is_multiple_of(STRIDE) {
                    marks.push(offset);
                }
                characters += 1;
            }
            if byte == b'\n' {
                starts.push(offset + 1);
            }
        }
        Self { text, starts, marks }
    }

    /// The text.
    pub const fn text(&self) -> &T {
        &self.text
    }

    /// How many lines there are. After a last line feed there is one more, which is empty.
    pub const fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line with its end; `None` where there is no such line.
    pub fn line(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        Some(start..self.starts.get(line).copied().unwrap_or(self.bytes().len()))
    }

    /// The bytes of a line without its end; `None` where there is no such line.
    pub fn content(&self, line: usize) -> Option<Range<usize>> {
        let Range { start, end } = self.line(line)?;
        let whole = &self.bytes()[start..end];
        let content =
            whole.strip_suffix(b"\n").map_or(whole, |it| it.strip_suffix(b"\r").unwrap_or(it));
        Some(start..start + content.len())
    }

    /// The line and the column of an offset.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        (line, self.characters_before(offset) - self.characters_before(start) + 1)
    }

    /// The places at which some bytes begin and end.
    pub fn span(&self, range: Range<usize>) -> Span {
        let ((line, column), (end_line, end_column)) =
            (self.place(range.start), self.place(range.end));
        Span { line, column, end_line, end_column }
    }

    /// The offset of a place. A column that the line does not have is its end, and a line that the
    /// text does not have is the text's.
    pub fn offset(&self, (line, column): (usize, usize)) -> usize {
        let Some(Range { start, end }) = self.content(line) else { return self.bytes().len() };
        let character = self.characters_before(start).saturating_add(column.saturating_sub(1));
        let mark = self.marks.get(character / STRIDE).copied().unwrap_or(end);
        let rest = self.bytes().iter().enumerate().skip(mark);
        let mut begins = rest.filter(|(_, byte)| begins_character(**byte));
        begins.nth(character % STRIDE).map_or(end, |(offset, _)| offset.min(end))
    }

    /// The bytes between two places.
    pub fn range(&self, span: Span) -> Range<usize> {
        let Span { line, column, end_line, end_column } = span;
        self.offset((line, column))..self.offset((end_line, end_column))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let Some(known) = self.marks.partition_point(|mark| *mark <= offset).checked_sub(1) else {
            return 0;
        };
        let rest = &self.bytes()[self.marks[known]..offset];
        known * STRIDE + rest.iter().filter(|byte| begins_character(**byte)).count()
    }

    fn bytes(&self) -> &[u8] {
        self.text.as_ref()
    }
}

const fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place of a text with its offset, counted letter by letter.
    fn counted(text: &str) -> Vec<(usize, (usize, usize))> {
        let mut place = (1, 1);
        let mut found = Vec::new();
        for (offset, letter) in text.char_indices() {
            found.push((offset, place));
            place = if letter == '\n' { (place.0 + 1, 1) } else { (place.0, place.1 + 1) };
        }
        found.push((text.len(), place));
        found
    }

    #[test]
    fn places_and_offsets_are_each_other_s_in_texts_of_any_width() {
        let long = format!("{}\n{}é", "é漢\u{1f600}\n".repeat(700), "漢a".repeat(900));
        for text in ["", "\n", "a\nüb: c", "a\n\nb\n", "ü: \t漢\nb", &long] {
            let index = LineIndex::of(text);
            for (offset, place) in counted(text) {
                assert_eq!(index.place(offset), place, "{text:?}");
                assert_eq!(index.offset(place), offset, "{text:?}");
            }
        }
    }

    #[test]
    fn a_carriage_return_belongs_to_the_end_of_a_line_only_before_a_line_feed() {
        let index = LineIndex::of("a\r\nb\rc\r\n");
        let contents = [1, 2, 3].map(|line| index.content(line));
        assert_eq!(contents, [Some(0..1), Some(3..6), Some(8..8)]);
        assert_eq!((index.lines(), index.line(1), index.line(4)), (3, Some(0..3), None));
        assert_eq!(index.span(3..7), Span { line: 2, column: 1, end_line: 2, end_column: 5 });
    }

    #[test]
    fn a_place_that_is_not_there_is_the_end_of_its_line_or_of_the_text() {
        let index = LineIndex::of("ab\r\nü");
        for (place, offset) in [((1, 9), 2), ((1, 0), 0), ((2, 9), 6), ((9, 1), 6), ((0, 1), 6)] {
            assert_eq!(index.offset(place), offset, "{place:?}");
        }
        assert_eq!(index.offset((1, usize::MAX)), 2);
    }

    #[test]
    fn bytes_that_are_no_text_have_places_too() {
        let index = LineIndex::of(b"a: 1\r\n\xc3\xa9\xff\n");
        assert_eq!(index.place(8), (2, 2));
        assert_eq!(index.place(9), (2, 3));
    }
}
