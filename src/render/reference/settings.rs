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
    out.push_str("\nMore on one of them: clerkform explain SECTION, SECTION.FIELD or CODE\n");
    out
}

/// A section: what it holds, its call, and its fields.
pub fn section(section: &Section) -> String {
    let mut out = format!("{}: {}\n\n", section.name, section.title);
    out.push_str(&prose(section.meaning, "  "));
    out.push('\n');
    out.push_str(&fact("Sent by", &format!("PATCH {}", section.path)));
    let answer = match section.echo {
        Some(_) => "shows the section's values, which are compared with what was sent",
        None => "is a bare success: what was sent is accepted and cannot be compared",
    };
    out.push_str(&fact("Answer", &format!("It {answer}.")));
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
        assert_snapshot!(explained("restrictions.allowlist"), @r"
        restrictions.allowlist: true, false or null

          Lets only those sign up whose e-mail address, domain or phone number is on the
          allowlist. With nothing on the list, nobody can.

          Example:

            restrictions:
              allowlist: true

          Null:       Sent as null; what it does is up to the service.
          Protection: false lets people sign up who are not on the allowlist. Plans that change it
                      are warned about.
          Careful:    with no identifiers on the allowlist, turning it on stops every sign-up; put
                      the identifiers on the list first (Dashboard, or `POST
                      /v1/allowlist_identifiers`).
          Refused:    With the code `sign_up_mode_restricted_invalid_value`; it can be turned on
                      only while sign-up is open to the public: set the sign-up mode to public in
                      the Dashboard, or take `restrictions.allowlist` out of the file.
          Read by:    PATCH /v1/instance/restrictions with an empty body, which changes nothing
          Sent by:    PATCH /v1/instance/restrictions
        ");
        assert_snapshot!(explained("instance.allowed_origins"), @r#"
        instance.allowed_origins: a list of origins, or null

          Origins from which applications other than ordinary web pages may use the instance:
          browser extensions, Electron, Capacitor. The list replaces the former one.

          Example:

            instance:
              allowed_origins: ["chrome-extension://abcdefghijklmnop", "capacitor://localhost"]

          Null:       Sent as null; what it does is up to the service.
          Values:     Each a scheme and a host, no path and no trailing slash. The list replaces
                      the former one; its order means nothing, and no entry may be repeated.
          Empty:      [] removes every entry. No answer shows it, so `apply` reads the list after
                      it.
          Read by:    GET /v1/instance
          Sent by:    PATCH /v1/instance
        "#);
        assert_snapshot!(explained("instance.cookieless_dev"), @r"
        instance.cookieless_dev: true, false or null

          The former name of `url_based_session_syncing`.

          Example:

            instance:
              cookieless_dev: true

          Deprecated: Use `instance.url_based_session_syncing` instead.
          Null:       Sent as null; what it does is up to the service.
          Works in:   development only; elsewhere the service ignores it.
          Read by:    Nothing with the secret key. The public environment of the instance's front
                      end shows it, as a hint (`drift --frontend`).
          Sent by:    PATCH /v1/instance
        ");
    }

    #[test]
    fn a_section_is_told_with_its_call_and_fields() {
        assert_snapshot!(section(catalog::section("restrictions").unwrap()), @r"
        restrictions: Restrictions

          Who may sign up. In production these need a paid plan of Clerk's.

          Sent by:    PATCH /v1/instance/restrictions
          Answer:     It shows the section's values, which are compared with what was sent.

          Fields:
            allowlist                       Lets only those sign up whose e-mail address, domain
                                            or phone number is on the allowlist.
            blocklist                       Keeps those from signing up whose e-mail address,
                                            domain or phone number is on the blocklist.
            allowlist_blocklist_disabled_on_sign_in
                                            Holds the allowlist and the blocklist against sign-ups
                                            only, and lets everybody sign in who has an account
                                            already.
            block_email_subaddresses        Refuses e-mail addresses with a `+`, `=` or `#` part,
                                            with which one mailbox can have any number of
                                            accounts.
            block_disposable_email_domains  Refuses e-mail addresses of services that give out
                                            mailboxes to throw away.
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
