//! The block of one target: its calls, what is released, what may go wrong and what nobody can
//! tell. Each entry carries its kind, by which the filter knows it.

use super::filter::{ERROR, PENDING, RELEASED, UNREADABLE};
use super::target_block::TargetBlock;
use super::value::{HtmlSides, both, whole};
use super::warnings;
use super::words::{DRIFT, PageTopic, UNFOLDED, Words};
use crate::plan::{Call, Change, Pending, Problem, Reading, Reason, Release};
use crate::render::plan::change::reason;
use crate::render::plan::drift_sentences;
use crate::render::plan::unreflected::NOT_PLANNED;
use crate::render::text::markdown::{html, html_prose};
use crate::render::text::place::place;
use crate::render::text::words::{add, count};

/// The block of a target, one of `all`.
pub(super) fn block(words: &Words, number: usize, target: &TargetBlock<'_>, all: usize) -> String {
    let open = if all <= UNFOLDED { " open" } else { "" };
    let mut out = format!(
        "<details class=\"target\" id=\"t{number}\"{open}>\n<summary><code>{}</code>: {} \
         <span class=\"soft\"></span></summary>\n<p class=\"soft\">{}</p>\n",
        html(&target.info.title()),
        counts(words, target),
        html(&target.about)
    );
    for note in &target.notes {
        add(&mut out, format_args!("<p class=\"soft\">{}</p>\n", html_prose(note)));
    }
    out += &warnings::of(target.info);
    for each in target.calls {
        out += &call(words, each, target.info.config);
    }
    for each in target.withheld {
        out += &withheld(each, target.info.config);
    }
    out += &target.problem.map_or_else(String::new, failed);
    out += &released(words, target.released);
    out += &target.reading.map_or_else(String::new, unreadable);
    out += &pending(target.pending);
    out + "</details>\n"
}

fn counts(words: &Words, target: &TargetBlock<'_>) -> String {
    if target.problem.is_some() {
        return "not compared".to_owned();
    }
    let sum = |calls: &[Call]| calls.iter().map(|call| call.changes.len()).sum();
    let (changes, withheld): (usize, usize) = (sum(target.calls), sum(target.withheld));
    let noun = match words.topic {
        PageTopic::Plan => "setting",
        PageTopic::Drift => "drifted setting",
    };
    let (pending, unreadable) = (target.pending.len(), target.unreadable());
    let warnings = target.info.advisories.len();
    let counts: Vec<String> = [
        (changes, count(changes, noun)),
        (withheld, format!("{withheld} not taken")),
        (target.released.len(), count(target.released.len(), "release")),
        (warnings, count(warnings, "warning")),
        (pending, format!("{pending} not applied yet")),
        (unreadable, format!("{unreadable} cannot be read")),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(_, words)| words)
    .collect();
    if counts.is_empty() { "no difference".to_owned() } else { counts.join(", ") }
}

fn call(words: &Words, call: &Call, config: &str) -> String {
    let rows: String = call.changes.iter().map(|change| row(words, change, config)).collect();
    let path = match words.topic {
        PageTopic::Drift => String::new(),
        PageTopic::Plan => format!(" <code class=\"soft\">PATCH {}</code>", call.section.path),
    };
    let name = call.section.name;
    format!(
        "<section data-column=\"{name}\">\n<h3>{name}{path}</h3>\n{}</section>\n",
        table(&["Kind", "Setting", words.before, words.after, "Place"], &rows)
    )
}

/// The differences that no call is planned for.
fn withheld(section: &Call, config: &str) -> String {
    let rows: String = section.changes.iter().map(|change| row(&DRIFT, change, config)).collect();
    format!(
        "<section data-column=\"{}\">\n<h3>{} <span class=\"soft\">{NOT_PLANNED}</span></h3>\n\
         {}</section>\n",
        Reason::Unreflected.as_str(),
        section.section.name,
        table(&["Kind", "Setting", DRIFT.before, DRIFT.after, "Place"], &rows)
    )
}

