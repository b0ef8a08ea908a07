//! Organizations: groups of users that share roles and memberships.

use super::{Field, Section, Shape};

/// `PATCH /v1/instance/organization_settings`.
pub static SECTION: Section = Section {
    name: "organization_settings",
    path: "/v1/instance/organization_settings",
    title: "Organization settings",
    meaning: "Whether users can create organizations, how large these may be, and how people join \
        them.",
    echo: Some("organization_settings"),
    needs_paid_plan: false,
    has_get: true,
    also_shows: &[
        ("max_allowed_roles", "10"),
        ("max_role_sets_allowed", "1"),
        ("max_allowed_domains", "10"),
        ("max_allowed_permissions", "50"),
        ("creator_role", "\"org:admin\""),
        ("domains_default_role", "\"org:member\""),
        ("initial_role_set_key", "null"),
    ],
    fields: &[
        Field::boolean("enabled", "Whether the instance has organizations.")
            .nullable()
            .shown()
            .frontend("organization_settings.enabled"),
        Field::integer(
            "max_allowed_memberships",
            0,
            "How many members an organization may have. More than 20 needs a paid Clerk add-on; 0 \
             means no limit.",
        )
        .nullable()
        .default("5")
        .shown()
        .frontend("organization_settings.max_allowed_memberships")
        .example("5"),
        Field::boolean(
            "admin_delete_enabled",
            "Lets an organization's administrators delete it.",
        )
        .nullable()
        .shown()
        .frontend("organization_settings.actions.admin_delete"),
        Field::boolean(
            "domains_enabled",
            "Lets an organization verify its own domains, so that people can join by email address.",
        )
        .nullable()
        .shown()
        .frontend("organization_settings.domains.enabled"),
        Field::boolean("slug_disabled", "Creates organizations without a slug, the name used in \
            URLs.")
            .nullable()
            .shown()
            .frontend("organization_settings.slug.disabled"),
        Field::set(
            "domains_enrollment_modes",
            Shape::OneOf(&["automatic_invitation", "automatic_suggestion"]),
            "How people with an address at an organization's domain join it: by automatic \
             invitation or by suggestion. Manual invitation is always possible, so the service \
             shows `manual_invitation` and it is never sent.",
        )
        .echo_adds(&["manual_invitation"])
        .shown()
        .frontend("organization_settings.domains.enrollment_modes")
        .example("[\"automatic_invitation\"]"),
        Field::text(
            "creator_role_id",
            Shape::Any,
            "The ID of the role given to the creator of an organization. The service shows the \
             role's key instead, so it cannot be compared.",
        )
        .nullable()
        .shown_in_another_form()
        .example("\"role_2abc\""),
        Field::text(
            "domains_default_role_id",
            Shape::Any,
            "The ID of the role given to people who join an organization by its domain. The \
             service shows the role's key instead, so it cannot be compared.",
        )
        .nullable()
        .shown_in_another_form()
        .example("\"role_2abc\""),
    ],
};
