//! The meaning of a code, for a terminal: a finding's with a wrong example and a right one, a
//! failure's with what to do.

use super::layout::{hanging, prose};
use crate::failure::FailureCode;
use crate::finding::{Code, Example, Page, Severity};
use crate::render::text::words::add;

/// A code: what it means, whether it stops a run, examples, and why it is told.
pub fn code(code: Code) -> String {
    let Page { meaning, given, wrong, right, why } = code.page();
    let mut out = format!("{}[{code}]\n\n{}", code.severity().as_str(), prose(meaning, "  "));
    out.push('\n');
    out.push_str(&prose(consequence(code.severity()), "  "));
    if let Some(members) = given {
        out.push_str(&example("While the state holds", members));
    }
    out.push_str(&example("Wrong", &shown(wrong)));
    out.push_str(&example("Right", &shown(right)));
    out.push('\n');
    out.push_str(&hanging("  Why: ", why));
    out
}

/// A failure's code: what it means, what to do, and what the run ends with.
pub fn failure(code: FailureCode) -> String {
    let mut out = format!("error[{code}]\n\n{}\n", prose(code.meaning(), "  "));
    out.push_str(&hanging("  What to do: ", code.remedy()));
    out.push('\n');
    out.push_str(&prose(&ending(code), "  "));
    out
}

/// The exit code of a run that has a failure of that code.
pub(super) fn ending(code: FailureCode) -> String {
    if code.is_of_call() {
        return "The code of a call: the run exits with 1, or with 3 if other settings took effect \
            or may have."
            .to_owned();
    }
    let exit = code.exit();
    format!("Exit code {} ({}).", exit.code(), exit.meaning())
}

/// The effect of a finding of that severity on a run.
pub(super) const fn consequence(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "An error: nothing is planned or applied until it is fixed.",
        Severity::Warning => "A warning: it stops nothing, except with `--strict`.",
    }
}

fn shown(example: Example) -> String {
    match example {
        Example::File(text) => text.to_owned(),
        Example::Command(words) => format!("$ clerkform {words}\n"),
    }
}

fn example(title: &str, text: &str) -> String {
    let mut out = format!("\n  {title}:\n\n");
    for line in text.lines() {
        add(&mut out, format_args!("    {line}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn a_code_is_told_with_what_to_do() {
        assert_snapshot!(code(Code::DuplicateKey), @"
        error[duplicate-key]

          A key appears twice in one mapping. Most YAML readers would silently keep one of the
          two, so remove the wrong one.

          An error: nothing is planned or applied until it is fixed.

          Wrong:

            restrictions:
              blocklist: true
              blocklist: false

          Right:

            restrictions:
              blocklist: true

          Why: A reader believes the first line, but the last one would win. It happens when two
               branches that add the same setting are merged.
        ");
    }

    #[test]
    fn a_code_that_only_plans_have_is_told_with_commands() {
        assert_snapshot!(code(Code::MayLockOut), @r#"
        warning[may-lock-out]

          The change may lock everyone out, for example by turning on an empty allowlist of
          identifiers or subdomains.

          A warning: it stops nothing, except with `--strict`.

          While the state holds:

            "applied": {"restrictions": {"allowlist": false}}

          Wrong:

            restrictions:
              allowlist: true

          Right:

            restrictions:
              allowlist: false # until its identifiers are on the list

          Why: A plan cannot see the list of identifiers. Add them first; then the change is safe
               and the warning can be ignored. The list of subdomains is in the file: with an
               entry in it there is no warning.
        "#);
        assert_snapshot!(code(Code::UnreadableFile), @"
        error[unreadable-file]

          The file is missing, is something else than a file, is not UTF-8, or is larger than 1
          MiB, so nothing in it was checked. Or a folder has no configuration, or a glob matches
          none.

          An error: nothing is planned or applied until it is fixed.

          Wrong:

            $ clerkform validate configs/clerk.yml

          Right:

            $ clerkform validate configs

          Why: A file that cannot be read is not a file without problems. A run that skipped it
               would look like a success.
        ");
    }

    #[test]
    fn a_failure_is_told_with_what_the_run_ends_with() {
        assert_snapshot!(failure(FailureCode::Locked), @"
        error[locked]

          Another run holds the state. Two runs cannot use one state at the same time.

          What to do: Try again when that run has ended, or wait for it with `--lock-timeout
                      SECONDS`.

          Exit code 75 (another run holds the state: try again).
        ");
        let of_call = failure(FailureCode::NoAnswer);
        assert!(of_call.contains("\n  The code of a call: the run exits with 1, or"), "{of_call}");
    }

    #[test]
    fn every_code_is_told_in_narrow_lines() {
        for each in Code::ALL {
            let shown = code(*each);
            assert!(shown.lines().all(|line| line.chars().count() <= 90), "{shown}");
        }
        for each in FailureCode::ALL {
            let shown = failure(*each);
            assert!(shown.lines().all(|line| line.chars().count() <= 90), "{shown}");
        }
    }
}
