//! The result of `apply` as annotations of GitHub Actions: what failed stands at the line that the
//! service blames, and so does what is risky. One notice has the totals.

use std::collections::HashSet;

use super::story::{CallStory, Story, blamed, stories, whole};
use crate::finding::Span;
use crate::plan::outcome::{Ended, Outcome};
use crate::plan::{Plan, TargetPlan};
use crate::render::annotations::{Naming, Note, about, commands, notice, start};
use crate::render::plan::github::{warnings, with_scope};
use crate::render::plan::left_out;
use crate::render::text::escape::{name, sentence};
use crate::render::text::words::add;

/// An annotation for each failure, for each value that the service does not take, and for each
/// warning of the plan.
pub fn applied(outcome: &Outcome, plan: &Plan, naming: Naming<'_>) -> String {
    let stories = stories(outcome, plan);
    let totals = with_scope(whole(outcome, plan, str::to_owned), &plan.only);
    let all: Vec<_> = plan.targets.iter().map(TargetPlan::info).collect();
    let told = |planned: &TargetPlan| about(&name(&planned.title()), &all);
    let (mut errors, mut risks, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for story in &stories {
        let told = told(story.planned);
        errors.extend(unrecorded(*story).map(|note| (note, told.clone())));
        let mut found = found(*story).peekable();
        if found.peek().is_some() {
            // Several may extend the file in which it is.
            let new = found.filter(|note| seen.insert(note.clone()));
            errors.extend(new.map(|note| (note, left_out::REMARK.to_owned())));
            continue;
        }
        if let Some(note) = refused(*story) {
            errors.push((note, told));
            continue;
        }
        for call in story.calls() {
            match call.call.outcome {
                Ended::Failed | Ended::Unknown => errors.push((failure(call), told.clone())),
                Ended::Skipped => risks.push((failure(call), told.clone())),
                Ended::Applied => {}
            }
            risks.extend(not_taken(call).map(|note| (note, told.clone())));
        }
    }
    risks.extend(warnings(&all));
    let mut out = commands("error", &errors, &totals, naming);
    out += &commands("warning", &risks, &totals, naming);
    out + &notice(&totals)
}

fn failure(story: CallStory<'_>) -> Note<'_> {
    let call = story.call;
    let mut message = format!("PATCH {} {}", call.path, story.ended());
    if let Some(error) = &call.error {
        add(&mut message, format_args!(": {}", sentence(&error.message)));
        if let Some(trace) = &error.trace_id {
            add(&mut message, format_args!("\ntrace ID: {}", name(trace)));
        }
    }
    if let Some(consequence) = story.consequence(str::to_owned) {
        add(&mut message, format_args!("\n{consequence}"));
    }
    let place = call.error.as_ref().and_then(|error| {
        let (file, line) = blamed(error, story.planned)?;
        let column = error.column.unwrap_or(1);
        Some((file, Span { line, column, end_line: line, end_column: column }))
    });
    let (file, at) =
        place.map_or((story.planned.config.as_str(), None), |(file, at)| (file, Some(at)));
    let code = call.error.as_ref().map(|error| name(&error.code.to_string()));
    let title = code.unwrap_or_else(|| call.outcome.as_str().to_owned());
    Note { file, at, title: format!("Clerk apply: {title}"), message }
}

fn unrecorded(story: Story<'_>) -> Option<Note<'_>> {
    let [told, help] = story.unrecorded()?;
    Some(Note {
        file: &story.planned.config,
        at: None,
        title: "Clerk apply: not recorded".to_owned(),
        message: format!("{told}\nhelp: {help}"),
    })
}

/// What is wrong with the file of a target that was left as it was, at its places.
fn found(story: Story<'_>) -> impl Iterator<Item = Note<'_>> {
    let found = story.target.problem.as_ref().map(left_out::found).unwrap_or_default();
    found.into_iter().map(|note| Note { title: format!("Clerk apply: {}", note.title), ..note })
}

fn refused(story: Story<'_>) -> Option<Note<'_>> {
    let [message, help] = story.refused()?;
    let code = story.target.problem.as_ref()?.code;
    Some(Note {
        file: &story.planned.config,
        at: None,
        title: format!("Clerk apply: {code}"),
        message: format!("{message}\nhelp: {help}"),
    })
}

fn not_taken(story: CallStory<'_>) -> impl Iterator<Item = Note<'_>> {
    story.not_taken().into_iter().map(move |(change, message)| Note {
        file: change.set_in(&story.planned.config),
        at: Some(start(change.at)),
        title: "Clerk apply: not taken".to_owned(),
        message,
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::samples;
    use super::*;
    use crate::render::annotations::tests::assert_inert;
    use crate::render::findings::located::FileLocation;

    fn below(file: &str) -> FileLocation {
        FileLocation::Inside(format!("ops/{file}"))
    }

    #[test]
    fn what_failed_stands_at_its_line_before_what_is_risky() {
        let (outcome, plan) = samples::halfway();
        assert_snapshot!(applied(&outcome, &plan, &below), @"
        ::error file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=Clerk apply%3A support_email::PATCH /v1/instance failed, status 422: support_email is not a valid address%0Atrace ID: trace_support_email%0Anot set because of it: instance.hibp, instance.support_email and instance.allowed_origins%0Afor clerk.yaml [production]
        ::warning file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=Clerk apply%3A not taken::`restrictions.allowlist` was accepted, but Clerk shows false where true was sent%0Afor clerk.yaml [production]
        ::warning file=ops/clerk.yaml,line=7,endLine=7,col=3,endColumn=11,title=may-lock-out::this turns the allowlist on%0Ahelp: put the identifiers on the list first%0Afor clerk.yaml [production]
        ::notice title=clerkform::Apply: 1 call applied and 1 failed in 1 target; 1 setting no longer managed; 1 setting differs and Clerk does not take it: live false, file true.
        ");
    }

    #[test]
    fn an_apply_that_succeeded_has_its_warnings_and_one_notice() {
        let (outcome, plan) = samples::done();
        assert_snapshot!(applied(&outcome, &plan, &below), @"
        ::warning file=ops/clerk.yaml,line=7,endLine=7,col=3,endColumn=11,title=may-lock-out::this turns the allowlist on%0Ahelp: put the identifiers on the list first%0Afor clerk.yaml [production]
        ::notice title=clerkform::Apply: 2 calls applied in 1 target; 1 setting no longer managed.
        ");
    }

    #[test]
    fn no_value_starts_a_command_or_a_property() {
        let (outcome, plan) = samples::hostile();
        assert_inert(&applied(&outcome, &plan, &below));
    }
}
