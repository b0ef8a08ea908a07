//! A run that failed as a whole as an annotation; the problems of a file have one each.

use super::told::FailureReport;
use crate::render::annotations;
use crate::render::text::escape::sentence;

/// The failure as an error of the step.
pub fn annotation(report: FailureReport<'_>) -> String {
    let told = format!("{}\nhelp: {}", sentence(report.message), report.remedy());
    annotations::error(&format!("clerkform {}", report.code), &told)
}
