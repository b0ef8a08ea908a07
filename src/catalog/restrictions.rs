//! Who may sign up. The service has no `GET` for these, and shows them in the answer of every
//! `PATCH`, also of an empty one.

use super::{Field, Lockout, Scope, Section};

/// `PATCH /v1/instance/restrictions`.
pub static SECTION: Section = Section {
    name: "restrictions",
    path: "/v1/instance/restrictions",
    title: "Restrictions",
    meaning: "Who may sign up. In production these need a paid plan of Clerk's.",
    echo: Some("instance_restrictions"),
    needs_paid_plan: true,
    has_get: false,
    also_shows: &[],
    fields: &[
        Field::boolean(
            "allowlist",
            "Lets only those sign up whose e-mail address, domain or phone number is on the \
             allowlist. With nothing on the list, nobody can.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people sign up who are not on the allowlist")
        .lockout(Lockout::EMPTY_ALLOWLIST)
        // [d, t]. The Backend API has no field for the mode.
        .refused_by(
            "sign_up_mode_restricted_invalid_value",
            "it can be turned on only while sign-up is open to the public: set the sign-up mode to \
             public in the Dashboard, or take `restrictions.allowlist` out of the file",
        )
        .shown()
        .frontend("user_settings.restrictions.allowlist.enabled"),
        Field::boolean(
            "blocklist",
            "Keeps those from signing up whose e-mail address, domain or phone number is on the \
             blocklist.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people sign up who are on the blocklist")
        .shown()
        .frontend("user_settings.restrictions.blocklist.enabled"),
        Field::boolean(
            "allowlist_blocklist_disabled_on_sign_in",
            "Holds the allowlist and the blocklist against sign-ups only, and lets everybody sign \
             in who has an account already.",
        )
        .nullable()
        .guard(Scope::Change, true, "lets people sign in whom the allowlist or blocklist keeps out")
        // Newer applications have no other value than true [d].
        .refused_by(
            "disabled_instance_restriction",
            "newer applications do not take false here: set \
             `restrictions.allowlist_blocklist_disabled_on_sign_in` to true, or take it out of the \
             file",
        )
        .shown()
        .frontend("user_settings.restrictions.allowlist_blocklist_disabled_on_sign_in.enabled"),
        Field::boolean(
            "block_email_subaddresses",
            "Refuses e-mail addresses with a `+`, `=` or `#` part, with which one mailbox can have \
             any number of accounts.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets one mailbox sign up any number of times")
        .shown()
        .frontend("user_settings.restrictions.block_email_subaddresses.enabled"),
        Field::boolean(
            "block_disposable_email_domains",
            "Refuses e-mail addresses of services that give out mailboxes to throw away.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people sign up with addresses that are thrown away")
        .shown()
        .frontend("user_settings.restrictions.block_disposable_email_domains.enabled"),
    ],
};
