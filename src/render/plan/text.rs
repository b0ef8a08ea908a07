//! A plan for people: each call with its path, each change with a sign, its reason and its line,
//! what is released, what is worth knowing, and one sentence of totals.

use super::advice::advice;
use super::change::{reason, sign};
use super::reading::unread;
use super::rows::{PlanRow, rows};
use super::sentences::{headline, instance, narrowed, release, state, totals, uncertain};
use super::{drift_sentences, unreflected};
use crate::plan::{Call, Change, Plan, Reason, TargetPlan};
use crate::render::findings::brief::brief;
use crate::render::text::escape::name;
use crate::render::text::palette::{Palette, paint};
use crate::render::text::words::{add, quiet};

/// Every target with its calls, releases and advisories, then one sentence of totals. What is
/// said of the base of a file is said once, however many of its overlays it concerns.
pub fn text(plan: &Plan, palette: &Palette) -> String {
    let mut out = String::new();
    let warned = advice(plan.targets.iter().map(TargetPlan::info));
    let is_quiet = |number: usize, each: &TargetPlan| {
        each.is_in_order()
            && unread(each).is_none()
            && warned.iter().all(|warning| warning.first() != number)
    };
    let targets = || plan.targets.iter().enumerate();
    let quiet = quiet(targets().filter(|(number, each)| is_quiet(*number, each)).count());
    let told = targets().filter(|(number, each)| quiet.is_none() || !is_quiet(*number, each));
    let mut warnings = warned.iter().peekable();
    for (number, each) in told {
        out.push_str(&target(each, palette));
        while let Some(warning) = warnings.next_if(|warning| warning.first() == number) {
            out.push('\n');
            out.push_str(&brief(warning.finding, "  ", palette));
            if let Some(others) = warning.also() {
                add(&mut out, format_args!("    also: {others}\n"));
            }
        }
        out.push('\n');
    }
    if let Some(quiet) = quiet {
        add(&mut out, format_args!("{quiet}\n\n"));
    }
    if let Some(note) = narrowed(&plan.only) {
        add(&mut out, format_args!("{} {note}\n\n", paint(palette.caution, "!")));
    }
    out.push_str(&paint(palette.strong, totals(plan)));
    out.push('\n');
    out
}

fn target(target: &TargetPlan, palette: &Palette) -> String {
    let title = paint(palette.strong, name(&target.title()));
    let mut out = if target.is_in_order() {
        format!("{title}: nothing to do\n")
    } else {
        let about =
            format_args!("  {}\n  {}\n", instance(target.info()), state(target)).to_string();
        format!("{title}\n{}", paint_lines(&about, palette))
    };
    if let Some(note) = unread(target) {
        add(&mut out, format_args!("  {note}\n"));
    }
    for each in &target.calls {
        out.push('\n');
        out.push_str(&call(each, target, palette));
    }
    for each in &target.unreflected {
        out.push('\n');
        out.push_str(&withheld(each, target, palette));
    }
    if let Some(note) = uncertain(target) {
        add(&mut out, format_args!("\n  {} {note}\n", paint(palette.caution, "!")));
    }
    if !target.released.is_empty() {
        out.push_str("\n  Released\n");
    }
    for each in &target.released {
        let minus = paint(palette.removed, "-");
        let field = name(&format!("{}.{}", each.section, each.field));
        add(&mut out, format_args!("    {minus} {field}  {}\n", release(each)));
    }
    out
}

fn paint_lines(lines: &str, palette: &Palette) -> String {
    lines.lines().map(|line| paint(palette.faint, line) + "\n").collect()
}

fn call(call: &Call, target: &TargetPlan, palette: &Palette) -> String {
    let head = paint(palette.strong, format_args!("PATCH {}", call.section.path));
    let row = |change: &Change| {
        let style = match change.reason {
            Reason::New => palette.added,
            Reason::Changed => palette.changed,
            Reason::Uncertain | Reason::Drifted | Reason::Unreflected => palette.caution,
        };
        let sign = paint(style, sign(change.reason));
        PlanRow { sign, headline: headline(change), why: reason(change) }
    };
    format!(
        "  {head}  {}\n{}",
        call.section.name,
        rows(call, &target.config, palette, ["-", "+"], row)
    )
}

