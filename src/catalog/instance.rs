//! Settings of the instance itself. A `PATCH` is answered with 204 and no body, and the `GET`,
//! where there is one, shows the lists of origins and subdomains alone.

use super::EnvironmentType::{Development, Production};
use super::{Field, Lockout, Scope, Section, Shape};

/// The field whose value the service shows among the domains too.
pub const DEVELOPMENT_ORIGIN: &str = "development_origin";

const ALLOWED_SUBDOMAINS: &str = "allowed_subdomains";

/// `PATCH /v1/instance`.
pub static SECTION: Section = Section {
    name: "instance",
    path: "/v1/instance",
    title: "Instance",
    meaning: "Settings of the instance itself: test mode, password checks, support address, \
              allowed origins and subdomains, how people sign in.",
    echo: None,
    needs_paid_plan: false,
    has_get: true,
    also_shows: &[("workspace_id", "null")],
    fields: &[
        Field::boolean(
            "test_mode",
            "Lets anyone sign in with a test email address or phone number and a fixed code. On by \
             default in development; in production it lets strangers in.",
        )
        .nullable()
        .default_in(Development, "true")
        .guard(Scope::Production, true, "lets anyone sign in with a test address and a fixed code")
        .frontend("auth_config.test_mode"),
        Field::boolean(
            "hibp",
            "Rejects passwords that are known from data breaches, as listed by Have I Been Pwned.",
        )
        .nullable()
        .default("true")
        .guard(Scope::Production, false, "accepts passwords that are known from data breaches")
        .frontend_inverted("user_settings.password_settings.disable_hibp"),
        Field::boolean(
            "enhanced_email_deliverability",
            "Sends one-time codes by email from a Clerk domain instead of your own, for senders \
             whose domain has little reputation yet.",
        )
        .nullable()
        .only_in(Production)
        .gone()
        .frontend("auth_config.enhanced_email_deliverability"),
        Field::text(
            "support_email",
            Shape::Email,
            "The support address shown on Clerk's pages and in its emails. An empty string clears \
             it.",
        )
        .nullable()
        .empty_clears()
        .example("\"help@example.com\"")
        .frontend("display_config.support_email"),
        Field::text(
            "clerk_js_version",
            Shape::Any,
            "The version of Clerk's browser library that pages load: a major version, an exact \
             version or a release tag. An empty string clears it.",
        )
        .nullable()
        .empty_clears()
        .example("\"5\"")
        .frontend("display_config.clerk_js_version"),
        Field::text(
            DEVELOPMENT_ORIGIN,
            Shape::Origin,
            "The application's origin during development. An empty string resets it.",
        )
        .nullable()
        .empty_clears()
        .only_in(Development)
        .example("\"http://localhost:3000\""),
        Field::set(
            "experimental_allowed_origins",
            Shape::Origin,
            "The former name of `allowed_origins`.",
        )
        .replaced_by("allowed_origins")
        .gone()
        .example("[\"chrome-extension://abcdefghijklmnop\"]"),
        // `null` is taken [s+], and leaves the list alone; `[]` removes every entry [s+, t]. In the
        // summer of 2026 an official client said that both are ignored [c].
        Field::set(
            "allowed_origins",
            Shape::Origin,
            "Origins allowed to use the instance besides ordinary web pages: browser extensions, \
             Electron, Capacitor. The list replaces the previous one.",
        )
        .nullable()
        .empty_read_back()
        .shown()
        .example("[\"chrome-extension://abcdefghijklmnop\", \"capacitor://localhost\"]"),
        // Both are shown by every instance, by one for development as `[]` and `false` [s+].
        Field::set(
            ALLOWED_SUBDOMAINS,
            Shape::Subdomain,
            "Hosts below the instance's domain that may use it while `subdomain_allowlist_enabled` \
             is true. `*.preview.example.com` matches every host below `preview.example.com`, but \
             not that host itself. The list replaces the previous one; an empty list removes \
             every entry.",
        )
        .nullable()
        .empty_read_back()
        .only_in(Production)
        .shown()
        .example("[\"app.example.com\", \"*.preview.example.com\"]"),
        Field::boolean(
            "subdomain_allowlist_enabled",
            "Accepts only the subdomains in `allowed_subdomains`; otherwise every subdomain is \
             accepted.",
        )
        .nullable()
        .only_in(Production)
        .guard(Scope::Change, false, "accepts every subdomain")
        .lockout(Lockout {
            list: Some(ALLOWED_SUBDOMAINS),
            danger: "with no entry in `allowed_subdomains`, no subdomain is accepted",
            advice: "list the subdomains in `allowed_subdomains` first, or in the same change",
        })
        .shown(),
        Field::boolean("cookieless_dev", "The former name of `url_based_session_syncing`.")
            .nullable()
            .replaced_by("url_based_session_syncing")
            .only_in(Development)
            .frontend("auth_config.cookieless_dev"),
        Field::boolean(
            "url_based_session_syncing",
            "Carries the session of a development instance in URLs instead of third-party \
             cookies.",
        )
        .nullable()
        .only_in(Development)
        .frontend("auth_config.url_based_session_syncing"),
        Field::text(
            "preferred_sign_in_strategy_when_password_required",
            Shape::OneOf(&["password", "otp", ""]),
            "What Clerk's components ask for first on instances that require a password: the \
             password, or a one-time code (`otp`). An empty string restores the default, the \
             password.",
        )
        .nullable()
        .empty_clears()
        .example("\"otp\""),
    ],
};
