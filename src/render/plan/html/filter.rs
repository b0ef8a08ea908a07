//! The kinds of what stands in a page, and the form that shows some of them only.

use super::target_block::TargetBlock;
use crate::plan::Reason;
use crate::render::text::words::add;

/// The kind of a field that is in the file no longer.
pub(super) const RELEASED: &str = "released";
/// The kind of what may go wrong.
pub(super) const WARNING: &str = "warning";
/// The kind of a field that nothing shows.
pub(super) const UNREADABLE: &str = "unreadable";
/// The kind of a target of which nothing could be compared.
pub(super) const ERROR: &str = "error";
/// The kind of a field of which the file's value was not applied yet.
pub(super) const PENDING: &str = "pending";

/// The form, with the kinds that the page has; it is hidden until the script is there that makes
/// it work, and left out where there is nothing to filter.
pub(super) fn form(targets: &[TargetBlock<'_>]) -> String {
    let mut kinds = String::new();
    for (kind, number) in counts(targets).into_iter().filter(|(_, number)| *number > 0) {
        add(
            &mut kinds,
            format_args!(
                "<label><input type=\"checkbox\" value=\"{kind}\" checked> {kind} \
                 <span class=\"soft\">{number}</span></label>\n"
            ),
        );
    }
    if kinds.is_empty() {
        return String::new();
    }
    format!(
        "<form class=\"filter\" role=\"search\" hidden>\n<label>Find <input type=\"search\" \
         autocomplete=\"off\" spellcheck=\"false\"></label>\n<fieldset><legend>Kinds</legend>\n\
         {kinds}</fieldset>\n<button type=\"button\" value=\"open\">Unfold all</button>\n\
         <button type=\"button\" value=\"closed\">Fold all</button>\n\
         <output class=\"soft\" role=\"status\"></output>\n</form>\n"
    )
}

/// How many entries of each kind a page has.
fn counts(targets: &[TargetBlock<'_>]) -> Vec<(&'static str, usize)> {
    let sum = |of: &dyn Fn(&TargetBlock<'_>) -> usize| targets.iter().map(of).sum();
    let changes = |reason: Reason| {
        sum(&|target| {
            let calls = target.calls.iter().chain(target.withheld);
            let changes = calls.flat_map(|call| &call.changes);
            changes.filter(|change| change.reason == reason).count()
        })
    };
    let reasons =
        [Reason::New, Reason::Changed, Reason::Drifted, Reason::Unreflected, Reason::Uncertain];
    let mut counts: Vec<_> = reasons.map(|reason| (reason.as_str(), changes(reason))).into();
    counts.push((ERROR, sum(&|target| usize::from(target.problem.is_some()))));
    counts.push((RELEASED, sum(&|target| target.released.len())));
    counts.push((WARNING, sum(&|target| target.info.advisories.len())));
    counts.push((UNREADABLE, sum(&|target| target.unreadable())));
    counts.push((PENDING, sum(&|target| target.pending.len())));
    counts
}
