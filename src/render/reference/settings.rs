//! Settings and sections, in words. All of it follows from the catalogue, so that nothing
//! is said twice.

use super::layout::{entry, fact, first_sentence, hanging, prose};
use super::values::accepted;
use crate::catalog::{EnvironmentType, Fact, Field, SECTIONS, Section, facts};
use crate::failure::FailureCode;
use crate::finding::Code;
use crate::render::text::words::add;

/// Every section with its fields, and every code.
pub fn overview() -> String {
    let mut out = String::from("Settings\n");
    for section in SECTIONS {
        let head = format!("\n  {}: ", section.name);
        out.push_str(&hanging(&head, &first_sentence(section.meaning)));
        out.push_str(&fields(section, "    "));
    }
    out.push_str("\nThe rest of a file\n\n");
    out.push_str(&super::file::overview());
    out.push_str("\nCodes of findings\n\n");
    for code in Code::ALL {
        out.push_str(&entry("  ", code.as_str(), &first_sentence(code.meaning())));
    }
    out.push_str("\nCodes of failures\n\n");
    for code in FailureCode::ALL {
        out.push_str(&entry("  ", code.as_str(), &first_sentence(code.meaning())));
    }
    out.push_str("\nFor details: clerkform explain SECTION, SECTION.FIELD or CODE\n");
    out
}

/// A section: what it holds, its call, and its fields.
pub fn section(section: &Section) -> String {
    let mut out = format!("{}: {}\n\n", section.name, section.title);
    out.push_str(&prose(section.meaning, "  "));
    out.push('\n');
    out.push_str(&fact("Sent by", &format!("PATCH {}", section.path)));
    let answer = match section.echo {
        Some(_) => "The section's values, which are compared with what was sent",
        None => "Empty: Clerk accepts what was sent and shows nothing to compare it with",
    };
    out.push_str(&fact("Answer", &format!("{answer}.")));
    out.push_str("\n  Fields:\n");
    out.push_str(&fields(section, "    "));
    out
}

/// A field: what it holds and means, an example, and what is peculiar about it.
pub fn field(section: &Section, field: &Field) -> String {
    let mut out = format!("{}.{}: {}\n\n", section.name, field.name, accepted(field));
    out.push_str(&prose(field.meaning, "  "));
    add(
        &mut out,
        format_args!(
            "\n  Example:\n\n    {}:\n      {}: {}\n\n",
            section.name, field.name, field.example
        ),
    );
    for Fact { aspect, text } in facts(section, field) {
        out.push_str(&fact(aspect.label(), &text));
    }
    out
}

