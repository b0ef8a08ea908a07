//! OAuth applications: other programs that sign people in with this instance.

use super::{Field, Scope, Section, Shape};

/// `PATCH /v1/instance/oauth_application_settings`.
pub static SECTION: Section = Section {
    name: "oauth_application_settings",
    path: "/v1/instance/oauth_application_settings",
    title: "OAuth application settings",
    meaning: "Which other programs may sign people in with this instance, and what they get.",
    echo: Some("oauth_application_settings"),
    needs_paid_plan: false,
    has_get: true,
    also_shows: &[],
    fields: &[
        Field::boolean(
            "dynamic_oauth_client_registration",
            "Lets any program register itself as an OAuth client, as RFC 7591 has it.",
        )
        .nullable()
        .guard(Scope::Change, true, "lets any program register itself as an OAuth client")
        .shown(),
        Field::boolean(
            "oauth_jwt_access_tokens",
            "Gives out access tokens as JWTs, which anyone can check without asking Clerk; \
             otherwise they are opaque.",
        )
        .nullable()
        .shown(),
        Field::boolean(
            "client_id_metadata_documents_advertised",
            "Says in the instance's OAuth metadata that a client may name itself by the URL of a \
             document about it (Client ID Metadata Documents).",
        )
        .nullable()
        .shown(),
        Field::boolean(
            "client_id_metadata_documents_only_allow_pre_registered_clients",
            "Refuses clients that name themselves by such a document and are not known yet. Those \
             that came before stay.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets clients in that nobody registered")
        .shown(),
        Field::boolean(
            "client_id_metadata_documents_block_implicitly_allowed_clients",
            "Refuses clients that came by such a document without anyone allowing them. Access \
             tokens that they hold already stay valid.",
        )
        .nullable()
        .guard(Scope::Change, false, "lets clients in that nobody has allowed")
        .shown(),
        Field::boolean(
            "aud_claim_enabled",
            "Puts the claim `aud` into access tokens, which says for whom a token is.",
        )
        .nullable()
        .shown(),
        // Asked of new requests only [s+].
        Field::boolean(
            "pkce_required",
            "Refuses new requests for an authorization code that come without PKCE by the method \
             `S256`.",
        )
        .nullable()
        .guard(Scope::Change, false, "gives out authorization codes without PKCE")
        .shown(),
        // `[]` and null come back as null; repeated, unknown and `offline_access` entries are
        // refused [s+]. Which scopes it knows is not published.
        Field::set(
            "default_scopes",
            Shape::Any,
            "The scopes that a client gets which asks for none. The list replaces the former one; \
             an empty list or null goes back to Clerk's own.",
        )
        .nullable()
        .empty_resets()
        .refuses_repetition()
        .refuses(&["offline_access"])
        .shown()
        .example("[\"email\", \"profile\"]"),
    ],
};
