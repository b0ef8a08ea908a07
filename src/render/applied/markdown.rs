//! The result of `apply` as a comment or a summary: what it came to, each failure with its line, the
//! service's words and what follows from it, and the next command. One that succeeded is short.

use super::story::{CallStory, NOTHING, Story, blamed, stories, verdict, whole};
use crate::plan::outcome::{CallOutcome, Ended, Outcome};
use crate::plan::{Plan, TargetPlan};
use crate::render::comment::Comment;
use crate::render::comment::alert::{Alert, Weight};
use crate::render::comment::folded::{Block, Fence, FenceLine, Opened, Part};
use crate::render::comment::links::SourceLinks;
use crate::render::comment::marker::marker;
use crate::render::outcome::tail;
use crate::render::plan::command::apply_again;
use crate::render::plan::heading::about;
use crate::render::text::escape::{name, sentence};
use crate::render::text::markdown::{code, fence, html, named, prose};
use crate::render::text::words::{add, count};

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform apply -->";

/// The result as Markdown.
pub fn markdown(outcome: &Outcome, plan: &Plan, links: &SourceLinks<'_>) -> String {
    let environments = plan.targets.iter().map(|target| target.environment.as_deref());
    let stories = stories(outcome, plan);
    let fleet = if stories.len() > 1 { Fleet::Several } else { Fleet::One };
    let verdict = verdict(outcome);
    Comment {
        marker: MARKER,
        heading: format!("{}: {verdict}", about("Clerk apply", environments)),
        verdict: if verdict == NOTHING { String::new() } else { whole(outcome, plan, prose) },
        alerts: vec![failures(&stories, fleet, links), doubts(&stories, fleet, links)],
        table: None,
        blocks: blocks(&stories),
        foot: foot(plan, &stories),
    }
    .render()
}

/// Whether a line has to say which target it is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fleet {
    One,
    Several,
}

/// What a line is about, where there are several targets.
fn whose(planned: &TargetPlan, fleet: Fleet) -> String {
    match fleet {
        Fleet::Several => format!("{}: ", named(&planned.title())),
        Fleet::One => String::new(),
    }
}

