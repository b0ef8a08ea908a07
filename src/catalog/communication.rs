//! Text messages. The list of countries is replaced as a whole, and the service keeps only the
//! codes that it knows.

use super::{Field, Section, Shape};

/// `PATCH /v1/instance/communication`.
pub static SECTION: Section = Section {
    name: "communication",
    path: "/v1/instance/communication",
    title: "Communication",
    meaning: "Where text messages are not sent to.",
    echo: Some("instance_communication"),
    needs_paid_plan: false,
    has_get: true,
    also_shows: &[],
    fields: &[Field::set(
        "blocked_country_codes",
        Shape::Country,
        "The countries to whose phone numbers no text message is sent, by their ISO 3166-1 codes \
         of two capital letters. The list replaces the former one. A code that Clerk does not know \
         is dropped without a word.",
    )
    .nullable()
    .empty_clears()
    .at_most(250)
    .refuses_repetition()
    // Clerk fills the list for some plans, and keeps what it put there [d, t].
    .refused_by(
        "sms_country_removal_restricted",
        "Clerk keeps countries blocked for the instance's plan: leave them in the list, or ask \
         Clerk's support to take them out",
    )
    .shown()
    .example("[\"AQ\", \"BV\"]")],
};
