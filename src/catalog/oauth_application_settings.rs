//! OAuth applications: other programs that sign people in with this instance.

use super::{Field, Scope, Section, Shape};

/// `PATCH /v1/instance/oauth_application_settings`.
pub static SECTION: Section = Section {
    name: "oauth_application_settings",
    path: "/v1/instance/oauth_application_settings",
    title: "OAuth application settings",
    meaning: "Which other applications may sign people in through this instance, and what they get.",
    echo: Some("oauth_application_settings"),
    needs_paid_plan: false,
    has_get: true,
    also_shows: &[],
    fields: &[
        Field::boolean(
            "dynamic_oauth_client_registration",
            "Lets any program register itself as an OAuth client (RFC 7591).",
        )
        .nullable()
        .guard(Scope::Change, true, "lets any program register itself as an OAuth client")
        .shown(),
        Field::boolean(
            "oauth_jwt_access_tokens",
            "Issues access tokens as JWTs, which anyone can verify without asking Clerk; otherwise \
             they are opaque.",
        )
        .nullable()
        .shown(),
        Field::boolean(
            "client_id_metadata_documents_advertised",
            "Advertises in the instance's OAuth metadata that a client may identify itself by the \
             URL of a document about it (Client ID Metadata Documents).",
        )
        .nullable()
        .shown(),
        Field::boolean(
            "client_id_metadata_documents_only_allow_pre_registered_clients",
            "Rejects clients that identify themselves by such a document and are not yet known. \
             Existing ones stay.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets in clients that nobody registered")
        .shown(),
        Field::boolean(
            "client_id_metadata_documents_block_implicitly_allowed_clients",
            "Rejects clients that identified themselves by such a document and were never \
             approved. Access tokens they already hold stay valid.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets in clients that nobody has approved")
        .shown(),
        Field::boolean(
            "aud_claim_enabled",
            "Adds the `aud` claim, which says whom a token is for, to access tokens.",
        )
        .nullable()
        .shown(),
        // Asked of new requests only [s+].
        Field::boolean(
            "pkce_required",
            "Rejects new authorization code requests without PKCE (method `S256`).",
        )
        .nullable()
        .guard(Scope::Change, false, "issues authorization codes without PKCE")
        .shown(),
        // `[]` and null come back as null; repeated, unknown and `offline_access` entries are
        // refused [s+]. Which scopes it knows is not published.
        Field::set(
            "default_scopes",
            Shape::Any,
            "The scopes granted to a client that asks for none. The list replaces the previous \
             one; an empty list or null restores Clerk's default.",
        )
        .nullable()
        .empty_resets()
        .refuses_repetition()
        .refuses(&["offline_access"])
        .shown()
        .example("[\"email\", \"profile\"]"),
    ],
};
