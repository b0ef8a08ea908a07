//! Further settings of the instance, which the service still calls beta. There is no `GET`; the
//! answer of every `PATCH` shows them, save `test_mode`.

use super::EnvironmentType::Development;
use super::{Field, Lockout, Scope, Section, Shape};

/// `PATCH /v1/beta_features/instance_settings`.
pub static SECTION: Section = Section {
    name: "instance_settings",
    path: "/v1/beta_features/instance_settings",
    title: "Instance settings (beta)",
    meaning: "Further settings of the instance, which Clerk offers as beta features.",
    echo: Some("instance_settings"),
    needs_paid_plan: false,
    has_get: false,
    // [s+]
    also_shows: &[("id", "null"), ("enhanced_email_deliverability", "false")],
    fields: &[
        Field::boolean(
            "restricted_to_allowlist",
            "Lets only those sign up whose e-mail address, phone number or username is on the \
             allowlist. With nothing on the list, nobody can.",
        )
        .nullable()
        .default("false")
        .guard(Scope::Change, false, "lets people sign up who are not on the allowlist")
        .lockout(Lockout::EMPTY_ALLOWLIST)
        .shown(),
        Field::text(
            "from_email_address",
            Shape::Alphanumeric,
            "The part before the `@` of the address from which Clerk sends e-mails with codes and \
             links: letters and digits only.",
        )
        .nullable()
        .shown()
        .example("\"noreply\""),
        Field::boolean("progressive_sign_up", "Lets people sign up step by step.")
            .nullable()
            .without_successor("leave it out, and ask Clerk's support where it is still needed")
            .shown(),
        Field::boolean(
            "test_mode",
            "Lets anyone sign in with a test e-mail address or phone number and a fixed code: the \
             same setting as `instance.test_mode`.",
        )
        .nullable()
        .default_in(Development, "true")
        .same_as("instance")
        .guard(Scope::Production, true, "lets anyone sign in with a test address and a fixed code")
        .frontend("auth_config.test_mode"),
    ],
};