fn fields(section: &Section, indent: &str) -> String {
    section
        .fields
        .iter()
        .map(|field| {
            let note = match (field.deprecated, field.only_in) {
                (Some(_), _) => " (deprecated)".to_owned(),
                (None, Some(only)) => format!(" ({} only)", EnvironmentType::as_str(only)),
                (None, None) => String::new(),
            };
            entry(indent, field.name, &format!("{}{note}", first_sentence(field.meaning)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::layout::WIDTH;
    use super::*;
    use crate::catalog;

    fn explained(path: &str) -> String {
        let (of, name) = path.split_once('.').unwrap();
        let of = catalog::section(of).unwrap();
        field(of, of.field(name).unwrap())
    }

    #[test]
    fn a_field_is_told_with_its_example_and_what_is_peculiar() {
        assert_snapshot!(explained("restrictions.allowlist"), @"
        restrictions.allowlist: true, false or null

          Only people whose email address, domain or phone number is on the allowlist may sign up.
          With an empty list, nobody can.

          Example:

            restrictions:
              allowlist: true

          Null:       Sent as null; what it does is up to the service.
          Protection: false lets people who are not on the allowlist sign up. Plans that change it
                      get a warning.
          Careful:    with no identifiers on the allowlist, turning it on blocks every sign-up;
                      add the identifiers to the list first (in the Dashboard, or with `POST
                      /v1/allowlist_identifiers`).
          Refused:    With the code `sign_up_mode_restricted_invalid_value`; the allowlist can be
                      turned on only while sign-up is public: set the sign-up mode to public in
                      the Dashboard, or remove `restrictions.allowlist` from the file.
          Read by:    PATCH /v1/instance/restrictions with an empty body, which changes nothing
          Sent by:    PATCH /v1/instance/restrictions
        ");
        assert_snapshot!(explained("instance.allowed_origins"), @r#"
        instance.allowed_origins: a list of origins, or null

          Origins allowed to use the instance besides ordinary web pages: browser extensions,
          Electron, Capacitor. The list replaces the previous one.

          Example:

            instance:
              allowed_origins: ["chrome-extension://abcdefghijklmnop", "capacitor://localhost"]

          Null:       Sent as null; what it does is up to the service.
          Values:     Each entry is a scheme and a host, without a path or trailing slash. The
                      list replaces the previous one; order does not matter, and entries must be
                      unique.
          Empty:      [] removes every entry. The answer does not show that, so `apply` reads the
                      list back.
          Read by:    GET /v1/instance
          Sent by:    PATCH /v1/instance
        "#);
        assert_snapshot!(explained("instance.cookieless_dev"), @"
        instance.cookieless_dev: true, false or null

          The former name of `url_based_session_syncing`.

          Example:

            instance:
              cookieless_dev: true

          Deprecated: Use `instance.url_based_session_syncing` instead.
          Null:       Sent as null; what it does is up to the service.
          Works in:   development only; the service ignores it elsewhere.
          Read by:    Not possible with the secret key. The instance's public front end shows it,
                      as a hint (`drift --frontend`).
          Sent by:    PATCH /v1/instance
        ");
    }

    #[test]
    fn a_section_is_told_with_its_call_and_fields() {
        assert_snapshot!(section(catalog::section("restrictions").unwrap()), @"
        restrictions: Restrictions

          Who may sign up. In production these need a paid Clerk plan.

          Sent by:    PATCH /v1/instance/restrictions
          Answer:     The section's values, which are compared with what was sent.

          Fields:
            allowlist                       Only people whose email address, domain or phone
                                            number is on the allowlist may sign up.
            blocklist                       People whose email address, domain or phone number is
                                            on the blocklist may not sign up.
            allowlist_blocklist_disabled_on_sign_in
                                            Checks the allowlist and blocklist at sign-up only, so
                                            that everyone who already has an account can sign in.
            block_email_subaddresses        Rejects email addresses with a `+`, `=` or `#` part,
                                            which let one mailbox have any number of accounts.
            block_disposable_email_domains  Rejects email addresses of disposable mailbox
                                            services.
        ");
    }

    #[test]
    fn the_overview_names_everything_once_in_narrow_lines() {
        let shown = overview();
        for of in SECTIONS {
            assert!(shown.contains(&format!("\n  {}: ", of.name)));
            for field in of.fields {
                assert!(shown.contains(&format!("\n    {}", field.name)), "{}", field.name);
            }
        }
        for code in Code::ALL {
            assert_eq!(shown.matches(&format!("\n  {code} ")).count(), 1);
        }
        for code in FailureCode::ALL {
            assert_eq!(shown.matches(&format!("\n  {code} ")).count(), 1);
        }
        assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
    }

    #[test]
    fn every_field_says_its_type_meaning_call_and_how_it_is_read() {
        for of in SECTIONS {
            for each in of.fields {
                let shown = field(of, each);
                for part in [&accepted(each), each.example, of.path, "Read by:", "Null:"] {
                    assert!(shown.contains(part), "{part} in {shown}");
                }
                if let Some(successor) = each.successor() {
                    assert!(shown.contains(&format!("Use `{}.{successor}`", of.name)));
                }
                // A name is not broken, however long it is.
                let prose = shown.lines().filter(|line| !line.contains(each.name));
                assert!(prose.into_iter().all(|line| line.chars().count() <= WIDTH), "{shown}");
            }
        }
    }
}
