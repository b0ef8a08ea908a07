//! A finding for the documents that have more to tell.

use crate::finding::{Finding, Severity};
use crate::render::text::escape::printable;
use crate::render::text::palette::{Palette, linked, paint};
use crate::render::text::words::add;

/// A finding without an excerpt, for the views that have no source at hand: two or three lines
/// behind `indent`. It stands at `places`, which may be several.
pub(crate) fn brief(finding: &Finding, places: &str, indent: &str, palette: &Palette) -> String {
    let style = match finding.severity {
        Severity::Error => palette.error,
        Severity::Warning => palette.warning,
    };
    let code = linked(palette, finding.code.as_str());
    let head = paint(style, format_args!("{}[{code}]", finding.severity.as_str()));
    let mut out = format!("{indent}{head}: {}\n", printable(&finding.message));
    add(
        &mut out,
        format_args!("{indent}  {}\n", paint(palette.faint, format_args!("--> {places}"))),
    );
    if let Some(help) = &finding.help {
        add(
            &mut out,
            format_args!("{indent}  {}: {}\n", paint(palette.help, "help"), printable(help)),
        );
    }
    out
}
