//! The changes of one call as lines for people: what stands behind them begins in one column, and
//! the entries of a set stand below.

use super::change::{ShownChange, shown};
use crate::plan::{Call, Change};
use crate::render::text::escape::value;
use crate::render::text::palette::{Palette, paint};
use crate::render::text::place::place;
use crate::render::text::words::add;

/// Up to this many characters what stands behind a call's changes stands below each other.
const ALIGNED: usize = 56;

/// The words that a change is told with.
pub(super) struct PlanRow {
    /// A sign, in its color.
    pub sign: String,
    /// The field with its values.
    pub headline: String,
    /// The reason, behind the place; empty for none.
    pub why: String,
}

/// The words before the entries that one side alone has: before, and after.
pub(super) type SideSigns<'a> = [&'a str; 2];

/// The lines of a call.
pub(super) fn rows(
    call: &Call,
    config: &str,
    palette: &Palette,
    sides: SideSigns<'_>,
    row: impl Fn(&Change) -> PlanRow,
) -> String {
    let rows: Vec<_> = call.changes.iter().map(|change| (change, row(change))).collect();
    let width = rows
        .iter()
        .map(|(_, row)| row.headline.chars().count())
        .filter(|width| *width <= ALIGNED)
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for (change, PlanRow { sign, headline, why }) in rows {
        let place = place(change.set_in(config), change.at.line, change.at.column);
        let behind = if why.is_empty() { place } else { format!("{place}  {why}") };
        let behind = paint(palette.faint, behind);
        add(&mut out, format_args!("    {sign} {headline:width$}  {behind}\n"));
        out.push_str(&entries(change, palette, sides));
    }
    out
}

fn entries(change: &Change, palette: &Palette, [before, after]: SideSigns<'_>) -> String {
    let ShownChange::Entries { removed, added, .. } = shown(change) else {
        return String::new();
    };
    let mut out = String::new();
    for (entries, style, side) in
        [(removed, palette.removed, before), (added, palette.added, after)]
    {
        let side = paint(style, side);
        for entry in entries {
            add(&mut out, format_args!("        {side} {}\n", value(entry)));
        }
    }
    out
}