/// The differences that no call is planned for.
fn withheld(section: &Call, target: &TargetPlan, palette: &Palette) -> String {
    let head = paint(palette.strong, section.section.name);
    let row = |change: &Change| PlanRow {
        sign: paint(palette.caution, sign(change.reason)),
        headline: drift_sentences::headline(change),
        why: reason(change),
    };
    let rows = rows(section, &target.config, palette, ["live", "file"], row);
    format!("  {head}  {}\n{rows}", unreflected::NOT_PLANNED)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    use super::*;
    use crate::plan::StateRef;
    use crate::render::samples::{self, HOSTILE, change, is_quiet};

    const PLAIN: &Palette = &Palette::plain();

    #[test]
    fn a_plan_reads_at_a_glance() {
        assert_snapshot!(text(&samples::plan(), PLAIN), @r#"
        clerk.yaml [production]
          instance ins_2abc (production)
          state clerk.production.state.json, serial 3

          PATCH /v1/instance  instance
            + hibp: true                                             clerk.yaml:3:3  new
            ~ support_email: "old@example.com" → "help@example.com"  clerk.yaml:3:3  changed
            ~ allowed_origins: 1 removed, 1 added, 1 kept            clerk.yaml:3:3  changed
                - "app://a"
                + "app://c"

          PATCH /v1/instance/restrictions  restrictions
            ! allowlist: true  clerk.yaml:3:3  uncertain, recorded as wanted
            ! blocklist: null  clerk.yaml:3:3  uncertain, nothing recorded

          ! uncertain: an earlier run may or may not have set it, so it is sent again

          Released
            - organization_settings.enabled  was true: no longer managed; the service keeps the value

          warning[may-lock-out]: this turns the allowlist on
            --> clerk.yaml:7:3
            help: put the identifiers on the list first

        Plan: 2 calls change 5 settings in 1 target; 1 setting is released.
        "#);
    }

    #[test]
    fn without_a_state_the_plan_says_why_everything_is_new() {
        let mut plan = samples::plan();
        for target in &mut plan.targets {
            target.state = StateRef {
                location: "clerk.state.json".to_owned(),
                serial: 0,
                lineage: None,
                digest: None,
            };
            target.instance = None;
            target.environment = None;
            target.released.clear();
            target.advisories.clear();
            target.calls.truncate(1);
            target.calls[0].changes =
                vec![change("instance.allowed_origins", None, json!(["b", "a"]), Reason::New)];
        }
        assert_snapshot!(text(&plan, PLAIN), @r#"
        clerk.yaml
          instance: not known yet
          no state at clerk.state.json: everything is new

          PATCH /v1/instance  instance
            + allowed_origins: 2 entries  clerk.yaml:3:3  new
                + "b"
                + "a"

        Plan: 1 call changes 1 setting in 1 target.
        "#);
    }

    #[test]
    fn a_target_without_a_difference_is_one_line() {
        let plan = Plan { targets: vec![samples::target(), samples::target()], ..Plan::default() };
        assert_snapshot!(text(&plan, PLAIN), @"
        clerk.yaml [production]: nothing to do

        clerk.yaml [production]: nothing to do

        No changes. 2 targets match what was last applied.
        ");
    }

    #[test]
    fn a_warning_of_several_targets_is_told_once_and_names_the_others() {
        let mut plan = samples::plan();
        for (number, also) in [
            (2, "    also: 1.yaml [production]\n"),
            (4, "    also: 1.yaml [production], 2.yaml [production] and 3.yaml [production]\n"),
            (5, "    also: 4 more targets\n"),
        ] {
            while plan.targets.len() < number {
                let mut more = plan.targets[0].clone();
                more.config = format!("{}.yaml", plan.targets.len());
                plan.targets.push(more);
            }
            let shown = text(&plan, PLAIN);
            assert_eq!(shown.matches("may-lock-out").count(), 1);
            assert!(shown.contains(also), "{shown}");
        }
    }

    #[test]
    fn every_kind_of_change_has_its_line() {
        use Reason::{Changed, Drifted, New, Uncertain};
        let set = "instance.allowed_origins";
        let email = "instance.support_email";
        for (path, before, after, reason, expected) in [
            (email, None, json!("a"), New, r#"support_email: "a""#),
            (email, Some(json!("a")), json!(""), Changed, r#"support_email: "a" → """#),
            (email, Some(Value::Null), json!("a"), Drifted, r#"support_email: null → "a""#),
            (email, Some(json!("a")), json!("a"), Uncertain, r#"support_email: "a""#),
            (set, None, json!([]), New, "allowed_origins: []"),
            (set, None, json!(["a"]), New, "allowed_origins: 1 entry"),
            (set, Some(json!(["a"])), json!([]), Changed, "allowed_origins: 1 removed"),
            (set, Some(json!(["a", "b"])), json!(["b", "a"]), Uncertain, "allowed_origins: 2 kept"),
            (set, Some(json!("odd")), json!(["a"]), Changed, r#"allowed_origins: "odd" → ["a"]"#),
        ] {
            assert_eq!(headline(&change(path, before, after, reason)), expected);
        }
    }

    #[test]
    fn totals_are_one_sentence() {
        let full = samples::plan().targets.remove(0);
        let mut releasing = samples::target();
        releasing.released.clone_from(&full.released);
        let empty = samples::target();
        let mut unset = samples::target();
        unset.state.lineage = None;
        for (targets, expected) in [
            (vec![], "No changes. No target was named."),
            (vec![&empty], "No changes. The file matches what was last applied."),
            (vec![&unset], "No changes. The file sets nothing yet."),
            (vec![&unset, &unset], "No changes. The files set nothing yet."),
            (vec![&unset, &empty], "No changes. 2 targets match what was last applied."),
            (vec![&releasing], "Plan: no call is needed; 1 setting is released."),
            (vec![&full], "Plan: 2 calls change 5 settings in 1 target; 1 setting is released."),
            (
                vec![&full, &empty, &full],
                "Plan: 4 calls change 10 settings in 2 of 3 targets; 2 settings are released.",
            ),
        ] {
            let plan = Plan { targets: targets.into_iter().cloned().collect(), ..Plan::default() };
            assert_eq!(totals(&plan), expected);
        }
    }

    #[test]
    fn no_value_does_anything_to_a_terminal() {
        let shown = text(&samples::hostile_plan(), PLAIN);
        assert!(is_quiet(&shown), "{shown}");
        assert!(!is_quiet(HOSTILE));
        assert!(!shown.lines().any(|line| line.starts_with("# h") || line.starts_with("```")));
    }

    #[test]
    fn colors_change_no_word() {
        let colored = text(&samples::plan(), &Palette::colored());
        let plain: String = colored
            .split('\u{1b}')
            .enumerate()
            .map(|(index, part)| match index {
                0 => part,
                _ => part.split_once('m').unwrap().1,
            })
            .collect();
        assert_eq!(plain, text(&samples::plan(), PLAIN));
    }
}
