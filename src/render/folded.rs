//! Foldable blocks of Markdown that fit into a given number of characters: what is too much is
//! left out of the middle, fences and blocks stay whole, and a count says what is missing.

use super::markdown::fence;
use super::words::{count, verb};

/// Room for the sentence that says what was left out.
const NOTE: usize = 160;

/// One foldable part. When it is too long, lines of its fences are left out.
pub(super) struct Block {
    /// Whether it is unfolded at first.
    pub opened: Opened,
    /// HTML, in one line.
    pub summary: String,
    /// What is inside.
    pub parts: Vec<Part>,
    /// How many targets it tells of.
    pub targets: usize,
}

/// Whether a block is unfolded at first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    Yes,
    No,
}

/// What a block is made of.
pub(super) enum Part {
    /// A paragraph or a list that is Markdown already.
    Prose(String),
    /// A fence: its language and its lines.
    Fence(&'static str, Vec<String>),
}

/// How many characters a text has, as comments are measured.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The blocks one after another, in at most `room` characters.
pub(super) fn fit(blocks: Vec<Block>, room: usize) -> String {
    let half = room.saturating_sub(NOTE) / 2;
    let targets: Vec<_> = blocks.iter().map(|block| block.targets).collect();
    let texts: Vec<_> = match blocks.len() {
        1 => blocks.into_iter().map(|block| block.within(room).render()).collect(),
        _ => blocks.into_iter().map(|block| block.within(half).render()).collect(),
    };
    let lengths: Vec<_> = texts.iter().map(|text| length(text)).collect();
    let Some((first, last)) = middle(&lengths, room, NOTE) else {
        return texts.concat();
    };
    let missing: usize = targets[first..last].iter().sum();
    let (targets, is) = (count(missing, "target"), verb(missing, "is", "are"));
    let covers = verb(missing, "it", "them");
    let note = format!("\n… {targets} {is} left out here; the checksum covers {covers} too.\n");
    [&texts[..first].concat(), note.as_str(), &texts[last..].concat()].concat()
}

/// Which of the lengths have to go so that the others and a note fit: a range in the middle, or
/// `None` where all of them fit.
fn middle(lengths: &[usize], room: usize, note: usize) -> Option<(usize, usize)> {
    if lengths.iter().sum::<usize>() <= room {
        return None;
    }
    let mut left = room.saturating_sub(note);
    let (mut first, mut last) = (0, lengths.len());
    while first < last {
        let front = first <= lengths.len() - last;
        let next = lengths[if front { first } else { last - 1 }];
        if next > left {
            break;
        }
        left -= next;
        if front {
            first += 1;
        } else {
            last -= 1;
        }
    }
    Some((first, last))
}

impl Block {
    fn render(&self) -> String {
        let open = match self.opened {
            Opened::Yes => " open",
            Opened::No => "",
        };
        let parts: String = self.parts.iter().map(Part::render).collect();
        format!("\n<details{open}>\n<summary>{}</summary>\n{parts}\n</details>\n", self.summary)
    }

    /// The block without as many lines in the middle of its fences as is needed to fit.
    fn within(mut self, room: usize) -> Self {
        let whole = length(&self.render());
        let lengths: Vec<_> =
            self.parts.iter().flat_map(Part::lines).map(|line| length(line) + 1).collect();
        let frame = whole - lengths.iter().sum::<usize>();
        if whole <= room {
            return self;
        }
        if let Some((first, last)) = middle(&lengths, room.saturating_sub(frame), NOTE) {
            self.leave_out(first, last);
        }
        self
    }

    /// Replaces the lines from `first` to before `last`, counted through all fences, by a note.
    fn leave_out(&mut self, first: usize, last: usize) {
        let mut number = 0;
        for part in &mut self.parts {
            let Part::Fence(_, lines) = part else { continue };
            let mut kept = Vec::with_capacity(lines.len());
            for line in lines.drain(..) {
                if number == first {
                    kept.push(format!("# … {} left out …", count(last - first, "line")));
                }
                if !(first..last).contains(&number) {
                    kept.push(line);
                }
                number += 1;
            }
            *lines = kept;
        }
        self.parts.retain(|part| !matches!(part, Part::Fence(_, lines) if lines.is_empty()));
    }
}

impl Part {
    fn render(&self) -> String {
        match self {
            Self::Prose(text) => format!("\n{text}\n"),
            Self::Fence(language, lines) => format!("\n{}", fence(language, lines)),
        }
    }

    fn lines(&self) -> &[String] {
        match self {
            Self::Prose(_) => &[],
            Self::Fence(_, lines) => lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(name: &str, lines: usize) -> Block {
        let lines = (0..lines).map(|number| format!("+ {name} {number}")).collect();
        Block {
            opened: Opened::No,
            summary: name.to_owned(),
            parts: vec![Part::Prose("about".to_owned()), Part::Fence("diff", lines)],
            targets: 1,
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(
            fit(vec![block("a", 1)], 500),
            "\n<details>\n<summary>a</summary>\n\nabout\n\n```diff\n+ a 0\n```\n\n</details>\n"
        );
    }

    #[test]
    fn a_long_block_loses_the_middle_of_its_lines() {
        let shown = fit(vec![block("a", 1_000)], 1_000);
        assert!(length(&shown) <= 1_000);
        assert!(shown.contains("+ a 0\n") && shown.contains("+ a 999\n"));
        let kept = shown.matches("+ a ").count();
        assert!(shown.contains(&format!("# … {} lines left out …", 1_000 - kept)), "{shown}");
    }

    #[test]
    fn many_blocks_lose_those_in_the_middle() {
        let blocks = (0..100).map(|number| block(&format!("t{number}"), 5)).collect();
        let shown = fit(blocks, 3_000);
        assert!(length(&shown) <= 3_000);
        assert!(shown.contains("<summary>t0<") && shown.contains("<summary>t99<"));
        let kept = shown.matches("<details>").count();
        assert_eq!(kept, shown.matches("</details>").count());
        assert!(shown.contains(&format!("… {} targets are left out here", 100 - kept)), "{shown}");
    }

    #[test]
    fn no_room_is_too_small_for_whole_fences() {
        for room in 0..900 {
            let shown = fit(vec![block("a", 60), block("b", 60), block("c", 60)], room);
            assert_eq!(shown.matches("```").count() % 2, 0);
            assert!(room < NOTE || length(&shown) <= room, "{room}: {shown}");
        }
    }
}
