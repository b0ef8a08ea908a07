//! A run that failed as a whole, in the formats that it was asked for: whoever reads a report finds
//! out why there is none, and takes no older one for it.

use std::fs;
use std::path::Path;

use super::args::{PlanFormat, Report};
use super::console::Console;
use super::date::now;
use super::failure::Failure;
use super::files::repository::Repository;
use super::files::write;
use super::view::linked;
use crate::config;
use crate::failure::FailureCode;
use crate::render;
use crate::render::failure::{FailedRun, FailureReport, github, html, markdown, value};
use crate::render::findings::github::annotations;
use crate::render::findings::located::located;
use crate::render::findings::text;
use crate::render::jsonl;
use crate::render::page::PageOrigin;
use crate::render::text::palette::Palette;

/// Writes the reports of a run that failed before it could, and its result, where that is neither
/// text nor JSON: these are told like any failure.
pub(super) fn told(
    failure: &Failure,
    run: FailedRun,
    reports: &[Report<PlanFormat>],
    format: PlanFormat,
    console: &Console,
) {
    let is_of_reports =
        matches!(failure.code, FailureCode::FileInUse | FailureCode::UnwritableFile);
    // A plan that warns was told before it was refused, and whoever said no knows why.
    let is_told = failure.code == FailureCode::Declined
        || (failure.code == FailureCode::Warnings && run == FailedRun::Plan);
    if is_of_reports || is_told {
        return;
    }
    if !matches!(format, PlanFormat::Text | PlanFormat::Json)
        && let Some(shown) = shown(failure, run, format)
    {
        console.result(&shown);
    }
    for report in reports {
        let Some(shown) = shown(failure, run, report.format) else { continue };
        if !is_ours(&report.path, report.format) {
            continue;
        }
        let written = write::attempt(&report.path)
            .and_then(|()| write::over(&report.path, &console.keys.scrub(&shown)));
        if let Err(problem) = written {
            console.complain(&problem.text(&console.error_palette));
        }
    }
}

/// The failure in a format; `None` where that cannot tell of one.
fn shown(failure: &Failure, run: FailedRun, format: PlanFormat) -> Option<String> {
    let (message, headline) = (failure.message(), failure.headline());
    let Failure { code, help, findings, sources, .. } = failure;
    let report = FailureReport {
        run,
        code: *code,
        message: &headline,
        help: failure.several().map_or(help, |it| it.way_on.as_deref().unwrap_or_default()),
        findings,
        targets: failure.several().map_or(&[], |it| &it.each),
    };
    Some(match format {
        PlanFormat::Text if failure.is_configuration() => {
            text::text(findings, sources, &Palette::plain(), config::masked)
        }
        PlanFormat::Text => failure.text(&Palette::plain()),
        PlanFormat::Json | PlanFormat::Jsonl => {
            let diagnostics = (!findings.is_empty()).then_some(findings.as_slice());
            let document = value(*code, &message, Some(help), diagnostics, failure.each());
            if format == PlanFormat::Json {
                render::document(&document)
            } else {
                jsonl::line(&document)
            }
        }
        PlanFormat::Markdown => linked(|links| markdown::markdown(report, links)),
        PlanFormat::Html => {
            linked(|links| html::page(report, &PageOrigin { commit: links.commit, date: now() }))
        }
        PlanFormat::Github if findings.is_empty() => github::annotation(report),
        PlanFormat::Github => {
            let repository = Repository::around();
            annotations(&located(findings, |name| repository.place(name)))
        }
        // Counts of nothing would say that there is nothing to do.
        PlanFormat::Gitlab => return None,
    })
}

/// Whether a report may be written there although nobody has looked yet what else the run keeps: over
/// nothing, over an empty file, over what is no regular file, or over a former report.
fn is_ours(path: &Path, format: PlanFormat) -> bool {
    if !path.is_file() {
        return true;
    }
    let Ok(held) = fs::read(path) else { return false };
    let held = String::from_utf8_lossy(&held);
    let starts =
        |start: &str| held.get(..start.len()).is_some_and(|held| held.eq_ignore_ascii_case(start));
    held.is_empty()
        || match format {
            PlanFormat::Markdown => starts("<!-- clerkform "),
            PlanFormat::Html => starts("<!doctype html>"),
            PlanFormat::Github => starts("::"),
            // The last line is what the run came to.
            PlanFormat::Jsonl => held.lines().next_back().is_some_and(is_result),
            PlanFormat::Json => is_result(&held),
            PlanFormat::Text | PlanFormat::Gitlab => false,
        }
}

/// Whether a text is a result or a failure of this program as JSON.
fn is_result(text: &str) -> bool {
    let known: Option<serde_json::Value> = serde_json::from_str(text).ok();
    known.is_some_and(|it| it["error"].is_object() || it["summary"].is_object())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_former_report_is_written_over_before_it_is_known_what_else_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        assert!(is_ours(&path, PlanFormat::Text), "there is none");
        for (format, held, expected) in [
            (PlanFormat::Markdown, "", true),
            (PlanFormat::Markdown, "<!-- clerkform plan -->\n", true),
            (PlanFormat::Markdown, "# Mine\n", false),
            (PlanFormat::Html, "<!DOCTYPE html><html>", true),
            (PlanFormat::Html, "<p>", false),
            (PlanFormat::Github, "::notice title=clerkform::x\n", true),
            (PlanFormat::Json, "{\"summary\": {}}", true),
            (PlanFormat::Json, "{\"error\": {}}", true),
            (PlanFormat::Json, "{\"lineage\": \"a\"}", false),
            (PlanFormat::Text, "x", false),
        ] {
            fs::write(&path, held).unwrap();
            assert_eq!(is_ours(&path, format), expected, "{held}");
        }
    }
}
