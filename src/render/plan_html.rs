//! A plan or drift as one page that needs nothing else: a table of targets by sections, each change
//! with before and after, and a filter. Its content policy lets this page's own style and script
//! run and nothing else, so that no value can, whatever it holds.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::advice::{Advice, advice};
use super::change::{Shown, shown};
use super::command;
use super::escape::{name, sentence, value};
use super::findings::place;
use super::markdown::html;
use super::plan::{instance, release, state, uncertain};
use super::reading::unread;
use super::shell::quoted;
use super::words::{add, count};
use super::{drift, plan as plan_text};
use crate::catalog::{SECTIONS, Section};
use crate::plan::{Call, Change, Plan, Reading, TargetPlan};

const STYLE: &str = include_str!("plan_html/page.css");
const SCRIPT: &str = include_str!("plan_html/page.js");

/// Up to this many targets, or warnings, are unfolded at first.
const UNFOLDED: usize = 20;

/// The kind of a change that is no call.
const RELEASED: &str = "released";

/// What a page is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Topic {
    Plan,
    Drift,
}

/// What the words of a page are.
struct Words {
    topic: Topic,
    title: &'static str,
    before: &'static str,
    after: &'static str,
    kinds: &'static [&'static str],
}

const PLAN: Words = Words {
    topic: Topic::Plan,
    title: "clerkform plan",
    before: "Before",
    after: "After",
    kinds: &["new", "changed", "drifted", "uncertain", RELEASED],
};

const DRIFT: Words = Words {
    topic: Topic::Drift,
    title: "clerkform drift",
    before: "Live",
    after: "File",
    kinds: &["drifted"],
};

/// A plan as a page. `checksum` is the plan's.
pub fn plan(plan: &Plan, checksum: &str) -> String {
    let mut foot = format!("<p>Checksum: <code>{}</code></p>\n", html(checksum));
    if !plan.is_empty() {
        let sum = format!("--checksum {}", quoted(&name(checksum)));
        let is_refreshed = plan.targets.iter().any(|target| target.reading.is_some());
        let options: &[&str] = if is_refreshed { &["--refresh", &sum] } else { &[&sum] };
        let told = "The command that applies exactly this plan, with the same options";
        foot += &copied(told, &command::apply(plan, options));
    }
    page(&PLAN, plan, &plan_text::totals(plan), &foot)
}

/// Drift as a page.
pub fn drift(found: &Plan) -> String {
    let mut foot = String::new();
    if !found.is_empty() {
        let told =
            "The command that puts the files' values back, with the same options; it asks first";
        foot = copied(told, &command::apply(found, &["--refresh"]));
    }
    page(&DRIFT, found, &drift::totals(found), &foot)
}

fn copied(told: &str, command: &str) -> String {
    format!("<details>\n<summary>{told}</summary>\n<pre>{}</pre>\n</details>\n", html(command))
}

fn page(words: &Words, plan: &Plan, totals: &str, foot: &str) -> String {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let Words { title, .. } = words;
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p>{}</p>\n",
        html(totals)
    );
    out += foot;
    out += "</header>\n";
    out += &warnings(&advice(plan), plan.targets.len());
    out += &filter(words);
    out += &overview(plan);
    out += "<main>\n<h2>Targets</h2>\n";
    for (number, each) in plan.targets.iter().enumerate() {
        out += &target(words, number, each, plan.targets.len());
    }
    add(&mut out, format_args!("</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"));
    out
}

/// What a content policy knows an inline element by.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

