//! A comparison as a comment.

use super::{UNMANAGED, totals};
use crate::plan::compare::{Placed, SideComparison};
use crate::render::text::escape::{name, value, values};
use crate::render::text::markdown::{code, named};
use crate::render::text::place::place;
use crate::render::text::words::add;

/// A comparison as a table.
pub fn markdown(found: &SideComparison) -> String {
    let SideComparison { left, right, differences } = found;
    let mut out = format!("**{}**\n", totals(differences.len()));
    if differences.is_empty() {
        return out;
    }
    let heads = [cell(&named(&left.title())), cell(&named(&right.title()))];
    add(
        &mut out,
        format_args!("\n| setting | {} | {} |\n| --- | --- | --- |\n", heads[0], heads[1]),
    );
    for it in differences {
        let setting = code(&format!("{}.{}", it.section.name, it.field.name));
        let (one, other) = match (&it.left, &it.right) {
            (Some(one), Some(other)) => values(&one.value, &other.value),
            (one, other) => (shown(one.as_ref()), shown(other.as_ref())),
        };
        let (one, other) = (side(&one, it.left.as_ref()), side(&other, it.right.as_ref()));
        add(&mut out, format_args!("| {setting} | {one} | {other} |\n"));
    }
    out
}

fn shown(placed: Option<&Placed>) -> String {
    placed.map_or_else(String::new, |placed| value(&placed.value))
}

fn side(shown: &str, placed: Option<&Placed>) -> String {
    placed.map_or_else(
        || UNMANAGED.to_owned(),
        |it| {
            let place = name(&place(&it.file, it.line, it.column));
            format!("{} at {}", cell(&code(shown)), cell(&code(&place)))
        },
    )
}

/// A text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
