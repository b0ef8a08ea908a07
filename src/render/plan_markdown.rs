//! A plan as a comment on a pull or merge request: a summary, a foldable block for each target
//! that changes, and the command that applies exactly this plan. Data stands in fences, code spans
//! or escaped; `folded` makes it fit into a comment.

use std::collections::BTreeSet;

use super::change::{Shown, counts, reason, shown, sign};
use super::escape::{name, sentence, value};
use super::findings::place;
use super::folded::{Block, Opened, Part, fit, length};
use super::markdown::{code, fence, html, inline};
use super::plan::{instance, release, state, totals, uncertain};
use super::reading::unread;
use super::shell::quoted;
use super::words::count;
use crate::finding::Finding;
use crate::plan::{Call, Change, Plan, TargetPlan};

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform plan -->";

/// No longer than this many characters: a comment on GitHub may have 65,536.
const LIMIT: usize = 60_000;
/// A command longer than this is no longer one to copy.
const LONG_COMMAND: usize = 1_000;

/// The plan as Markdown. `checksum` is the plan's.
pub fn markdown(plan: &Plan, checksum: &str) -> String {
    let head = format!("{MARKER}\n**{}**\n", totals(plan));
    let foot = foot(plan, checksum);
    let (told, silent): (Vec<_>, Vec<_>) =
        plan.targets.iter().partition(|target| !target.is_empty() || !target.advisories.is_empty());
    let mut blocks: Vec<_> = told.into_iter().map(block).collect();
    if !silent.is_empty() {
        blocks.push(unchanged(&silent));
    }
    let room = LIMIT - length(&head) - length(&foot);
    format!("{head}{}{foot}", fit(blocks, room))
}

fn block(target: &TargetPlan) -> Block {
    let about = format!("{}; {}", instance(target), state(target));
    let mut parts = vec![Part::Prose(inline(&about))];
    parts.extend(unread(target).map(|note| Part::Prose(inline(&note))));
    if !target.advisories.is_empty() {
        let list: Vec<_> = target.advisories.iter().map(advisory).collect();
        parts.push(Part::Prose(list.join("\n")));
    }
    parts.extend(target.calls.iter().map(|each| Part::Fence("diff", call(each, target))));
    if let Some(note) = uncertain(target) {
        parts.push(Part::Prose(inline(note)));
    }
    if !target.released.is_empty() {
        let line = |each| format!("- {}", released(each));
        let lines = target.released.iter().map(line).collect();
        parts.push(Part::Fence("diff", lines));
    }
    let opened = if target.is_empty() { Opened::No } else { Opened::Yes };
    Block { opened, summary: summary(target), parts, targets: 1 }
}

fn released(each: &crate::plan::Release) -> String {
    format!("{}  # {}", name(&format!("{}.{}", each.section, each.field)), release(each))
}

/// The name of a target and how much it holds.
fn summary(target: &TargetPlan) -> String {
    let changes = target.calls.iter().map(|call| call.changes.len()).sum();
    let parts: Vec<_> = [
        (target.calls.len(), "call"),
        (changes, "setting"),
        (target.released.len(), "release"),
        (target.advisories.len(), "warning"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, noun)| count(number, noun))
    .collect();
    format!("<code>{}</code>: {}", html(&name(&target.title())), parts.join(", "))
}

fn unchanged(targets: &[&TargetPlan]) -> Block {
    let titles = targets.iter().map(|target| name(&target.title())).collect();
    Block {
        opened: Opened::No,
        summary: format!("{} without a difference", count(targets.len(), "target")),
        parts: vec![Part::Fence("text", titles)],
        targets: targets.len(),
    }
}

fn advisory(finding: &Finding) -> String {
    let place = code(&name(&place(&finding.file, finding.span.line, finding.span.column)));
    let help = finding.help.as_deref().map(|help| format!("\n  help: {}", inline(&sentence(help))));
    format!(
        "- {} **{}** at {place}: {}{}",
        finding.severity.as_str(),
        finding.code,
        inline(&sentence(&finding.message)),
        help.unwrap_or_default()
    )
}

