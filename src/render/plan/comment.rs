//! A comment on a pull or merge request: a hidden marker, one bold sentence, what may go wrong, a
//! foldable block for each target, and what to do. It has room for so much and no more; what is too
//! much is left out and counted.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::advice::Advice;
use super::folded::{Block, Fence, FenceLine, Opened, Part, fit, length};
use crate::plan::{TargetInfo, fingerprint};
use crate::render::text::escape::{name, sentence};
use crate::render::text::markdown::{code, html, prose};
use crate::render::text::place::place;
use crate::render::text::words::{add, count};

/// No longer than this many characters: a comment on GitHub may have 65,536.
pub(super) const LIMIT: usize = 60_000;
/// How many of them are for warnings.
const WARNINGS: usize = 16_000;
/// A marker with more characters than this has a checksum for the name.
const LONG_NAME: usize = 160;

/// The parts of a comment, each of them Markdown.
pub(super) struct PlanComment {
    /// The first line, by which a program finds a former comment.
    pub marker: &'static str,
    /// The totals.
    pub headline: String,
    /// The warnings.
    pub warnings: String,
    /// The targets.
    pub blocks: Vec<Block>,
    /// The next step.
    pub foot: String,
}

impl PlanComment {
    /// The comment as one text.
    pub(super) fn render(self) -> String {
        let Self { marker, headline, warnings, blocks, foot } = self;
        let head = format!("{marker}\n**{headline}**\n{warnings}");
        let room = LIMIT - length(&head) - length(&foot);
        format!("{head}{}{foot}", fit(blocks, room))
    }
}

/// The comment by which a program finds a target: its file, and its environment behind a `#`.
pub(super) fn marker(target: TargetInfo<'_>) -> String {
    let mut name = percent(target.config);
    if let Some(environment) = target.environment {
        add(&mut name, format_args!("#{}", percent(environment)));
    }
    if name.len() > LONG_NAME {
        name = fingerprint(&name);
    }
    format!("<!-- clerkform: {name} -->")
}

/// The signs that a marker shows as they are, beside letters and digits.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'/');

/// A text in which nothing can end a comment: what is no letter, digit, `.`, `_`, `/` or single
/// `-` is written as in a URL.
fn percent(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string().replace("--", "-%2D")
}

/// The warnings as a list. Where there are several targets each says which it is about.
pub(super) fn warnings(found: &[Advice<'_>], all_targets: usize) -> String {
    let (mut out, mut room) = (String::new(), WARNINGS);
    for (number, warning) in found.iter().enumerate() {
        let item = item(warning, all_targets);
        let Some(left) = room.checked_sub(length(&item)) else {
            let rest = count(found.len() - number, "more warning");
            add(&mut out, format_args!("- … {rest}\n"));
            break;
        };
        room = left;
        out.push_str(&item);
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

fn item(warning: &Advice<'_>, all_targets: usize) -> String {
    let finding = warning.finding;
    let place = code(&name(&place(&finding.file, finding.span.line, finding.span.column)));
    let about = match all_targets {
        1 => String::new(),
        _ => format!(" for {}", warning.targets_as(code)),
    };
    let help =
        finding.help.as_deref().map(|help| format!("\\\n  help: {}", prose(&sentence(help))));
    format!(
        "- {} **{}** at {place}{about}: {}{}\n",
        finding.severity.as_str(),
        finding.code,
        prose(&sentence(&finding.message)),
        help.unwrap_or_default()
    )
}

/// The first line of a block: the name of its target, and how much there is of what.
pub(super) fn summary(target: TargetInfo<'_>, counts: &[(usize, String)]) -> String {
    let parts: Vec<_> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(_, words)| words.as_str()).collect();
    format!("<code>{}</code>: {}", html(&name(&target.title())), parts.join(", "))
}

/// Targets of which there is nothing to say but their names.
pub(super) fn silent(targets: &[TargetInfo<'_>], without: &str) -> Block {
    let line = |target: &TargetInfo<'_>| FenceLine::start(name(&target.title()));
    let lines = targets.iter().map(line).collect();
    Block {
        markers: targets.iter().map(|target| marker(*target)).collect(),
        opened: Opened::No,
        summary: format!("{} without {without}", count(targets.len(), "target")),
        parts: vec![Part::Fence(Fence { language: "text", head: None, lines })],
        targets: targets.len(),
        settings: 0,
    }
}

#[cfg(test)]
pub(super) mod tests;
