//! Who may sign up at all. There is no `GET`; a `PATCH` with `{}` shows the values and changes
//! nothing.

use super::{Field, Read, Scope, Section};

/// `PATCH /v1/instance/restrictions`.
pub static SECTION: Section = Section {
    name: "restrictions",
    path: "/v1/instance/restrictions",
    title: "Restrictions",
    meaning: "Who may sign up. In production these need a paid plan of Clerk's.",
    echo: Some("instance_restrictions"),
    needs_paid_plan: true,
    has_get: false,
    fields: &[
        Field::boolean(
            "allowlist",
            "Lets only those sign up whose e-mail address, domain or phone number is on the \
             allowlist. With nothing on the list, nobody can.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people sign up who are not on the allowlist")
        .lockout(
            "with no identifiers on the allowlist, turning it on stops every sign-up",
            "put the identifiers on the list first (Dashboard, or `POST /v1/allowlist_identifiers`)",
        )
        .read(Read::EmptyPatch),
        Field::boolean(
            "blocklist",
            "Keeps those from signing up whose e-mail address, domain or phone number is on the \
             blocklist.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people sign up who are on the blocklist")
        .read(Read::EmptyPatch),
    ],
};
