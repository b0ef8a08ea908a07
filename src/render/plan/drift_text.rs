//! Drift for people: each setting that the live instance has otherwise, with both values and where
//! the live one was read; what cannot be read and why; what is not applied yet; a sentence of totals.

use std::collections::BTreeMap;

use super::change::{Shown, shown};
use super::command;
use super::rows::{Row, rows};
use super::text::instance;
use super::unreflected;
use crate::plan::{Call, Change, Plan, Problem, Reading, Reason, TargetPlan, sides};
use crate::render::failure;
use crate::render::findings::text::brief;
use crate::render::text::escape::{name, sentence};
use crate::render::text::palette::{Palette, paint};
use crate::render::text::words::{add, count, plural, verb, wrap};
use crate::state::Source;

/// How long a line of names becomes.
const WIDTH: usize = 92;

/// Every target with what differs, what cannot be read and what is not applied yet, then one
/// sentence of totals.
pub fn text(found: &Plan, palette: &Palette) -> String {
    let mut out = String::new();
    for each in &found.targets {
        out.push_str(&target(each, palette));
        out.push('\n');
    }
    out.push_str(&paint(palette.strong, totals(found)));
    out.push('\n');
    out
}

/// What was found, in one sentence.
pub fn totals(found: &Plan) -> String {
    let readings = || found.targets.iter().filter_map(|target| target.reading.as_ref());
    let compared: usize = readings().map(|reading| reading.compared).sum();
    let unread: usize = readings().map(|reading| reading.unreadable.len()).sum();
    let pending: usize = readings().flat_map(|reading| &reading.pending).map(Vec::len).sum();
    let drifted = found.totals().changes;
    let failed = found.targets.iter().filter(|target| target.problem.is_some()).count();
    let failed_told = format!("{} could not be compared", count(failed, "target"));
    if compared == 0 && drifted == 0 {
        let nothing = match unread {
            0 => "Nothing to compare: no setting is managed".to_owned(),
            _ => format!("Nothing was compared: {} cannot be read", count(unread, "setting")),
        };
        return format!("{}.", said([(1, nothing), (failed, failed_told)]));
    }
    // What is known of the state alone is compared with what the service showed last.
    let changes = || found.targets.iter().flat_map(|it| &it.calls).flat_map(|it| &it.changes);
    let compared = compared + changes().filter(|change| change.source.is_none()).count();
    let compared_settings = format!("{compared} compared {}", plural(compared, "setting"));
    let first = if drifted == 0 {
        format!("No drift in {compared_settings}")
    } else {
        let targets = found.targets.iter().filter(|target| !target.calls.is_empty()).count();
        let differ = verb(drifted, "differs", "differ");
        format!("Drift: {drifted} of {compared_settings} {differ} in {}", count(targets, "target"))
    };
    let waits = format!("{pending} {} not applied yet", verb(pending, "is", "are"));
    let hidden = format!("{unread} cannot be read");
    let withheld = changes().filter(|change| change.reason == Reason::Unreflected).count();
    let not_taken = format!("Clerk does not take {withheld}");
    let parts = [
        (1, first),
        (withheld, not_taken),
        (pending, waits),
        (unread, hidden),
        (failed, failed_told),
    ];
    format!("{}.", said(parts))
}

/// What there is any of, as one sentence.
fn said<const N: usize>(parts: [(usize, String); N]) -> String {
    let said = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, said)| said);
    said.collect::<Vec<_>>().join("; ")
}

/// How to put right what was found.
#[derive(Debug, Default)]
pub(super) struct Remedy {
    /// The command that makes the instance as the file says, where the API shows that it is not.
    pub command: Option<String>,
    /// What to do about the rest: what only the front end shows, which `apply` does not take for
    /// certain, and what the service does not take.
    pub hints: Vec<String>,
}

