//! A command that failed as a whole, for people and for programs.

pub mod github;
pub mod html;
pub mod markdown;
pub(super) mod problems;
mod told;

use serde_json::{Value, json};

use super::text::escape::{Breaks, escaped, printable};
use super::text::palette::{Palette, linked, paint};
use super::text::words::add;
use super::{FORMAT_VERSION, document};
use crate::failure::FailureCode;
use crate::finding::Finding;
use crate::plan::TargetProblem;

use problems::{ProblemGroup, problem_groups};
pub use told::{FailedRun, FailureReport};

/// `error[code]: message` and, where there is help, a line that says what to do. Further lines of
/// the help stand below its first.
pub fn text(code: FailureCode, message: &str, help: Option<&str>, palette: &Palette) -> String {
    let mut out = head(code, message, palette);
    if let Some(help) = help {
        out.push_str(&remedy(help, "  ", palette));
    }
    out
}

/// The same, with what happened to each of several targets as a list. What to do is said once where
/// it is the same for all of them. `way_on` says how other targets go on.
pub fn listing(
    code: FailureCode,
    message: &str,
    each: &[TargetProblem],
    way_on: Option<&str>,
    palette: &Palette,
) -> String {
    let groups = problem_groups(each);
    let help = |number: usize| groups.get(number).map(|group| group.problem.help.as_str());
    let is_one = groups.iter().all(|group| group.problem.help == groups[0].problem.help);
    let margin = if is_one { "  " } else { "    " };
    let is_alike = groups.iter().all(|group| group.problem.code == groups[0].problem.code);
    let mut out = head(code, message, palette);
    for (number, group) in groups.iter().enumerate() {
        add(&mut out, format_args!("  - {}", printable(&group.told())));
        if !is_alike {
            let code = linked(palette, group.problem.code.as_str());
            add(&mut out, format_args!(" ({code})"));
        }
        out.push('\n');
        // Said once of all that it holds for.
        if help(number) != help(number + 1) {
            out.push_str(&remedy(&group.problem.help, margin, palette));
        }
    }
    if let Some(way_on) = way_on {
        out.push_str(&remedy(way_on, "  ", palette));
    }
    out
}

fn head(code: FailureCode, message: &str, palette: &Palette) -> String {
    let head = paint(palette.error, format_args!("error[{}]", linked(palette, code.as_str())));
    format!("{head}: {}\n", printable(message))
}

fn remedy(help: &str, margin: &str, palette: &Palette) -> String {
    let next = format!("\n{margin}      ");
    let help = escaped(help.trim_end(), Breaks::Kept).replace('\n', &next);
    format!("{margin}{}: {help}\n", paint(palette.help, "help"))
}

/// What happened to each of several targets, in one line.
pub fn joined(each: &[TargetProblem]) -> String {
    let told: Vec<String> = problem_groups(each).iter().map(ProblemGroup::told).collect();
    told.join("; ")
}

/// The document of a command that failed; with `diagnostics` where it failed on the configuration,
/// and with the `targets` of several that it failed on.
pub fn json(
    code: FailureCode,
    message: &str,
    help: Option<&str>,
    diagnostics: Option<&[Finding]>,
    targets: &[TargetProblem],
) -> String {
    document(&value(code, message, help, diagnostics, targets))
}

/// The same as data.
pub fn value(
    code: FailureCode,
    message: &str,
    help: Option<&str>,
    diagnostics: Option<&[Finding]>,
    targets: &[TargetProblem],
) -> Value {
    let mut failed = json!({
        "format_version": FORMAT_VERSION,
        "error": { "code": code, "message": message, "help": help },
    });
    if let (Some(findings), Value::Object(members)) = (diagnostics, &mut failed) {
        members.insert("diagnostics".to_owned(), json!(findings));
    }
    if !targets.is_empty() {
        failed["error"]["targets"] = json!(targets);
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::super::samples::{HOSTILE, is_quiet};
    use super::*;
    use crate::finding::{Code, Span};

    const KEY: FailureCode = FailureCode::KeyMissing;
    const PLAIN: &Palette = &Palette::plain();

    #[test]
    fn the_error_comes_first_and_then_what_to_do() {
        assert_eq!(
            text(KEY, "there is no secret key", Some("set CLERK_SECRET_KEY\nor so\n"), PLAIN),
            "error[key-missing]: there is no secret key\n  help: set CLERK_SECRET_KEY\n        or so\n"
        );
        assert_eq!(text(KEY, "it broke", None, PLAIN), "error[key-missing]: it broke\n");
    }

    #[test]
    fn nothing_in_it_reaches_the_terminal_as_more_than_text() {
        let shown = text(KEY, HOSTILE, Some(HOSTILE), PLAIN);
        assert!(is_quiet(&shown), "{shown}");
        assert!(shown.lines().skip(2).all(|line| line.starts_with("        ")), "{shown}");
    }

    #[test]
    fn the_document_has_diagnostics_only_where_the_configuration_is_at_fault() {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(
            parse(&json(FailureCode::Locked, "held", Some("wait"), None, &[])),
            json!({"format_version": 1,
                   "error": {"code": "locked", "message": "held", "help": "wait"}})
        );
        let finding = Finding::new("clerk.yaml", Span::START, Code::YamlSyntax, HOSTILE);
        let shown = json(FailureCode::Configuration, HOSTILE, None, Some(&[finding]), &[]);
        assert!(is_quiet(&shown), "{shown}");
        let shown = parse(&shown);
        assert_eq!(shown["error"]["help"], Value::Null);
        assert_eq!(shown["diagnostics"][0]["message"], HOSTILE);
        assert_eq!(
            parse(&json(FailureCode::Configuration, "", None, Some(&[]), &[]))["diagnostics"],
            json!([])
        );
    }
}
