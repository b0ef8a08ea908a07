//! Further settings of the instance, which the service still calls beta. There is no `GET`; the
//! answer of every `PATCH` shows them, save `test_mode`.

use super::EnvironmentType::Development;
use super::{Field, Lockout, Scope, Section, Shape};

/// `PATCH /v1/beta_features/instance_settings`.
pub static SECTION: Section = Section {
    name: "instance_settings",
    path: "/v1/beta_features/instance_settings",
    title: "Instance settings (beta)",
    meaning: "More instance settings, which Clerk offers as beta features.",
    echo: Some("instance_settings"),
    needs_paid_plan: false,
    has_get: false,
    // [s+]
    also_shows: &[("id", "null"), ("enhanced_email_deliverability", "false")],
    fields: &[
        Field::boolean(
            "restricted_to_allowlist",
            "Only people whose email address, phone number or username is on the allowlist may \
             sign up. With an empty list, nobody can.",
        )
        .nullable()
        .default("false")
        .guard(Scope::Change, false, "lets people who are not on the allowlist sign up")
        .lockout(Lockout::EMPTY_ALLOWLIST)
        .shown(),
        Field::text(
            "from_email_address",
            Shape::Alphanumeric,
            "The part before the `@` of the address that Clerk sends codes and links from: letters \
             and digits only.",
        )
        .nullable()
        .shown()
        .example("\"noreply\""),
        Field::boolean("progressive_sign_up", "Lets people sign up in several steps.")
            .nullable()
            .without_successor("remove it, and ask Clerk support if you still need it")
            .shown(),
        Field::boolean(
            "test_mode",
            "Lets anyone sign in with a test email address or phone number and a fixed code: the \
             same setting as `instance.test_mode`.",
        )
        .nullable()
        .default_in(Development, "true")
        .same_as("instance")
        .guard(Scope::Production, true, "lets anyone sign in with a test address and a fixed code")
        .frontend("auth_config.test_mode"),
    ],
};
