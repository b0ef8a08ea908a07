//! A plan or drift as one page that needs nothing else and leaves nothing out: a table of targets
//! by sections, each change with before and after in full, and a filter. Its content policy lets
//! this page's own style and script run and nothing else, so that no value can, whatever it holds.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::advice::advice;
use super::command;
use super::drift_sentences;
use super::sentences;
use crate::plan::{Drift, Plan};
use crate::render::text::markdown::{html, html_prose};
use crate::render::text::words::add;

mod filter;
mod overview;
mod target;
mod target_block;
mod value;
mod warnings;
mod words;

use target_block::TargetBlock;
use words::{DRIFT, PLAN, Words};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Up to this many characters of a command are unfolded at first.
const UNFOLDED_COMMAND: usize = 480;

/// A plan as a page. `checksum` is the plan's.
pub fn plan(plan: &Plan, checksum: &str) -> String {
    let mut lead = format!("<p>Checksum: <code>{}</code></p>\n", html(checksum));
    if !plan.is_empty() {
        let told = "Apply exactly this plan, with the same key and API";
        lead += &copied(told, &command::apply_reviewed(plan, checksum));
    }
    let blocks: Vec<_> = plan.targets.iter().map(TargetBlock::of_plan).collect();
    page(&PLAN, &blocks, &sentences::totals(plan), &(narrowed(&plan.only) + &lead))
}

/// Drift as a page.
pub fn drift(found: &Drift) -> String {
    let drift_sentences::Remedy { command, hints } = drift_sentences::remedy(found);
    let mut lead = String::new();
    if let Some(command) = command {
        let told = "Restore the files' values, with the same key and API; shows its plan and asks \
            first";
        lead += &copied(told, &command);
    }
    for hint in hints {
        add(&mut lead, format_args!("<p>To put it right: {}.</p>\n", html_prose(&hint)));
    }
    let blocks: Vec<_> = found.targets.iter().map(TargetBlock::of_drift).collect();
    page(&DRIFT, &blocks, &drift_sentences::totals(found), &(narrowed(&found.only) + &lead))
}

/// That a page is about a part of the files alone.
fn narrowed(only: &[String]) -> String {
    let note = sentences::narrowed(only);
    note.map_or_else(String::new, |note| format!("<p><b>{}</b></p>\n", html_prose(&note)))
}

fn copied(told: &str, command: &str) -> String {
    let open = if command.len() <= UNFOLDED_COMMAND { " open" } else { "" };
    format!(
        "<details{open}>\n<summary>{told}</summary>\n<pre tabindex=\"0\">{}</pre>\n</details>\n",
        html(command)
    )
}

fn page(words: &Words, targets: &[TargetBlock<'_>], totals: &str, lead: &str) -> String {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let (title, totals) = (words.title, html(totals));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{totals} {title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<p>{totals}</p>\n\
         {lead}</header>\n<main>\n"
    );
    let advice = advice(targets.iter().map(|target| target.info));
    out += &warnings::shared(&advice, targets.len());
    out += &filter::form(targets);
    out += &overview::table(targets);
    out += "<h2>Targets</h2>\n";
    for (number, each) in targets.iter().enumerate() {
        out += &target::block(words, number, each, targets.len());
    }
    add(&mut out, format_args!("</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"));
    out
}

/// The hash by which a content policy knows an inline element.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests;