fn call(call: &Call, target: &TargetPlan) -> Vec<String> {
    let mut lines = vec![format!("# PATCH {}", call.section.path)];
    lines.extend(call.changes.iter().flat_map(|each| change(each, &target.config)));
    lines
}

/// A change as lines of a diff.
fn change(change: &Change, config: &str) -> Vec<String> {
    let field = change.field.name;
    let sign = sign(change.reason);
    let place = name(&place(config, change.at.line, change.at.column));
    let why = format!("# {}, {place}", reason(change));
    match shown(change) {
        Shown::Line { before: None, after } => vec![format!("{sign} {field}: {after}  {why}")],
        Shown::Line { before: Some(before), after } => {
            vec![format!("- {field}: {before}"), format!("+ {field}: {after}  {why}")]
        }
        Shown::Entries { removed, added, kept } => {
            let counts = counts(removed.len(), added.len(), kept);
            // A diff has no sign for a change, only for lines that come and go.
            let sign = if sign == '~' { ' ' } else { sign };
            let mut lines = vec![format!("{sign} {field}: {counts}  {why}")];
            lines.extend(removed.into_iter().map(|entry| format!("-   - {}", value(entry))));
            lines.extend(added.into_iter().map(|entry| format!("+   - {}", value(entry))));
            lines
        }
    }
}

/// The checksum, and the command that applies what was reviewed and nothing else.
fn foot(plan: &Plan, checksum: &str) -> String {
    let checksum = name(checksum);
    let told = format!("\nChecksum: {}\n", code(&checksum));
    if plan.is_empty() {
        return told;
    }
    let command = command(plan, &checksum);
    format!(
        "{told}\nTo apply exactly this plan, with the same options:\n\n{}",
        fence("sh", &[command])
    )
}