/// Why nothing could be compared.
fn failed(problem: &Problem) -> String {
    let Problem { code, message, help } = problem;
    let told = format!(
        "<p data-kind=\"{ERROR}\"><strong>{}</strong>: {}<br><span class=\"soft\">help: {}</span>\
         </p>\n",
        code,
        html_prose(message),
        html_prose(help)
    );
    titled("Not compared", ERROR, &told)
}

fn table(titles: &[&str], rows: &str) -> String {
    let mut head = String::new();
    for title in titles {
        add(&mut head, format_args!("<th scope=\"col\">{title}</th>"));
    }
    format!(
        "<table class=\"changes\">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n"
    )
}

fn row(words: &Words, change: &Change, config: &str) -> String {
    let HtmlSides { before, after, difference } = both(words, change);
    let why = match words.topic {
        PageTopic::Plan => reason(change),
        PageTopic::Drift if change.reason == Reason::Unreflected => drift_sentences::why(change),
        PageTopic::Drift => format!("{}, {}", change.reason.as_str(), drift_sentences::why(change)),
    };
    let difference = difference.map_or_else(String::new, |difference| {
        format!("<br><span class=\"soft\">{difference}</span>")
    });
    format!(
        "<tr data-kind=\"{}\"><td class=\"kind\">{why}</td><td><code>{}</code>{difference}</td>\
         <td class=\"value\" data-name=\"{}\">{before}</td>\
         <td class=\"value\" data-name=\"{}\">{after}</td><td class=\"place\">{}</td></tr>\n",
        change.reason.as_str(),
        change.field.name,
        words.before,
        words.after,
        html(&place(change.set_in(config), change.at.line, change.at.column))
    )
}

fn released(words: &Words, released: &[Release]) -> String {
    if released.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    for each in released {
        let before = each.before.as_ref().map(|before| whole(before, words.before));
        let what = match before {
            Some(_) => "no longer managed; the service keeps the value",
            None => "may or may not have been sent; no longer managed; the service keeps the value",
        };
        add(
            &mut rows,
            format_args!(
                "<tr data-kind=\"{RELEASED}\"><td class=\"kind\">{RELEASED}</td><td><code>{}</code>\
                 </td><td class=\"value\" data-name=\"{}\">{}</td><td colspan=\"2\">{what}</td>\
                 </tr>\n",
                html(&format!("{}.{}", each.section, each.field)),
                words.before,
                before.unwrap_or_default(),
            ),
        );
    }
    format!(
        "<section data-column=\"{RELEASED}\">\n<h3>Released</h3>\n{}</section>\n",
        table(&["Kind", "Setting", words.before, "Outcome", ""], &rows)
    )
}

/// The settings that nothing shows, by the reason for it.
fn unreadable(reading: &Reading) -> String {
    let mut out = String::new();
    for (why, fields) in drift_sentences::reasons(reading) {
        add(&mut out, format_args!("<p>{}</p>\n{}", html_prose(why), names(UNREADABLE, &fields)));
    }
    titled("Cannot be read", UNREADABLE, &out)
}

/// The settings that the next `apply` sends.
fn pending(pending: &[Pending]) -> String {
    let fields: Vec<_> =
        pending.iter().map(|each| format!("{}.{}", each.section, each.field)).collect();
    if fields.is_empty() {
        return String::new();
    }
    let out = format!(
        "<p>the live value is the one that was last applied</p>\n{}",
        names(PENDING, &fields)
    );
    titled("Not applied yet", PENDING, &out)
}

fn names(kind: &str, fields: &[String]) -> String {
    let mut out = "<ul>\n".to_owned();
    for field in fields {
        add(&mut out, format_args!("<li data-kind=\"{kind}\"><code>{}</code></li>\n", html(field)));
    }
    out + "</ul>\n"
}

fn titled(title: &str, column: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!("<section data-column=\"{column}\">\n<h3>{title}</h3>\n{content}</section>\n")
}
