//! A run that failed as a whole as an annotation; the problems of a file have one each.

use super::told::{FailureReport, Trouble};
use crate::render::annotations;

/// The failure as errors of the step: one, or one for each problem that targets have.
pub fn annotation(report: FailureReport<'_>) -> String {
    let troubles = report.troubles().into_iter();
    let error = |Trouble { code, message, help }: Trouble| {
        annotations::error(&format!("clerkform {code}"), &format!("{message}\nhelp: {help}"))
    };
    troubles.map(error).collect()
}
