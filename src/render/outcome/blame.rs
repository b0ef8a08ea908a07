//! Why a call failed: the service's words, and the line of the file that is to blame.

use crate::config::SourceFile;
use crate::failure::CallCode;
use crate::plan::TargetPlan;
use crate::plan::outcome::{CallError, CallOutcome, TargetOutcome};
use crate::render::text::escape::{name, printable};
use crate::render::text::excerpt::{Excerpt, Lines, Mask};
use crate::render::text::palette::{Palette, linked, paint};
use crate::render::text::place::places;
use crate::render::text::words::{add, list};

/// Up to this many trace IDs are told.
const TRACES: usize = 3;

/// What a view of an outcome is made with.
pub(super) struct OutcomeView<'a> {
    /// The files that were read.
    pub sources: &'a [SourceFile],
    /// What hides secrets.
    pub mask: Mask,
    /// Its colors.
    pub palette: &'a Palette,
}

/// A target with its plan, where that is known.
#[derive(Clone, Copy)]
pub(super) struct CarriedOut<'a> {
    /// What became of it.
    pub target: &'a TargetOutcome,
    /// What was to be done.
    pub planned: Option<&'a TargetPlan>,
}

/// A call that failed in the same way in each of these targets, as lines; nothing where it did not.
pub(super) fn blame(number: usize, alike: &[CarriedOut<'_>], view: &OutcomeView<'_>) -> String {
    let failed: Vec<_> = alike
        .iter()
        .filter_map(|carried| {
            let call = carried.target.calls.get(number)?;
            Some((carried, call, call.error.as_ref()?))
        })
        .collect();
    let Some((first, call, error)) = failed.first() else { return String::new() };
    let palette = view.palette;
    let code = match &error.code {
        CallCode::Own(code) => linked(palette, code.as_str()),
        // The service's own have no page here.
        code => name(&code.to_string()),
    };
    let head = paint(palette.error, format_args!("error[{code}]"));
    let mut out = format!("      {head}: {}\n", printable(&error.message));
    let param = error.param.as_deref().map(|param| format!(" ({})", name(param)));
    let param = param.unwrap_or_default();
    let found = failed.iter().filter_map(|(carried, _, error)| place_of(carried.target, error));
    let place = places(found);
    if !place.is_empty() {
        let arrow = paint(palette.faint, format_args!("--> {place}"));
        add(&mut out, format_args!("        {arrow}{param}\n"));
        out.push_str(&blamed_line(call, error, first, view).unwrap_or_default());
    } else if !param.is_empty() {
        add(&mut out, format_args!("        the service names the parameter{param}\n"));
    }
    let traces: Vec<_> =
        failed.iter().filter_map(|(.., error)| error.trace_id.as_deref().map(name)).collect();
    out.push_str(&traced(traces));
    out
}

fn place_of<'a>(
    target: &'a TargetOutcome,
    error: &'a CallError,
) -> Option<(&'a str, usize, usize)> {
    let file = error.file.as_deref().unwrap_or(&target.config);
    Some((file, error.line?, error.column?))
}

fn traced(mut traces: Vec<String>) -> String {
    let more = traces.len().saturating_sub(TRACES);
    traces.truncate(TRACES);
    if more > 0 {
        traces.push(format!("{more} more"));
    }
    match traces.as_slice() {
        [] => String::new(),
        [only] => format!("        trace ID for Clerk support: {only}\n"),
        several => format!("        trace IDs for Clerk support: {}\n", list(several)),
    }
}

/// The line of the file that caused it, with the key underlined. A saved plan has no lines.
fn blamed_line(
    call: &CallOutcome,
    error: &CallError,
    carried: &CarriedOut<'_>,
    view: &OutcomeView<'_>,
) -> Option<String> {
    let (file, line, column) = place_of(carried.target, error)?;
    let span = carried
        .planned?
        .calls
        .iter()
        .filter(|planned| planned.section.name == call.section)
        .flat_map(|planned| &planned.changes)
        .map(|change| change.at)
        .find(|span| (span.line, span.column) == (line, column))?;
    let source = view.sources.iter().find(|source| source.name == file)?;
    let lines = Lines::of(&source.text, view.mask);
    let Excerpt { text, marked } = lines.excerpt(span)?;
    let before = text.get(..marked.start)?.chars().count();
    let carets = "^".repeat(text.get(marked)?.chars().count().max(1));
    let number = span.line.to_string();
    let gutter = " ".repeat(number.len());
    let palette = view.palette;
    Some(format!(
        "        {} {text}\n        {} {:before$}{}\n",
        paint(palette.faint, format_args!("{number} |")),
        paint(palette.faint, format_args!("{gutter} |")),
        "",
        paint(palette.error, carets),
    ))
}
