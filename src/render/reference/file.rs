//! The members of a file beside settings, in words: `extends`, `target` and `environments`.

use super::layout::{entry, fact, first_sentence, prose};
use crate::catalog::schema::{
    ENVIRONMENTS, ENVIRONMENTS_MEANING, EXTENDS, EXTENDS_MEANING, MEMBERS, Member, TARGET,
    TARGET_MEANING,
};
use crate::render::text::words::add;

/// Each key with a short explanation.
pub fn overview() -> String {
    let members = MEMBERS.iter().map(|member| {
        entry("  ", &format!("{TARGET}.{}", member.name), &first_sentence(member.meaning))
    });
    [entry("  ", EXTENDS, &first_sentence(EXTENDS_MEANING))]
        .into_iter()
        .chain(members)
        .chain([entry("  ", ENVIRONMENTS, &first_sentence(ENVIRONMENTS_MEANING))])
        .collect()
}

/// The meaning of the key of that name, `target.` and one of its members included.
pub fn explained(name: &str) -> Option<String> {
    if name == TARGET {
        return Some(target());
    }
    if name == ENVIRONMENTS {
        return Some(environments());
    }
    if name == EXTENDS {
        return Some(extends());
    }
    let name = name.strip_prefix(TARGET)?.strip_prefix('.')?;
    MEMBERS.iter().find(|member| member.name == name).map(member)
}

/// The names that are explained here.
pub fn names() -> impl Iterator<Item = String> {
    let members = MEMBERS.iter().map(|member| format!("{TARGET}.{}", member.name));
    [EXTENDS, TARGET, ENVIRONMENTS].map(str::to_owned).into_iter().chain(members)
}

fn target() -> String {
    let mut out = format!("{TARGET}: optional, at the top of a file and in an overlay\n\n");
    out.push_str(&prose(TARGET_MEANING, "  "));
    out.push_str("\n  Members:\n");
    for member in &MEMBERS {
        out.push_str(&entry("    ", member.name, &first_sentence(member.meaning)));
    }
    out
}

fn member(member: &Member) -> String {
    let mut out = format!("{TARGET}.{}: a string\n\n", member.name);
    out.push_str(&prose(member.meaning, "  "));
    add(
        &mut out,
        format_args!(
            "\n  Example:\n\n    {TARGET}:\n      {}: {}\n\n",
            member.name, member.example
        ),
    );
    out.push_str(&fact("Values", &format!("It must be {}.", member.rule)));
    out
}

fn extends() -> String {
    let mut out = format!("{EXTENDS}: optional, at the top of a file\n\n");
    out.push_str(&prose(EXTENDS_MEANING, "  "));
    out.push_str(
        "\n  Example:\n\n    extends: ../base.yaml\n    target: {secret_key_env: ACME_CLERK_KEY}\n    \
         instance: {support_email: help@acme.example}\n",
    );
    out
}

fn environments() -> String {
    let mut out = format!("{ENVIRONMENTS}: optional, at the top of a file\n\n");
    out.push_str(&prose(ENVIRONMENTS_MEANING, "  "));
    out.push_str(
        "\n  Example:\n\n    environments:\n      production:\n        target: {environment_type: \
         production}\n        instance: {test_mode: false}\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn every_name_is_explained_in_narrow_lines() {
        for name in names() {
            let shown = explained(&name).unwrap();
            assert!(shown.starts_with(&format!("{name}: ")), "{shown}");
            assert!(shown.lines().all(|line| line.chars().count() <= 90), "{shown}");
        }
        for name in ["targets", "target.", "target.x", "instance_id", ""] {
            assert_eq!(explained(name), None, "{name}");
        }
    }

    #[test]
    fn a_member_is_told_with_what_it_must_be() {
        assert_snapshot!(explained("target.environment_type").unwrap(), @"
        target.environment_type: a string

          The only kind of instance this file may be applied to. The prefix of a secret key tells
          which kind it is for, so a wrong key is rejected before any request.

          Example:

            target:
              environment_type: production

          Values:     It must be `development` or `production`.
        ");
    }
}