/// What failed, or may have.
fn failures(stories: &[Story<'_>], fleet: Fleet, links: &SourceLinks<'_>) -> Alert {
    let mut items = Vec::new();
    for story in stories {
        let is_failure =
            |it: &CallStory<'_>| matches!(it.call.outcome, Ended::Failed | Ended::Unknown);
        items.extend(story.calls().filter(is_failure).map(|it| failure(it, fleet, links)));
        for [told, help] in story.unrecorded().into_iter().chain(story.refused()) {
            let whose = whose(story.planned, fleet);
            items.push(format!("{whose}{}\\\nhelp: {}", prose(&told), prose(&help)));
        }
    }
    Alert { weight: Weight::Caution, lead: String::new(), items, noun: "failure" }
}

fn failure(story: CallStory<'_>, fleet: Fleet, links: &SourceLinks<'_>) -> String {
    let call = story.call;
    let mut out =
        format!("{}`PATCH {}` **{}**", whose(story.planned, fleet), call.path, story.ended());
    if let Some(error) = &call.error {
        if let Some((file, line)) = blamed(error, story.planned) {
            add(&mut out, format_args!(" at {}", links.place(file, line)));
        }
        add(&mut out, format_args!(": {}", prose(&sentence(&error.message))));
        let mut facts = vec![named(&error.code.to_string())];
        facts.extend(error.param.as_deref().map(|it| format!("parameter {}", named(it))));
        facts.extend(error.trace_id.as_deref().map(|it| format!("trace ID {}", named(it))));
        add(&mut out, format_args!(" ({})", facts.join(", ")));
    }
    if let Some(consequence) = story.consequence(code) {
        add(&mut out, format_args!("\\\n{consequence}"));
    }
    out
}

/// What was not sent, and what was accepted and is shown otherwise.
fn doubts(stories: &[Story<'_>], fleet: Fleet, links: &SourceLinks<'_>) -> Alert {
    let mut items = Vec::new();
    let untold = stories.iter().filter(|story| story.refused().is_none());
    for call in untold.flat_map(|story| story.calls()) {
        let whose = whose(call.planned, fleet);
        let not_taken = call.not_taken();
        let last = not_taken.len().saturating_sub(1);
        for (number, (change, told)) in not_taken.into_iter().enumerate() {
            let place = links.place(change.set_in(&call.planned.config), change.at.line);
            let help = format!("\\\nhelp: {}", prose(&call.remedy()));
            let help = if number == last { help } else { String::new() };
            items.push(format!("{whose}{} ({place}){help}", prose(&told)));
        }
        if call.call.outcome == Ended::Skipped {
            let why = call.call.error.as_ref();
            let why =
                why.map_or_else(String::new, |it| format!(": {}", prose(&sentence(&it.message))));
            let what = call.consequence(code).unwrap_or_default();
            items.push(format!("{whose}`PATCH {}` was not sent{why}\\\n{what}", call.call.path));
        }
    }
    Alert { weight: Weight::Warning, lead: String::new(), items, noun: "setting" }
}

fn blocks(stories: &[Story<'_>]) -> Vec<Block> {
    let (mut told, mut done, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for story in stories {
        if story.is_idle() {
            idle.push(*story);
        } else if story.is_flawless() {
            done.push(*story);
        } else {
            told.push(*story);
        }
    }
    let mut blocks: Vec<_> = told.iter().map(|story| block(&[*story])).collect();
    match done.as_slice() {
        [] => {}
        done => blocks.push(block(done)),
    }
    if !idle.is_empty() && stories.len() > 1 {
        blocks.push(block(&idle));
    }
    blocks
}

/// The calls of targets, a line each.
fn block(stories: &[Story<'_>]) -> Block {
    let mut lines = Vec::new();
    for story in stories {
        let title = name(&story.planned.title());
        let whose = if stories.len() > 1 { format!("{title}: ") } else { String::new() };
        let line = |it: CallStory<'_>| {
            let CallOutcome { path, .. } = it.call;
            let settings = it.settings(str::to_owned);
            FenceLine::start(format!("{whose}PATCH {path} {}: {settings}", it.ended()))
        };
        lines.extend(story.calls().map(line));
        for release in story.planned.released.iter().take(story.target.released) {
            let field = name(&format!("{}.{}", release.section, release.field));
            lines.push(FenceLine::start(format!("{whose}{field}: no longer managed")));
        }
        if story.is_idle() {
            lines.push(FenceLine::start(format!("{title}: nothing to do")));
        } else if lines.is_empty() {
            lines.push(FenceLine::start("left as it was".to_owned()));
        }
    }
    let calls: usize = stories.iter().map(|story| story.target.calls.len()).sum();
    let done = stories.iter().flat_map(|it| &it.target.calls);
    let done = done.filter(|call| call.outcome == Ended::Applied).count();
    let whom = match stories {
        [only] => format!("<code>{}</code>", html(&name(&only.planned.title()))),
        several => count(several.len(), "instance"),
    };
    let what = match calls {
        0 => "no call".to_owned(),
        calls if calls == done => format!("{} done", count(calls, "call")),
        calls => format!("{done} of {} done", count(calls, "call")),
    };
    let markers = stories.iter().map(|it| it.planned);
    let markers = markers.map(|it| marker(&it.config, it.environment.as_deref()));
    Block {
        markers: markers.collect(),
        opened: Opened::No,
        summary: format!("{whom}: {what}"),
        parts: vec![Part::Fence(Fence { language: "text", head: None, lines, noun: "call" })],
        targets: stories.len(),
        settings: 0,
    }
}

/// The next command, where anything is left to do.
fn foot(plan: &Plan, stories: &[Story<'_>]) -> String {
    let left = stories.iter().filter(|story| story.has_more_to_send());
    let tail = left.clone().find_map(|story| tail(story.target, story.planned));
    let left: Vec<_> = left.map(|story| story.planned.info()).collect();
    if left.is_empty() {
        return String::new();
    }
    format!(
        "\nWhen that is fixed, send what is left, with the same key and API; this shows its plan \
         and asks first:\n\n{}",
        fence("sh", &[apply_again(plan, &left, tail)])
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::samples;
    use super::*;
    use crate::plan::outcome::TargetOutcome;
    use crate::render::comment::links::tests::NO_LINKS;
    use crate::render::comment::tests::outline;

    #[test]
    fn an_apply_that_succeeded_is_short() {
        let (outcome, plan) = samples::done();
        let shown = markdown(&outcome, &plan, &NO_LINKS);
        assert_snapshot!(shown, @"
        <!-- clerkform apply -->
        ### Clerk apply for production: 2 calls done, 1 setting no longer managed

        Apply: 2 calls applied in 1 target; 1 setting no longer managed.

        <!-- clerkform: clerk.yaml#production -->

        <details>
        <summary><code>clerk.yaml [production]</code>: 2 calls done</summary>

        ```text
        PATCH /v1/instance done, status 200: instance.hibp, instance.support_email and instance.allowed_origins
        PATCH /v1/instance/restrictions done, status 200: restrictions.allowlist and restrictions.blocklist
        organization_settings.enabled: no longer managed
        ```

        </details>
        ");
        outline(&shown);
    }

    #[test]
    fn an_apply_that_failed_halfway_tells_why_and_what_is_left() {
        let (outcome, plan) = samples::halfway();
        let shown = markdown(&outcome, &plan, &NO_LINKS);
        assert_snapshot!(shown, @r"
        <!-- clerkform apply -->
        ### Clerk apply for production: 1 of 2 calls done, 1 failed, 1 setting not taken by Clerk, 1 setting no longer managed

        Apply: 1 call applied and 1 failed in 1 target; 1 setting no longer managed; 1 setting differs and Clerk does not take it: live false, file true.

        > [!CAUTION]
        > `PATCH /v1/instance` **failed, status 422** at `clerk.yaml:3`: support\_email is not a valid address (`support_email`, parameter `support_email`, trace ID `trace_support_email`)\
        > not set because of it: `instance.hibp`, `instance.support_email` and `instance.allowed_origins`

        > [!WARNING]
        > `restrictions.allowlist` was accepted, but Clerk shows false where true was sent (`clerk.yaml:3`)\
        > help: what Clerk accepted but does not take is not sent again while the file asks for the same; `clerkform state forget restrictions.allowlist -e production` makes the next apply send it again

        <!-- clerkform: clerk.yaml#production -->

        <details>
        <summary><code>clerk.yaml [production]</code>: 1 of 2 calls done</summary>

        ```text
        PATCH /v1/instance failed, status 422: instance.hibp, instance.support_email and instance.allowed_origins
        PATCH /v1/instance/restrictions done, status 200: restrictions.allowlist and restrictions.blocklist
        organization_settings.enabled: no longer managed
        ```

        </details>

        When that is fixed, send what is left, with the same key and API; this shows its plan and asks first:

        ```sh
        clerkform apply clerk.yaml -e production
        ```
        ");
        outline(&shown);
    }

    #[test]
    fn no_value_breaks_out_of_its_place() {
        let (outcome, plan) = samples::hostile();
        let seen = outline(&markdown(&outcome, &plan, &NO_LINKS));
        assert_eq!(seen[..3], ["<!-- clerkform", "heading", "prose"]);
    }

    #[test]
    fn of_many_instances_those_that_failed_stand_alone() {
        let (outcome, plan) = samples::done();
        let (failed, _) = samples::halfway();
        let named = |number: usize, target: &TargetOutcome| TargetOutcome {
            config: format!("{number}.yaml"),
            ..target.clone()
        };
        let mut many = Outcome::default();
        let mut plans = Plan::default();
        for number in 0..900 {
            let of = if number == 7 { &failed } else { &outcome };
            many.targets.push(named(number, &of.targets[0]));
            let mut planned = plan.targets[0].clone();
            planned.config = format!("{number}.yaml");
            plans.targets.push(planned);
        }
        let shown = markdown(&many, &plans, &NO_LINKS);
        outline(&shown);
        for part in [
            "### Clerk apply for production: 1799 of 1800 calls done, 1 failed, ",
            "\n> `7.yaml [production]`: `PATCH /v1/instance` **failed, status 422** at `7.yaml:3`",
            "<summary>899 instances: 1798 calls done</summary>",
            "\nclerkform apply 7.yaml -e production",
            " calls left out …",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }
}