/// How to put right what was found; empty where there is no drift.
pub(super) fn remedy(found: &Plan) -> Remedy {
    let mut remedy = Remedy::default();
    let mut withheld: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    let calls = found.targets.iter().flat_map(|of| of.calls.iter().map(move |call| (of, call)));
    for (target, call) in calls {
        for change in &call.changes {
            let name = format!("{}.{}", call.section.name, change.field.name);
            if change.reason == Reason::Unreflected {
                let withheld = withheld.entry(target.environment.as_deref()).or_default();
                if !withheld.contains(&name) {
                    withheld.push(name);
                }
            } else if change.source != Some(Source::Frontend) {
                remedy
                    .command
                    .get_or_insert_with(|| command::apply(&compared(found), &["--refresh"]));
            } else if remedy.hints.is_empty() {
                remedy.hints.push(format!(
                    "what only the front end shows is a hint: compare it with the Dashboard; \
                     `clerkform state forget {name}` and then `apply` send the file's value again",
                ));
            }
        }
    }
    let forgotten = withheld.iter();
    remedy.hints.extend(forgotten.map(|(name, fields)| unreflected::remedy(fields, *name)));
    remedy
}

/// The targets that could be compared: what shuts out the others would shut out `apply` as well.
fn compared(found: &Plan) -> Plan {
    let compared = found.targets.iter().filter(|target| target.problem.is_none());
    Plan {
        targets: compared.cloned().collect(),
        service: found.service,
        folder: found.folder.clone(),
    }
}

/// How to put right what was found, as a sentence; `None` where there is no drift.
pub fn put_right(found: &Plan) -> Option<String> {
    let Remedy { command, hints } = remedy(found);
    let command = command.map(|command| {
        format!("`{command}`, with the same key and API, makes the instance as the file says")
    });
    let steps: Vec<_> = command.into_iter().chain(hints).collect();
    (!steps.is_empty()).then(|| format!("To put it right: {}.", steps.join("; ")))
}

fn target(target: &TargetPlan, palette: &Palette) -> String {
    if let Some(problem) = &target.problem {
        return failed(target, problem, palette);
    }
    let compared = target.reading.as_ref().map_or(0, |reading| reading.compared);
    let verdict = match (target.calls.is_empty(), compared) {
        (true, 1..) => format!(": no drift in {}", count(compared, "compared setting")),
        _ => String::new(),
    };
    let title = paint(palette.strong, name(&target.title()));
    let about = paint(palette.faint, format_args!("  {}", instance(target)));
    let mut out = format!("{title}{verdict}\n{about}\n");
    for each in &target.calls {
        out.push('\n');
        out.push_str(&section(each, target, palette));
    }
    if let Some(reading) = &target.reading {
        out.push_str(&rest(reading, palette));
    }
    for advisory in &target.advisories {
        out.push('\n');
        out.push_str(&brief(advisory, "  ", palette));
    }
    out
}

/// A target of which nothing could be compared, and why.
fn failed(target: &TargetPlan, problem: &Problem, palette: &Palette) -> String {
    let Problem { code, message, help } = problem;
    let title = paint(palette.strong, name(&target.title()));
    let told = failure::text(*code, message, Some(help), palette);
    let mut out = format!("{title}: not compared\n");
    for line in told.lines() {
        add(&mut out, format_args!("  {line}\n"));
    }
    out
}

fn section(call: &Call, target: &TargetPlan, palette: &Palette) -> String {
    let row = |change: &Change| Row {
        sign: paint(palette.caution, "!"),
        headline: headline(change),
        why: why(change),
    };
    let head = paint(palette.strong, call.section.name);
    format!("  {head}\n{}", rows(call, target, palette, ["live", "file"], row))
}

/// Where the live value was read, and whether the service is known not to take the file's.
pub(super) fn why(change: &Change) -> String {
    let source = match change.source {
        Some(Source::Frontend) => "frontend, a hint",
        Some(source) => source.as_str(),
        None => "as last shown",
    };
    match change.reason {
        Reason::Unreflected => format!("{source}, {}", change.reason.as_str()),
        _ => source.to_owned(),
    }
}

/// The field with both values, or with how many entries are where.
pub(super) fn headline(change: &Change) -> String {
    format!("{}: {}", change.field.name, sides_of(change))
}

