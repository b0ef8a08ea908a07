//! Drift for people: each setting that the live instance has otherwise, with both values and where
//! the live one was read; what cannot be read and why; what is not applied yet; a sentence of totals.

use super::advice::advice;
use super::drift_sentences::{headline, reasons, totals, why};
use super::left_out;
use super::rows::{PlanRow, places_of, rows};
use super::sentences::{instances, narrowed, warned};
use super::warned::Warnings;
use crate::plan::group::drifts;
use crate::plan::{Call, Change, Compared, Drift, Problem, TargetDrift};
use crate::render::failure;
use crate::render::text::escape::{name, sentence};
use crate::render::text::palette::{Palette, paint};
use crate::render::text::titles::titles;
use crate::render::text::words::{add, count, wrap};

/// How long a line of names becomes.
const WIDTH: usize = 92;

/// Every target with what differs, what cannot be read and what is not applied yet, then one
/// sentence of totals. Targets of which the same is found are shown together.
pub fn text(found: &Drift, palette: &Palette) -> String {
    let mut warnings = Warnings::of(advice(found.targets.iter().map(TargetDrift::info)));
    let totals = warned(totals(found), warnings.counted());
    let mut out = String::new();
    for group in drifts(&found.targets) {
        let alike: Vec<_> = group.members.iter().map(|it| &found.targets[*it]).collect();
        out.push_str(&block(&alike, palette));
        out.push_str(&warnings.of_targets(&group.members, palette));
        out.push('\n');
    }
    out.push_str(&left_out::text(&found.left_out, palette));
    if let Some(note) = narrowed(&found.only) {
        add(&mut out, format_args!("{} {note}\n\n", paint(palette.caution, "!")));
    }
    out.push_str(&paint(palette.strong, totals));
    out.push('\n');
    out
}

/// Targets of which the same is found: at least one.
fn block(alike: &[&TargetDrift], palette: &Palette) -> String {
    let named = titles(alike.iter().map(|it| (&*it.config, it.environment.as_deref())));
    let title = paint(palette.strong, named);
    let found = match &alike[0].found {
        Ok(found) => found,
        Err(problem) => return failed(&title, problem, palette),
    };
    let compared = alike.iter().filter_map(|it| it.found.as_ref().ok());
    let verdict = match (found.differences.is_empty(), compared.map(|it| it.reading.compared).sum())
    {
        (true, compared @ 1..) => format!(": no drift in {}", count(compared, "compared setting")),
        _ => String::new(),
    };
    let about = instances(alike.iter().map(|it| it.info()));
    let about = paint(palette.faint, format_args!("  {about}"));
    let mut out = format!("{title}{verdict}\n{about}\n");
    for (number, each) in found.differences.iter().enumerate() {
        let places = places_of(number, alike.iter().map(|it| (&*it.config, it.differences())));
        out.push('\n');
        out.push_str(&section(each, &places, palette));
    }
    out.push_str(&rest(found, palette));
    out
}

/// Targets of which nothing could be compared, and why.
fn failed(title: &str, problem: &Problem, palette: &Palette) -> String {
    let Problem { code, message, help, .. } = problem;
    let told = failure::text(*code, message, Some(help), palette);
    let mut out = format!("{title}: not compared\n");
    for line in told.lines() {
        add(&mut out, format_args!("  {line}\n"));
    }
    out
}

fn section(call: &Call, places: &[String], palette: &Palette) -> String {
    let row = |change: &Change| PlanRow {
        sign: paint(palette.caution, "!"),
        headline: headline(change),
        why: why(change),
    };
    let head = paint(palette.strong, call.section.name);
    format!("  {head}\n{}", rows(call, places, palette, ["live", "file"], row))
}

/// The settings that cannot be read, by reason, and those that are not applied yet.
fn rest(found: &Compared, palette: &Palette) -> String {
    let mut out = String::new();
    for (reason, fields) in reasons(&found.reading) {
        let head = format!("{}: {}", paint(palette.caution, "cannot be read"), sentence(reason));
        out.push_str(&listed(&head, &fields));
    }
    let pending: Vec<_> = found
        .pending
        .iter()
        .map(|each| name(&format!("{}.{}", each.section, each.field)))
        .collect();
    if !pending.is_empty() {
        let sign = paint(palette.changed, "not applied yet");
        let head = format!("{sign}: the live value is the one last applied");
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

          not applied yet: the live value is the one last applied
            protect.rules_enabled

        Drift: 3 of 6 compared settings differ in 1 target; 1 is not applied yet; 3 cannot be read.
        "#);
    }

    #[test]
    fn totals_are_one_sentence_and_call_nothing_equal_that_was_not_read() {
        let with = |drifted: usize, compared, unread, pending| {
            let mut all = samples::drift();
            let found = all.targets[0].found.as_mut().unwrap();
            found.differences[0].changes.truncate(drifted);
            if drifted == 0 {
                found.differences.clear();
            }
            found.reading.compared = compared;
            found.reading.unreadable.truncate(unread);
            found.pending.truncate(pending);
            totals(&all)
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
        for found in [samples::hostile_drift(), samples::hostile_shut_out()] {
            let shown = text(&found, PLAIN);
            assert!(is_quiet(&shown), "{shown}");
        }
    }
}
