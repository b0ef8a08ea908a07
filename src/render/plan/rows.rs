//! The changes of one call as lines for people: what stands behind them begins in one column, and
//! the entries of a set stand below.

use super::change::{ShownChange, shown};
use crate::plan::{Call, Change};
use crate::render::text::escape::value;
use crate::render::text::palette::{Palette, paint};
use crate::render::text::place::places;
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

/// The lines of a call. `places` are those of its changes, in their order.
pub(super) fn rows(
    call: &Call,
    places: &[String],
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
    for ((change, PlanRow { sign, headline, why }), place) in rows.into_iter().zip(places) {
        let behind = if why.is_empty() { place.clone() } else { format!("{place}  {why}") };
        let behind = paint(palette.faint, behind);
        add(&mut out, format_args!("    {sign} {headline:width$}  {behind}\n"));
        out.push_str(&entries(change, palette, sides));
    }
    out
}

/// Where each change of a section stands, as far as targets do the same: each has its calls to
/// sections, in one order, and is called by its configuration.
pub(super) fn places_of<'a>(
    call: usize,
    alike: impl Iterator<Item = (&'a str, &'a [Call])>,
) -> Vec<String> {
    let alike: Vec<_> =
        alike.filter_map(|(config, calls)| Some((config, calls.get(call)?))).collect();
    let changes = alike.first().map_or(0, |(_, call)| call.changes.len());
    let of = |change: usize| {
        let each = alike.iter().filter_map(move |(config, call)| {
            let change = call.changes.get(change)?;
            Some((change.set_in(config), change.at.line, change.at.column))
        });
        places(each)
    };
    (0..changes).map(of).collect()
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
