//! Clerk's protection against fraud and bots.

use super::{Field, Scope, Section};

/// `PATCH /v1/instance/protect`.
pub static SECTION: Section = Section {
    name: "protect",
    path: "/v1/instance/protect",
    title: "Protect",
    meaning: "Clerk Protect, which keeps fraud and bots out.",
    echo: Some("instance_protect"),
    needs_paid_plan: false,
    has_get: true,
    // The latter two [s+].
    also_shows: &[
        ("checks_bypassed", "false"),
        ("checks_verified", "false"),
        ("checks_exempt", "false"),
    ],
    fields: &[
        // That they are evaluated all the same [s+].
        Field::boolean(
            "rules_enabled",
            "Enforces the rules of Clerk Protect. While false, they are still evaluated but have \
             no effect.",
        )
        .nullable()
        .guard(Scope::Change, false, "turns off the rules of Clerk Protect")
        .shown(),
        Field::boolean("specter_enabled", "Turns on Specter, a part of Clerk Protect.")
            .nullable()
            .guard(Scope::Change, false, "turns off a part of Clerk Protect")
            .shown(),
    ],
};
