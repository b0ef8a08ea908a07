//! Who may sign up. The service has no `GET` for these, and shows them in the answer of every
//! `PATCH`, also of an empty one.

use super::{Field, Lockout, Scope, Section};

/// `PATCH /v1/instance/restrictions`.
pub static SECTION: Section = Section {
    name: "restrictions",
    path: "/v1/instance/restrictions",
    title: "Restrictions",
    meaning: "Who may sign up. In production these need a paid Clerk plan.",
    echo: Some("instance_restrictions"),
    needs_paid_plan: true,
    has_get: false,
    also_shows: &[],
    fields: &[
        Field::boolean(
            "allowlist",
            "Only people whose email address, domain or phone number is on the allowlist may sign \
             up. With an empty list, nobody can.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people who are not on the allowlist sign up")
        .lockout(Lockout::EMPTY_ALLOWLIST)
        // [d, t]. The Backend API has no field for the mode.
        .refused_by(
            "sign_up_mode_restricted_invalid_value",
            "the allowlist can be turned on only while sign-up is public: set the sign-up mode to \
             public in the Dashboard, or remove `restrictions.allowlist` from the file",
        )
        .shown()
        .frontend("user_settings.restrictions.allowlist.enabled"),
        Field::boolean(
            "blocklist",
            "People whose email address, domain or phone number is on the blocklist may not sign \
             up.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people on the blocklist sign up")
        .shown()
        .frontend("user_settings.restrictions.blocklist.enabled"),
        Field::boolean(
            "allowlist_blocklist_disabled_on_sign_in",
            "Checks the allowlist and blocklist at sign-up only, so that everyone who already has \
             an account can sign in.",
        )
        .nullable()
        .guard(Scope::Change, true, "lets people whom the allowlist or blocklist rejects sign in")
        // Newer applications have no other value than true [d].
        .refused_by(
            "disabled_instance_restriction",
            "newer applications do not accept false here: set \
             `restrictions.allowlist_blocklist_disabled_on_sign_in` to true, or remove it from \
             the file",
        )
        .shown()
        .frontend("user_settings.restrictions.allowlist_blocklist_disabled_on_sign_in.enabled"),
        Field::boolean(
            "block_email_subaddresses",
            "Rejects email addresses with a `+`, `=` or `#` part, which let one mailbox have any \
             number of accounts.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets one mailbox sign up any number of times")
        .shown()
        .frontend("user_settings.restrictions.block_email_subaddresses.enabled"),
        Field::boolean(
            "block_disposable_email_domains",
            "Rejects email addresses of disposable mailbox services.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets people sign up with throwaway addresses")
        .shown()
        .frontend("user_settings.restrictions.block_disposable_email_domains.enabled"),
    ],
};
