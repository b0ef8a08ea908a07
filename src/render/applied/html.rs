//! The result of `apply` as a page.

use maud::{Markup, html};

use super::story::{CallStory, Story, blamed, stories, verdict, whole};
use crate::plan::Plan;
use crate::plan::outcome::{Ended, Outcome, Verdict};
use crate::render::outcome::tail;
use crate::render::page::{
    self, BoxKind, PageFrame, PageMood, PageOrigin, boxed, heads, prose, shown,
};
use crate::render::plan::command::apply_again;
use crate::render::text::escape::{name, sentence};

/// The result: the totals, what went wrong, every call, and the next command.
pub fn applied(outcome: &Outcome, plan: &Plan, origin: &PageOrigin) -> String {
    let stories = stories(outcome, plan);
    let left: Vec<_> = stories.iter().filter(|story| story.has_more_to_send()).collect();
    let content = html! {
        p { (prose(&whole(outcome, plan, str::to_owned))) }
        @for story in &stories { (problems(*story)) }
        @if stories.iter().any(|story| story.calls().next().is_some()) {
            h2 { "Calls" }
            table.stacked.sortable {
                (heads(&["Target", "Call", "Result", "Settings"]))
                tbody { @for call in stories.iter().flat_map(|story| story.calls()) { (row(call)) } }
            }
        }
        @if !left.is_empty() {
            @let tail = left.iter().find_map(|story| tail(story.target, story.planned));
            @let left: Vec<_> = left.iter().map(|story| story.planned.info()).collect();
            h2 { "Send what is left" }
            (page::command(
                "When that is fixed, with the same key and API; shows its plan and asks first:",
                &apply_again(plan, &left, tail)
            ))
        }
    };
    let mood = match outcome.verdict() {
        Verdict::Done => PageMood::Good,
        Verdict::NothingTookEffect | Verdict::Busy | Verdict::Partly => PageMood::Bad,
    };
    let verdict = verdict(outcome);
    PageFrame { title: "Clerk apply", verdict: &verdict, mood, origin, facts: Vec::new() }
        .around(&content)
}

fn problems(story: Story<'_>) -> Markup {
    let title = name(&story.planned.title());
    html! {
        @for [told, help] in story.unrecorded().into_iter().chain(story.refused()) {
            (boxed(BoxKind::Bad, &html! {
                code { (shown(&title)) } ": " (prose(&told)) br; "help: " (prose(&help))
            }))
        }
        @for call in story.calls() {
            @for (_, told) in call.not_taken() {
                (boxed(BoxKind::Warning, &html! { code { (shown(&title)) } ": " (prose(&told)) }))
            }
            @if call.call.outcome != Ended::Applied && story.refused().is_none() {
                (failure(call, &title))
            }
        }
    }
}

fn failure(story: CallStory<'_>, title: &str) -> Markup {
    let call = story.call;
    let kind = if call.outcome == Ended::Skipped { BoxKind::Warning } else { BoxKind::Bad };
    let content = html! {
        code { (shown(title)) } ": " code { "PATCH " (call.path) } " " (story.ended())
        @if let Some(error) = &call.error {
            @if let Some((file, line)) = blamed(error, story.planned) {
                " at " code { (shown(&name(&format!("{file}:{line}")))) }
            }
            ": " (prose(&sentence(&error.message)))
            " (" code { (shown(&name(&error.code.to_string()))) } ")"
            @if let Some(trace) = &error.trace_id { ", trace ID " code { (shown(&name(trace))) } }
        }
        @if let Some(consequence) = story.consequence(str::to_owned) {
            br;
            (shown(&consequence))
        }
    };
    boxed(kind, &content)
}

fn row(story: CallStory<'_>) -> Markup {
    html! {
        tr {
            td { code { (shown(&name(&story.planned.title()))) } }
            td { code { "PATCH " (story.call.path) } }
            td data-name="Result" { (story.ended()) }
            td data-name="Settings" { (shown(&story.settings(str::to_owned))) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::render::samples::is_quiet;

    fn page(outcome: &Outcome, plan: &Plan) -> String {
        applied(outcome, plan, &PageOrigin::default())
    }

    #[test]
    fn a_page_tells_what_failed_and_every_call() {
        let (outcome, plan) = samples::halfway();
        let shown = page(&outcome, &plan);
        for part in [
            "<h1>1 of 2 calls done, 1 failed",
            "<code>PATCH /v1/instance</code> failed, status 422 at <code>clerk.yaml:3</code>",
            "trace ID <code>trace_support_email</code>",
            "<br>not set because of it: instance.hibp, instance.support_email and ",
            "<td><code>PATCH /v1/instance/restrictions</code></td>\
             <td data-name=\"Result\">done, status 200</td>",
            "<pre class=\"command\" tabindex=\"0\">clerkform apply clerk.yaml -e production</pre>",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }

    #[test]
    fn no_value_is_markup() {
        let (outcome, plan) = samples::hostile();
        let shown = page(&outcome, &plan);
        assert!(is_quiet(&shown), "{shown}");
        let (_, content) = shown.split_once("<body>").unwrap();
        let (content, _) = content.split_once("<script>").unwrap();
        for tag in content.split('<').skip(1) {
            let name: String =
                tag.trim_start_matches('/').chars().take_while(|c| !" >".contains(*c)).collect();
            let known = [
                "header", "main", "footer", "div", "h1", "h2", "p", "br", "code", "pre", "span",
                "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
            ];
            assert!(known.contains(&name.as_str()), "{name} in {shown}");
        }
    }
}