fn command(plan: &Plan, checksum: &str) -> String {
    let mut seen = BTreeSet::new();
    let mut words = vec!["clerkform apply".to_owned()];
    if plan.targets.iter().any(|target| target.reading.is_some()) {
        words.push("--refresh".to_owned());
    }
    for target in &plan.targets {
        if seen.insert(("", target.config.as_str())) {
            words.push(quoted(&target.config));
        }
    }
    for environment in plan.targets.iter().filter_map(|target| target.environment.as_deref()) {
        if seen.insert(("-e", environment)) {
            words.push(format!("-e {}", quoted(environment)));
        }
    }
    words.push(format!("--checksum {}", quoted(checksum)));
    let whole = words.join(" ");
    if length(&whole) <= LONG_COMMAND {
        return whole;
    }
    format!("clerkform apply … --checksum {}", quoted(checksum))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::super::samples::{self, call, is_quiet};
    use super::*;
    use crate::plan::Reason;

    /// What a Markdown reader takes for markup: everything outside fences and code spans.
    fn markup(markdown: &str) -> String {
        let mut out = String::new();
        let mut open: Option<usize> = None;
        for line in markdown.lines() {
            let ticks = line.len() - line.trim_start_matches('`').len();
            match open {
                Some(fence) if ticks >= fence && line.len() == ticks => open = None,
                Some(_) => {}
                None if ticks >= 3 => open = Some(ticks),
                None => {
                    out.push_str(&without_code(line));
                    out.push('\n');
                }
            }
        }
        assert_eq!(open, None, "a fence is left open: {markdown}");
        out
    }

    fn without_code(line: &str) -> String {
        let line = line.replace("\\`", "");
        let Some(start) = line.find('`') else { return line };
        let ticks: String = line[start..].chars().take_while(|c| *c == '`').collect();
        let mut from = start + ticks.len();
        loop {
            let end = from + line[from..].find(&ticks).expect("a code span is left open");
            let run = line[end..].chars().take_while(|c| *c == '`').count();
            from = end + run;
            if run == ticks.len() {
                return format!("{}{}", &line[..start], without_code(&line[from..]));
            }
        }
    }

    fn assert_safe(markdown: &str) {
        assert!(is_quiet(markdown), "{markdown}");
        let mut markup = markup(markdown);
        for own in [
            MARKER,
            "<details>",
            "<details open>",
            "</details>",
            "<summary>",
            "</summary>",
            "<code>",
            "</code>",
        ] {
            markup = markup.replace(own, "");
        }
        for sign in ["<", "@t", "](", "://", "\n#", "|a"] {
            let escaped = markup.replace("\\|", "").replace("\\]", "");
            assert!(!escaped.contains(sign), "{sign} in {markup}");
        }
    }

    #[test]
    fn a_comment_holds_what_a_reviewer_needs() {
        let shown = markdown(&samples::plan(), "5f1c");
        assert_safe(&shown);
        assert_snapshot!(shown, @r#"
        <!-- clerkform plan -->
        **Plan: 2 calls change 5 settings in 1 target; 1 setting is released.**

        <details open>
        <summary><code>clerk.yaml [production]</code>: 2 calls, 5 settings, 1 release, 1 warning</summary>

        instance ins\_2abc \(production\); state clerk\.production\.state\.json, serial 3

        - warning **may-lock-out** at `clerk.yaml:7:3`: this turns the allowlist on
          help: put the identifiers on the list first

        ```diff
        # PATCH /v1/instance
        + hibp: true  # new, clerk.yaml:3:3
        - support_email: "old@example.com"
        + support_email: "help@example.com"  # changed, clerk.yaml:3:3
          allowed_origins: 1 removed, 1 added, 1 kept  # changed, clerk.yaml:3:3
        -   - "app://a"
        +   - "app://c"
        ```

        ```diff
        # PATCH /v1/instance/restrictions
        ! allowlist: true  # uncertain, recorded as wanted, clerk.yaml:3:3
        ! blocklist: null  # uncertain, nothing recorded, clerk.yaml:3:3
        ```

        uncertain\: an earlier run may or may not have set it, so it is sent again

        ```diff
        - organization_settings.enabled  # was true: no longer managed; the service keeps the value
        ```

        </details>

        Checksum: `5f1c`

        To apply exactly this plan, with the same options:

        ```sh
        clerkform apply clerk.yaml -e production --checksum 5f1c
        ```
        "#);
    }

    #[test]
    fn nothing_to_do_names_no_command() {
        let plan = Plan { targets: vec![samples::target(), samples::target()] };
        assert_snapshot!(markdown(&plan, "5f1c"), @r"
        <!-- clerkform plan -->
        **Nothing to do: 2 targets ask for what was last applied.**

        <details>
        <summary>2 targets without a difference</summary>

        ```text
        clerk.yaml [production]
        clerk.yaml [production]
        ```

        </details>

        Checksum: `5f1c`
        ");
    }

    #[test]
    fn no_value_breaks_out_of_its_place() {
        assert_safe(&markdown(&samples::hostile_plan(), samples::HOSTILE));
    }

    #[test]
    fn a_plan_of_any_size_fits_into_a_comment_and_stays_whole() {
        let entries: Vec<_> = (0..30_000).map(|number| format!("app://host-{number}")).collect();
        let mut long = samples::plan();
        long.targets[0].calls = vec![call(
            "instance",
            vec![samples::change("instance.allowed_origins", None, json!(entries), Reason::New)],
        )];
        let mut many = samples::hostile_plan();
        many.targets = (0..1_000)
            .map(|number| {
                let mut target = many.targets[0].clone();
                target.config = format!("{number}.yaml");
                target
            })
            .collect();
        for plan in [long, many] {
            let shown = markdown(&plan, "5f1c");
            assert!(length(&shown) <= LIMIT, "{}", length(&shown));
            assert!(length(&shown) > LIMIT / 2, "{}", length(&shown));
            assert_safe(&shown);
            assert!(shown.contains("left out"));
            assert!(shown.contains("--checksum 5f1c\n"));
        }
    }

    #[test]
    fn targets_without_a_difference_stand_together_behind_the_others() {
        let mut plan = samples::plan();
        plan.targets.insert(0, samples::target());
        let shown = markdown(&plan, "5f1c");
        let at = |text| shown.find(text).expect(text);
        assert!(at("2 calls, 5 settings") < at("1 target without a difference"));
    }

    #[test]
    fn the_command_quotes_what_a_shell_would_read() {
        for (word, expected) in [
            ("a/b-c.yaml", "a/b-c.yaml"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(x)`", "'$(x)`'"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
