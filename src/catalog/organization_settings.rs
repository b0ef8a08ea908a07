//! Organizations: groups of users that share roles and memberships.

use super::{Field, Read, Section};

/// `PATCH /v1/instance/organization_settings`.
pub static SECTION: Section = Section {
    name: "organization_settings",
    path: "/v1/instance/organization_settings",
    title: "Organization settings",
    meaning: "Whether users can form organizations, and how large these may be.",
    echo: Some("organization_settings"),
    needs_paid_plan: false,
    has_get: true,
    fields: &[
        Field::boolean("enabled", "Whether the instance has organizations.")
            .nullable()
            .read(Read::Get),
        Field::integer(
            "max_allowed_memberships",
            0,
            "How many members one organization may have. Above 20 needs a paid add-on of \
             Clerk's; 0 means no limit.",
        )
        .nullable()
        .default("5")
        .read(Read::Get)
        .example("5"),
    ],
};