fn warnings(found: &[Advice<'_>], targets: usize) -> String {
    if found.is_empty() {
        return String::new();
    }
    let open = if found.len() <= UNFOLDED { " open" } else { "" };
    let title = count(found.len(), "warning");
    let mut out = format!("<details{open}>\n<summary><strong>{title}</strong></summary>\n<ul>\n");
    for warning in found {
        let finding = warning.finding;
        let at = name(&place(&finding.file, finding.span.line, finding.span.column));
        let about = match targets {
            1 => String::new(),
            _ => format!(" for <code>{}</code>", html(&warning.targets())),
        };
        let help = finding
            .help
            .as_deref()
            .map(|help| format!("<br><span class=\"soft\">{}</span>", html(&sentence(help))));
        add(
            &mut out,
            format_args!(
                "<li><strong>{}</strong> at <code>{}</code>{about}: {}{}</li>\n",
                finding.code,
                html(&at),
                html(&sentence(&finding.message)),
                help.unwrap_or_default()
            ),
        );
    }
    out + "</ul>\n</details>\n"
}

/// Hidden until the script is there that makes it work.
fn filter(words: &Words) -> String {
    let mut kinds = String::new();
    for kind in words.kinds {
        add(
            &mut kinds,
            format_args!(
                "<label><input type=\"checkbox\" value=\"{kind}\" checked> {kind}</label>\n"
            ),
        );
    }
    format!(
        "<form class=\"filter\" role=\"search\" hidden>\n<label>Find <input type=\"search\" \
         autocomplete=\"off\"></label>\n<fieldset><legend>Kinds</legend>\n{kinds}</fieldset>\n\
         <output class=\"soft\" role=\"status\"></output>\n</form>\n"
    )
}

/// How many changes there are of which section in which target.
fn overview(plan: &Plan) -> String {
    let has_call = |section: &&&Section| {
        plan.targets.iter().flat_map(|target| &target.calls).any(|call| call.section == **section)
    };
    let sections: Vec<&&Section> = SECTIONS.iter().filter(has_call).collect();
    if plan.targets.len() < 2 || sections.is_empty() {
        return String::new();
    }
    let mut out = "<section>\n<h2>Overview</h2>\n<div class=\"wide\"><table>\n<thead><tr>\
                   <th scope=\"col\">Target</th>"
        .to_owned();
    for section in &sections {
        add(&mut out, format_args!("<th scope=\"col\">{}</th>", section.name));
    }
    out += "</tr></thead>\n<tbody>\n";
    for (number, target) in plan.targets.iter().enumerate() {
        let counts: BTreeMap<&str, usize> =
            target.calls.iter().map(|call| (call.section.name, call.changes.len())).collect();
        add(
            &mut out,
            format_args!(
                "<tr data-target=\"t{number}\"><td><a href=\"#t{number}\">{}</a></td>",
                html(&name(&target.title()))
            ),
        );
        for section in &sections {
            let number = counts.get(section.name).map_or_else(String::new, ToString::to_string);
            add(&mut out, format_args!("<td class=\"count\">{number}</td>"));
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n</table></div>\n</section>\n"
}

fn target(words: &Words, number: usize, target: &TargetPlan, all: usize) -> String {
    let changes: usize = target.calls.iter().map(|call| call.changes.len()).sum();
    let counts: Vec<String> = [(changes, "setting"), (target.released.len(), "release")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let open = if all <= UNFOLDED && !target.is_empty() { " open" } else { "" };
    let about = match words.topic {
        Topic::Drift => instance(target),
        Topic::Plan => format!("{}; {}", instance(target), state(target)),
    };
    let mut out = format!(
        "<details class=\"target\" id=\"t{number}\"{open}>\n<summary><code>{}</code>: {counts}\
         </summary>\n<p class=\"soft\">{}</p>\n",
        html(&name(&target.title())),
        html(&about)
    );
    for note in [uncertain(target).map(str::to_owned), unread(target)].into_iter().flatten() {
        add(&mut out, format_args!("<p class=\"soft\">{}</p>\n", html(&note)));
    }
    for each in &target.calls {
        out += &call(words, each, target);
    }
    out += &released(words, target);
    if words.topic == Topic::Drift {
        out += &target.reading.as_ref().map_or_else(String::new, rest);
    }
    out + "</details>\n"
}

fn call(words: &Words, call: &Call, target: &TargetPlan) -> String {
    let rows: String = call.changes.iter().map(|change| row(words, change, target)).collect();
    let path = match words.topic {
        Topic::Drift => String::new(),
        Topic::Plan => format!(" <code class=\"soft\">PATCH {}</code>", call.section.path),
    };
    format!("<section>\n<h3>{}{path}</h3>\n{}</section>\n", call.section.name, table(words, &rows))
}

fn table(words: &Words, rows: &str) -> String {
    let mut head = String::new();
    for title in ["Kind", "Setting", words.before, words.after, "Place"] {
        add(&mut head, format_args!("<th scope=\"col\">{title}</th>"));
    }
    format!(
        "<div class=\"wide\"><table class=\"changes\">\n<thead><tr>{head}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

fn row(words: &Words, change: &Change, target: &TargetPlan) -> String {
    let (before, after) = match shown(change) {
        Shown::Line { .. } => {
            (change.before.as_ref().map(|before| html(&value(before))), html(&value(&change.after)))
        }
        Shown::Entries { removed, added, kept } => {
            let list = |entries: Vec<&serde_json::Value>| {
                entries
                    .into_iter()
                    .map(|entry| html(&value(entry)))
                    .collect::<Vec<_>>()
                    .join("<br>")
            };
            let kept = match kept {
                0 => String::new(),
                kept => format!("<br><span class=\"soft\">{kept} in both</span>"),
            };
            (Some(list(removed)), list(added) + &kept)
        }
    };
    let source = change.source.map_or_else(String::new, |source| format!(", {}", source.as_str()));
    let at = name(&place(&target.config, change.at.line, change.at.column));
    cells(
        words,
        change.reason.as_str(),
        change.field.name,
        before,
        &after,
        &format!("{at}{source}"),
    )
}

/// A row. `before` and `after` are HTML already.
fn cells(
    words: &Words,
    kind: &str,
    field: &str,
    before: Option<String>,
    after: &str,
    place: &str,
) -> String {
    let Words { before: was, after: is, .. } = words;
    format!(
        "<tr data-kind=\"{kind}\"><td class=\"kind\">{kind}</td><td><code>{}</code></td>\
         <td class=\"value\" data-name=\"{was}\">{}</td>\
         <td class=\"value\" data-name=\"{is}\">{after}</td><td class=\"place\">{}</td></tr>\n",
        html(field),
        before.unwrap_or_default(),
        html(place)
    )
}

fn released(words: &Words, target: &TargetPlan) -> String {
    if target.released.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    for each in &target.released {
        let field = name(&format!("{}.{}", each.section, each.field));
        let before = each.before.as_ref().map(|before| html(&value(before)));
        rows += &cells(words, RELEASED, &field, before, "", &release(each));
    }
    format!("<section>\n<h3>Released</h3>\n{}</section>\n", table(words, &rows))
}

/// What cannot be read, by reason, and what is not applied yet.
fn rest(reading: &Reading) -> String {
    let mut out = String::new();
    for (reason, fields) in drift::reasons(reading) {
        let fields: Vec<String> = fields.iter().map(|field| html(field)).collect();
        add(
            &mut out,
            format_args!(
                "<p class=\"soft\">cannot be read: {}: <code>{}</code></p>\n",
                html(&sentence(reason)),
                fields.join("</code>, <code>")
            ),
        );
    }
    for each in reading.pending.iter().flatten() {
        let field = html(&name(&format!("{}.{}", each.section, each.field)));
        add(
            &mut out,
            format_args!("<p class=\"soft\">not applied yet: <code>{field}</code></p>\n"),
        );
    }
    out
}

#[cfg(test)]
mod tests;
