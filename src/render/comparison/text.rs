//! A comparison for a terminal.

use super::{UNMANAGED, totals};
use crate::plan::compare::{Placed, SideComparison};
use crate::render::text::escape::{name, value, values};
use crate::render::text::palette::{Palette, paint};
use crate::render::text::place::place;
use crate::render::text::words::add;

/// What differs, each side with its place, then one sentence of totals.
pub fn text(found: &SideComparison, palette: &Palette) -> String {
    let (mut out, mut section) = (String::new(), "");
    if !found.differences.is_empty() {
        for (sign, style, side) in
            [("-", palette.removed, &found.left), ("+", palette.added, &found.right)]
        {
            let title = paint(palette.strong, name(&side.title()));
            add(&mut out, format_args!("{} {title}\n", paint(style, sign)));
        }
    }
    for it in &found.differences {
        if it.section.name != section {
            section = it.section.name;
            add(&mut out, format_args!("\n{}\n", paint(palette.strong, section)));
        }
        let (one, other) = match (&it.left, &it.right) {
            (Some(one), Some(other)) => values(&one.value, &other.value),
            (one, other) => (shown(one.as_ref()), shown(other.as_ref())),
        };
        let width =
            |shown: &str, it: &Option<Placed>| it.as_ref().map_or(0, |_| shown.chars().count());
        let width = width(&one, &it.left).max(width(&other, &it.right));
        add(&mut out, format_args!("  {}\n", it.field.name));
        for (sign, style, shown, placed) in
            [("-", palette.removed, one, &it.left), ("+", palette.added, other, &it.right)]
        {
            let sign = paint(style, sign);
            let place = placed.as_ref().map(|it| name(&place(&it.file, it.line, it.column)));
            match place {
                None => add(&mut out, format_args!("    {sign} {shown}\n")),
                Some(place) => {
                    let place = paint(palette.faint, place);
                    add(&mut out, format_args!("    {sign} {shown:width$}  {place}\n"));
                }
            }
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    add(&mut out, format_args!("{}\n", totals(found.differences.len())));
    out
}

fn shown(placed: Option<&Placed>) -> String {
    placed.map_or_else(|| UNMANAGED.to_owned(), |placed| value(&placed.value))
}
