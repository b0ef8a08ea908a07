//! Lists that lose entries in their middle, so that every setting stays.

use super::line::{FenceLine, Tie, length};
use crate::render::text::words::count;

/// So many entries of a list stay before any setting goes.
const FEWEST: usize = 4;

/// How many entries each list may keep so that all lines fit; `None` where that is too few.
pub fn most_entries(lines: &[&FenceLine], room: usize) -> Option<usize> {
    // Where each line of a run ends, a line of its own being a run of one.
    let runs: Vec<Vec<usize>> = lines.chunk_by(|one, next| is_list(one, next)).map(ends).collect();
    let fits = |most: usize| runs.iter().map(|ends| shortened(ends, most)).sum::<usize>() <= room;
    if !fits(FEWEST) {
        return None;
    }
    let (mut most, mut too_many) = (FEWEST, lines.len() + 1);
    while most + 1 < too_many {
        let middle = usize::midpoint(most, too_many);
        if fits(middle) {
            most = middle;
        } else {
            too_many = middle;
        }
    }
    Some(most)
}

/// The lines with so many entries of each list, those at its ends, and a note of what is left out
/// between them.
pub fn capped(lines: &[FenceLine], most: usize) -> Vec<FenceLine> {
    let mut out = Vec::with_capacity(lines.len());
    for run in lines.chunk_by(is_list) {
        let Some(Cut { head, missing, tail }) = Cut::of(run.len(), most) else {
            out.extend_from_slice(run);
            continue;
        };
        out.extend_from_slice(&run[..head]);
        out.push(FenceLine::rest(note(missing)));
        out.extend_from_slice(&run[run.len() - tail..]);
    }
    out
}

fn is_list(one: &FenceLine, next: &FenceLine) -> bool {
    one.tie == Tie::Entry && next.tie == Tie::Entry
}

fn note(missing: usize) -> String {
    format!("# … {} left out …", count(missing, "entry"))
}

/// How many entries stay at both ends of a list, and how many go.
struct Cut {
    head: usize,
    missing: usize,
    tail: usize,
}

impl Cut {
    /// `None` where the note would take the place of a single entry, or of none.
    fn of(all: usize, most: usize) -> Option<Self> {
        let missing = all.checked_sub(most).filter(|missing| *missing > 1)?;
        Some(Self { head: most.div_ceil(2), missing, tail: most / 2 })
    }
}

fn ends(run: &[&FenceLine]) -> Vec<usize> {
    let lengths = run.iter().map(|line| length(&line.text) + 1);
    lengths
        .scan(0, |end, length| {
            *end += length;
            Some(*end)
        })
        .collect()
}

/// How long a run is that keeps so many entries.
fn shortened(ends: &[usize], most: usize) -> usize {
    let end = |lines: usize| lines.checked_sub(1).map_or(0, |last| ends[last]);
    let whole = end(ends.len());
    Cut::of(ends.len(), most).map_or(whole, |Cut { head, missing, tail }| {
        end(head) + length(&note(missing)) + 1 + whole - end(ends.len() - tail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_entries_stay_as_there_is_room_for() {
        let mut lines = vec![FenceLine::start("! list".to_owned())];
        lines.extend((0..500).map(|number| FenceLine::entry(format!("+ {number}"))));
        lines.push(FenceLine::start("! other".to_owned()));
        let all: Vec<&FenceLine> = lines.iter().collect();
        let measured = |most: usize| -> usize {
            capped(&lines, most).iter().map(|line| length(&line.text) + 1).sum()
        };
        for room in [90, 200, 777, 1_500] {
            let most = most_entries(&all, room).unwrap();
            assert!(measured(most) <= room && measured(most + 1) > room, "{room}: {most}");
        }
        assert_eq!(most_entries(&all, 50), None);
        assert_eq!(capped(&lines, 499), lines, "a note is no shorter than one entry");
    }
}
