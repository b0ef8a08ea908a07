//! Text messages. The list of countries is replaced as a whole, and the service keeps only the
//! codes that it knows.

use super::{Field, Section, Shape};

/// `PATCH /v1/instance/communication`.
pub static SECTION: Section = Section {
    name: "communication",
    path: "/v1/instance/communication",
    title: "Communication",
    meaning: "Countries that receive no text messages.",
    echo: Some("instance_communication"),
    needs_paid_plan: false,
    has_get: true,
    also_shows: &[],
    fields: &[Field::set(
        "blocked_country_codes",
        Shape::Country,
        "Countries whose phone numbers receive no text messages, as two-letter ISO 3166-1 codes in \
         capitals. The list replaces the previous one. Clerk silently drops a code it does not \
         know.",
    )
    .nullable()
    .empty_clears()
    .at_most(250)
    .refuses_repetition()
    // Clerk fills the list for some plans, and keeps what it put there [d, t].
    .refused_by(
        "sms_country_removal_restricted",
        "Clerk requires some countries to stay blocked on the instance's plan: leave them in the \
         list, or ask Clerk support to remove them",
    )
    .shown()
    .example("[\"AQ\", \"BV\"]")],
};
