//! The table of targets by sections: how much of what is where.

use std::collections::BTreeMap;

use super::filter::{ERROR, RELEASED, UNREADABLE, WARNING};
use super::target_block::TargetBlock;
use crate::catalog::SECTIONS;
use crate::plan::Reason;
use crate::render::plan::sentences::instance;
use crate::render::text::markdown::html;
use crate::render::text::words::add;

/// The column of what is not taken and therefore not sent.
const UNREFLECTED: &str = Reason::Unreflected.as_str();

/// The table; a single target needs none.
pub(super) fn table(targets: &[TargetBlock<'_>]) -> String {
    if targets.len() < 2 {
        return String::new();
    }
    let counts: Vec<_> = targets.iter().map(counts).collect();
    let sections = SECTIONS.iter().map(|section| section.name);
    let columns: Vec<&str> = sections
        .chain([UNREFLECTED, RELEASED, WARNING, UNREADABLE, ERROR])
        .filter(|column| counts.iter().any(|counts| counts.contains_key(column)))
        .collect();
    let mut out = "<h2 id=\"overview\">Overview</h2>\n<div class=\"wide\" tabindex=\"0\" \
        role=\"group\" aria-labelledby=\"overview\"><table class=\"overview\">\n<caption>Settings \
        per section and target</caption>\n<thead><tr><th scope=\"col\">Target</th>"
        .to_owned();
    for column in &columns {
        add(&mut out, format_args!("<th scope=\"col\">{column}</th>"));
    }
    out += "<th scope=\"col\">Instance</th></tr></thead>\n<tbody>\n";
    for (number, (target, counts)) in targets.iter().zip(&counts).enumerate() {
        out += &row(number, target, &columns, counts);
    }
    out + "</tbody>\n</table></div>\n"
}

fn row(
    number: usize,
    target: &TargetBlock<'_>,
    columns: &[&str],
    counts: &BTreeMap<&str, usize>,
) -> String {
    let mut out = format!(
        "<tr data-target=\"t{number}\"><th scope=\"row\"><a href=\"#t{number}\">{}</a></th>",
        html(&target.info.title())
    );
    for column in columns {
        let number = counts.get(column).map_or_else(String::new, ToString::to_string);
        add(&mut out, format_args!("<td data-column=\"{column}\">{number}</td>"));
    }
    add(&mut out, format_args!("<td class=\"soft\">{}</td></tr>\n", html(&instance(target.info))));
    out
}

/// The counts of a target that are not zero.
fn counts(target: &TargetBlock<'_>) -> BTreeMap<&'static str, usize> {
    target
        .calls
        .iter()
        .map(|call| (call.section.name, call.changes.len()))
        .chain([
            (UNREFLECTED, target.withheld.iter().map(|of| of.changes.len()).sum()),
            (ERROR, usize::from(target.problem.is_some())),
            (RELEASED, target.released.len()),
            (WARNING, target.info.advisories.len()),
            (UNREADABLE, target.unreadable()),
        ])
        .filter(|(_, number)| *number > 0)
        .collect()
}
