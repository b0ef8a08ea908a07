//! Warnings: in the block of each target that it is about, and at the top of a page with
//! several targets each once, with all of them.

use super::filter::WARNING;
use super::words::UNFOLDED;
use crate::finding::Finding;
use crate::plan::TargetInfo;
use crate::render::plan::advice::Advice;
use crate::render::text::markdown::{html, html_prose};
use crate::render::text::place::place;
use crate::render::text::words::{add, count};

/// Up to this many targets of a warning are shown unfolded.
const NAMED: usize = 3;

/// Every warning once, where there are several targets.
pub(super) fn shared(found: &[Advice<'_>], all: usize) -> String {
    if found.is_empty() || all < 2 {
        return String::new();
    }
    let open = if found.len() <= UNFOLDED { " open" } else { "" };
    let title = count(found.len(), "warning");
    let mut out = format!("<details{open}>\n<summary><strong>{title}</strong></summary>\n<ul>\n");
    for warning in found {
        let about = about(&warning.about);
        add(&mut out, format_args!("<li>{}{about}</li>\n", text(warning.finding)));
    }
    out + "</ul>\n</details>\n"
}

/// The warnings of a target.
pub(super) fn of(target: TargetInfo<'_>) -> String {
    if target.advisories.is_empty() {
        return String::new();
    }
    let mut out = format!("<section data-column=\"{WARNING}\">\n<h3>Warnings</h3>\n<ul>\n");
    for finding in target.advisories {
        add(&mut out, format_args!("<li data-kind=\"{WARNING}\">{}</li>\n", text(finding)));
    }
    out + "</ul>\n</section>\n"
}

fn text(finding: &Finding) -> String {
    let help = finding.help.as_deref().map_or_else(String::new, |help| {
        format!("<br><span class=\"soft\">help: {}</span>", html_prose(help))
    });
    format!(
        "<strong>{}</strong> at <code>{}</code>: {}{help}",
        finding.code,
        html(&place(&finding.file, finding.span.line, finding.span.column)),
        html_prose(&finding.message)
    )
}

/// The targets that a warning is about, each a link to its block.
fn about(targets: &[(usize, TargetInfo<'_>)]) -> String {
    let links: Vec<_> = targets
        .iter()
        .map(|(number, target)| format!("<a href=\"#t{number}\">{}</a>", html(&target.title())))
        .collect();
    let links = links.join(", ");
    if targets.len() <= NAMED {
        return format!("<br>for {links}");
    }
    let title = count(targets.len(), "target");
    format!("\n<details><summary>for {title}</summary>\n<p>{links}</p>\n</details>")
}