/// Both values, or how many entries are where.
pub(super) fn sides_of(change: &Change) -> String {
    match shown(change) {
        Shown::Line { before: Some(live), after } => format!("live {live}, file {after}"),
        Shown::Line { before: None, after } => format!("file {after}"),
        Shown::Entries { removed, added, kept } => sides(removed.len(), added.len(), kept),
    }
}

/// What cannot be read, by the reason for it.
pub(super) fn reasons(reading: &Reading) -> Vec<(&str, Vec<String>)> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for each in &reading.unreadable {
        let field = name(&format!("{}.{}", each.section, each.field));
        match reasons.iter_mut().find(|(reason, _)| *reason == each.reason) {
            Some((_, fields)) => fields.push(field),
            None => reasons.push((&each.reason, vec![field])),
        }
    }
    reasons
}

/// What cannot be read, by reason, and what is not applied yet.
fn rest(reading: &Reading, palette: &Palette) -> String {
    let mut out = String::new();
    for (reason, fields) in reasons(reading) {
        let head = format!("{}: {}", paint(palette.caution, "cannot be read"), sentence(reason));
        out.push_str(&listed(&head, &fields));
    }
    let pending: Vec<_> = reading
        .pending
        .iter()
        .flatten()
        .map(|each| name(&format!("{}.{}", each.section, each.field)))
        .collect();
    if !pending.is_empty() {
        let sign = paint(palette.changed, "not applied yet");
        let head = format!("{sign}: the live value is the one that was last applied");
        out.push_str(&listed(&head, &pending));
    }
    out
}

fn listed(head: &str, fields: &[String]) -> String {
    let mut out = format!("\n  {head}\n");
    for line in wrap(&fields.join(", "), WIDTH) {
        add(&mut out, format_args!("    {line}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::render::samples::{self, is_quiet};

    const PLAIN: &Palette = &Palette::plain();

    #[test]
    fn drift_says_which_value_is_whose_and_what_nobody_can_tell() {
        assert_snapshot!(text(&samples::drift(), PLAIN), @r#"
        clerk.yaml [production]
          instance ins_2abc (production)

          instance
            ! hibp: live false, file true  clerk.yaml:3:3  frontend, a hint
            ! support_email: live "old@example.com", file "help@example.com"  clerk.yaml:3:3  get
            ! allowed_origins: 1 only live, 1 only in the file, 1 in both  clerk.yaml:3:3  get
                live "app://a"
                file "app://c"

          cannot be read: nothing shows it
            instance.test_mode, instance.clerk_js_version

          cannot be read: GET answered 402
            protect.specter_enabled

          not applied yet: the live value is the one that was last applied
            protect.rules_enabled

        Drift: 3 of 6 compared settings differ in 1 target; 1 is not applied yet; 3 cannot be read.
        "#);
    }

    #[test]
    fn totals_are_one_sentence_and_call_nothing_equal_that_was_not_read() {
        let with = |drifted: usize, compared, unread, pending| {
            let mut plan = samples::drift();
            plan.targets[0].calls[0].changes.truncate(drifted);
            if drifted == 0 {
                plan.targets[0].calls.clear();
            }
            let reading = plan.targets[0].reading.as_mut().unwrap();
            reading.compared = compared;
            reading.unreadable.truncate(unread);
            reading.pending.as_mut().unwrap().truncate(pending);
            totals(&plan)
        };
        for (found, expected) in [
            (with(0, 0, 0, 0), "Nothing to compare: no setting is managed."),
            (with(0, 0, 2, 0), "Nothing was compared: 2 settings cannot be read."),
            (with(0, 1, 0, 0), "No drift in 1 compared setting."),
            (
                with(0, 9, 1, 1),
                "No drift in 9 compared settings; 1 is not applied yet; 1 cannot be read.",
            ),
            (with(1, 9, 0, 0), "Drift: 1 of 9 compared settings differs in 1 target."),
            (
                with(3, 9, 3, 0),
                "Drift: 3 of 9 compared settings differ in 1 target; 3 cannot be read.",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn nothing_that_the_service_says_does_anything_to_a_terminal() {
        for found in [samples::hostile_plan(), samples::hostile_shut_out()] {
            let shown = text(&found, PLAIN);
            assert!(is_quiet(&shown), "{shown}");
        }
    }
}
