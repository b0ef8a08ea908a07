//! A plan for people: each call with its path, each change with a sign, its reason and its line,
//! what is released, what is worth knowing, and one sentence of totals. Targets with the same work
//! are shown once.

use super::advice::advice;
use super::change::{reason, sign};
use super::left_out;
use super::reading::unread_of;
use super::rows::{PlanRow, places_of, rows};
use super::sentences::{headline, instances, narrowed, release, states, totals, uncertain, warned};
use super::warned::Warnings;
use super::{drift_sentences, unreflected};
use crate::plan::group::targets;
use crate::plan::{Call, Change, Plan, Reason, TargetPlan};
use crate::render::text::escape::name;
use crate::render::text::palette::{Palette, paint};
use crate::render::text::titles::titles;
use crate::render::text::words::{add, quiet};

/// Every target with its calls, releases and advisories, then one sentence of totals. Targets with
/// the same work are shown together, and so are those without any, which come last.
pub fn text(plan: &Plan, palette: &Palette) -> String {
    let mut warnings = Warnings::of(advice(plan.targets.iter().map(TargetPlan::info)));
    let totals = warned(totals(plan), warnings.counted());
    let mut out = String::new();
    let groups = targets(&plan.targets);
    let (idle, busy): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|it| plan.targets[it.members[0]].is_in_order());
    for group in busy.iter().chain(&idle) {
        let alike: Vec<&TargetPlan> = group.members.iter().map(|it| &plan.targets[*it]).collect();
        out.push_str(&block(&alike, palette));
        out.push_str(&warnings.of_targets(&group.members, palette));
        out.push('\n');
    }
    out.push_str(&left_out::text(&plan.left_out, palette));
    if let Some(note) = narrowed(&plan.only) {
        add(&mut out, format_args!("{} {note}\n\n", paint(palette.caution, "!")));
    }
    out.push_str(&paint(palette.strong, totals));
    out.push('\n');
    out
}

/// Targets with the same work: at least one.
fn block(alike: &[&TargetPlan], palette: &Palette) -> String {
    let first = alike[0];
    let named = titles(alike.iter().map(|it| (&*it.config, it.environment.as_deref())));
    let mut out = if first.is_in_order() {
        match quiet(alike.len()) {
            Some(quiet) => format!("{quiet}\n"),
            None => format!("{}: nothing to do\n", paint(palette.strong, named)),
        }
    } else {
        let about = [Some(instances(alike.iter().map(|it| it.info()))), states(alike)];
        let about = about.into_iter().flatten();
        let about = about.map(|line| paint(palette.faint, format_args!("  {line}")) + "\n");
        format!("{}\n{}", paint(palette.strong, named), about.collect::<String>())
    };
    if let Some(note) = unread_of(alike) {
        add(&mut out, format_args!("  {note}\n"));
    }
    for (number, each) in first.calls.iter().enumerate() {
        let places = places_of(number, alike.iter().map(|it| (&*it.config, &*it.calls)));
        out.push('\n');
        out.push_str(&call(each, &places, palette));
    }
    for (number, each) in first.unreflected.iter().enumerate() {
        let places = places_of(number, alike.iter().map(|it| (&*it.config, &*it.unreflected)));
        out.push('\n');
        out.push_str(&withheld(each, &places, palette));
    }
    out.push_str(&rest(first, palette));
    out
}

/// What is uncertain, and what is released.
fn rest(target: &TargetPlan, palette: &Palette) -> String {
    let mut out = String::new();
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

fn call(call: &Call, places: &[String], palette: &Palette) -> String {
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
    let rows = rows(call, places, palette, ["-", "+"], row);
    format!("  {head}  {}\n{rows}", call.section.name)
}

/// The differences that no call is planned for.
fn withheld(section: &Call, places: &[String], palette: &Palette) -> String {
    let head = paint(palette.strong, section.section.name);
    let row = |change: &Change| PlanRow {
        sign: paint(palette.caution, sign(change.reason)),
        headline: drift_sentences::headline(change),
        why: reason(change),
    };
    let rows = rows(section, places, palette, ["live", "file"], row);
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

        Plan: 2 calls change 5 settings in 1 target; 1 setting no longer managed; 1 warning.
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
        clerk.yaml [production, production]: nothing to do

        No changes. 2 targets match what was last applied.
        ");
    }

    #[test]
    fn a_warning_of_several_targets_is_told_once_and_names_them_where_they_are_not_all() {
        let mut plan = samples::plan();
        for number in 1..4 {
            let mut more = plan.targets[0].clone();
            more.config = format!("{number}.yaml");
            more.advisories[0].file = more.config.clone();
            plan.targets.push(more);
        }
        let shown = text(&plan, PLAIN);
        assert_eq!(shown.matches("may-lock-out").count(), 1, "{shown}");
        assert!(shown.contains("--> clerk.yaml:7:3 and 3 more files\n"), "{shown}");
        assert!(!shown.contains("    in ") && shown.contains("; 1 warning."), "{shown}");
        plan.targets[3].advisories.clear();
        plan.targets[2].calls.clear();
        let shown = text(&plan, PLAIN);
        assert!(shown.contains("    in clerk.yaml, 1.yaml and 2.yaml [production]\n"), "{shown}");
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
        let mut part = full.clone();
        part.calls.truncate(1);
        for (targets, expected) in [
            (vec![], "No changes. No target was named."),
            (vec![&empty], "No changes. The file matches what was last applied."),
            (vec![&unset], "No changes. The file sets nothing yet."),
            (vec![&unset, &unset], "No changes. The files set nothing yet."),
            (vec![&unset, &empty], "No changes. 2 targets match what was last applied."),
            (vec![&releasing], "Plan: no call is needed; 1 setting no longer managed."),
            (
                vec![&full],
                "Plan: 2 calls change 5 settings in 1 target; 1 setting no longer managed.",
            ),
            (
                vec![&full, &empty, &full],
                "Plan: 2 calls change 5 settings in each of 2 targets, out of 3; 2 settings no \
                 longer managed.",
            ),
            (
                vec![&full, &part],
                "Plan: 3 calls change 8 settings in 2 targets; 2 settings no longer managed.",
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
