//! Foldable blocks of Markdown that fit into a given number of characters: what is too much is
//! left out of the middle, of lists first, fences and blocks stay whole, and a count says what is
//! missing.

use crate::render::text::markdown::fence;
use crate::render::text::words::{count, list, verb};

mod entries;
mod line;

use entries::{capped, most_entries};
pub use line::{FenceLine, Tie, length};

/// Room for the sentence that says what was left out.
const NOTE: usize = 160;
/// Blocks are shortened to as little as this before any of them is left out.
const SHARE: usize = 2_000;

/// One foldable part. When it is too long, settings are left out of the middle of its fences.
pub struct Block {
    /// Comments by which a program finds its targets, a line each.
    pub markers: Vec<String>,
    /// Whether it is unfolded at first.
    pub opened: Opened,
    /// HTML, in one line.
    pub summary: String,
    /// The content.
    pub parts: Vec<Part>,
    /// How many targets it tells of.
    pub targets: usize,
    /// How many settings of them.
    pub settings: usize,
}

/// Whether a block is unfolded at first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// A part of a block.
pub enum Part {
    /// A paragraph or a list that is Markdown already.
    Prose(String),
    /// Text that is shown as it is.
    Fence(Fence),
}

/// A fence with its lines.
pub struct Fence {
    /// How it is colored.
    pub language: &'static str,
    /// A line that stays as long as any other does.
    pub head: Option<String>,
    /// The lines, which may be left out.
    pub lines: Vec<FenceLine>,
    /// What a line that begins something is called where it is left out.
    pub noun: &'static str,
}

/// The blocks one after another, in at most `room` characters.
pub fn fit(blocks: Vec<Block>, room: usize) -> String {
    let lengths = blocks.iter().map(|block| length(&block.render())).collect();
    let most = match share(lengths, room) {
        share if share >= SHARE || blocks.len() == 1 => share,
        _ => room.saturating_sub(NOTE) / 2,
    };
    let counts: Vec<_> = blocks.iter().map(|block| (block.targets, block.settings)).collect();
    let texts: Vec<_> = blocks.into_iter().map(|block| block.within(most).render()).collect();
    let lengths: Vec<_> = texts.iter().map(|text| length(text)).collect();
    let Some((first, last)) = middle(&lengths, room, NOTE) else {
        return texts.concat();
    };
    let missing = &counts[first..last];
    let targets: usize = missing.iter().map(|(targets, _)| targets).sum();
    let settings: usize = missing.iter().map(|(_, settings)| settings).sum();
    let of =
        if settings == 0 { String::new() } else { format!(" with {}", count(settings, "setting")) };
    let (are, targets) = (verb(targets, "is", "are"), count(targets, "target"));
    let note = format!(
        "\n… {targets}{of} {are} left out here, and counted above; `--output-format html` shows all of them.\n"
    );
    [&texts[..first].concat(), note.as_str(), &texts[last..].concat()].concat()
}

/// How long each may be so that all of them fit, where the short ones leave their rest to the others.
fn share(mut lengths: Vec<usize>, mut room: usize) -> usize {
    lengths.sort_unstable();
    for (number, length) in lengths.iter().enumerate() {
        let share = room / (lengths.len() - number);
        if *length > share {
            return share;
        }
        room -= length;
    }
    usize::MAX
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
        let markers = self.markers.iter().fold(String::new(), |all, marker| all + "\n" + marker);
        let gap = if markers.is_empty() { "" } else { "\n" };
        let parts: String = self.parts.iter().map(Part::render).collect();
        let summary = &self.summary;
        format!(
            "{markers}{gap}\n<details{open}>\n<summary>{summary}</summary>\n{parts}\n</details>\n"
        )
    }

    /// The block without as many entries in the middle of its lists as is needed to fit, or, where
    /// that is not enough, without settings in the middle of its fences. Where several targets
    /// share it, their markers go first.
    fn within(mut self, room: usize) -> Self {
        if length(&self.render()) > room && self.targets > 1 {
            self.markers.clear();
        }
        let whole = length(&self.render());
        if whole <= room {
            return self;
        }
        let lines: Vec<&FenceLine> = self.parts.iter().flat_map(Part::lines).collect();
        let lengths: Vec<_> = lines.iter().map(|line| length(&line.text) + 1).collect();
        let frame = whole - lengths.iter().sum::<usize>();
        let room_for_lines = room.saturating_sub(frame);
        if let Some(most) = most_entries(&lines, room_for_lines) {
            for part in &mut self.parts {
                if let Part::Fence(Fence { lines, .. }) = part {
                    *lines = capped(lines, most);
                }
            }
            return self;
        }
        if let Some(cut) = middle(&lengths, room_for_lines, NOTE) {
            let cut = between_settings(&lines, cut);
            let note = left_out(&lines[cut.0..cut.1], self.noun());
            self.leave_out(cut, &note);
        }
        self
    }

    /// What most of its lines are about.
    fn noun(&self) -> &'static str {
        let longest = self.parts.iter().filter_map(|part| match part {
            Part::Fence(fence) => Some(fence),
            Part::Prose(_) => None,
        });
        longest.max_by_key(|fence| fence.lines.len()).map_or("setting", |fence| fence.noun)
    }

    /// Replaces the lines from `first` to before `last`, counted through all fences, by a note.
    fn leave_out(&mut self, (first, last): (usize, usize), note: &str) {
        let mut number = 0;
        for part in &mut self.parts {
            let Part::Fence(Fence { lines, .. }) = part else { continue };
            let mut kept = Vec::with_capacity(lines.len());
            for line in lines.drain(..) {
                if number == first {
                    kept.push(FenceLine::start(format!("# … {note} left out …")));
                }
                if !(first..last).contains(&number) {
                    kept.push(line);
                }
                number += 1;
            }
            *lines = kept;
        }
        self.parts.retain(|part| !matches!(part, Part::Fence(fence) if fence.lines.is_empty()));
    }
}

/// Moves the ends of a cut outwards until it parts no setting, save that a list may lose some of
/// its own entries.
fn between_settings(lines: &[&FenceLine], (mut first, mut last): (usize, usize)) -> (usize, usize) {
    while first > 0 && lines.get(first).is_some_and(|line| line.tie == Tie::Rest) {
        first -= 1;
    }
    let within_a_list =
        lines[first..lines.len().min(last + 1)].iter().all(|line| line.tie == Tie::Entry);
    while !within_a_list && lines.get(last).is_some_and(|line| line.tie != Tie::Start) {
        last += 1;
    }
    (first, last)
}

/// The omissions, in words.
fn left_out(lines: &[&FenceLine], noun: &str) -> String {
    let entries = lines.iter().take_while(|line| line.tie != Tie::Start).count();
    let settings = lines.iter().filter(|line| line.tie == Tie::Start).count();
    let parts: Vec<_> = [(entries, "entry"), (settings, noun)]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    list(&parts)
}

impl Part {
    fn render(&self) -> String {
        match self {
            Self::Prose(text) => format!("\n{text}\n"),
            Self::Fence(Fence { language, head, lines, noun: _ }) => {
                let lines: Vec<&str> = head
                    .as_deref()
                    .into_iter()
                    .chain(lines.iter().map(|it| it.text.as_str()))
                    .collect();
                format!("\n{}", fence(language, &lines))
            }
        }
    }

    fn lines(&self) -> &[FenceLine] {
        match self {
            Self::Prose(_) => &[],
            Self::Fence(Fence { lines, .. }) => lines,
        }
    }
}

#[cfg(test)]
mod tests;
