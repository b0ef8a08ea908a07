//! The vendor's own npm clients against the served sandbox: what they ask for is answered so that
//! they are content, and what they change is what this program would have changed. The clients are
//! installed by `tests/setup.sh`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::program::{KEY, Ran, clerkform, run};
use support::served::Served;
use support::tools;

fn main() {
    let is_missing = tools::is_missing(CLIENTS, "the vendor's clients");
    let tests: [(_, fn()); 6] = [
        ("the_command_line_tool_pulls_what_was_applied", pull),
        ("the_command_line_tool_patches_what_would_be_applied", patch),
        ("the_command_line_tool_pulls_what_is_for_production", production),
        ("the_command_line_tool_is_told_what_is_wrong", refused_patch),
        ("the_library_reads_back_what_it_updates", library),
        ("the_library_is_told_what_is_wrong", refused_updates),
    ];
    tools::run(tests.map(|(name, test)| (name, test, is_missing)))
}

/// The folder of the clients.
const CLIENTS: &str = "npm";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A sandbox that keeps its instances in a file, beside the files of a test.
struct Bench {
    folder: tempfile::TempDir,
    served: Served,
}

impl Bench {
    fn set_up() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served = Served::start(&["--data", folder.path().join("data").to_str().unwrap()]);
        Self { folder, served }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, document: &Value) {
        fs::write(self.path().join(name), document.to_string()).unwrap();
    }

    /// Every setting that differs from a fresh instance's, as the sandbox keeps them.
    fn settings(&self) -> Value {
        let kept = fs::read_to_string(self.path().join("data")).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        let instances = kept["instances"].as_object().unwrap();
        assert_eq!(instances.len(), 1);
        instances.values().next().unwrap()["settings"].clone()
    }

    fn clerkform(&self, words: &[&str]) -> Ran {
        let mut command = clerkform(self.path());
        command.env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &self.served.url);
        run(command.args(words))
    }

    /// A client, with nothing of the tester's environment, and no way to anything but the sandbox:
    /// neither a report of its use nor a look for a newer version leaves this machine.
    fn client(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs([("HOME", self.path()), ("CLERK_CONFIG_DIR", &self.path().join("config"))])
            .envs([("CLERK_SECRET_KEY", KEY), ("CLERK_BACKEND_API_URL", &self.served.url)])
            .envs([("CLERK_TELEMETRY_DISABLED", "1"), ("CLERK_NO_UPDATE_CHECK", "1")])
            .envs([("CLERK_MODE", "agent"), ("NO_COLOR", "1")])
            .envs([("HTTPS_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "127.0.0.1")])
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the vendor's command-line tool.
    fn clerk(&self, words: &[&str]) -> Ran {
        run(self.client(tools::folder(CLIENTS).join("node_modules/.bin/clerk")).args(words))
    }

    /// Makes calls with the vendor's library, and tells what each came to.
    fn library(&self, calls: &Value) -> Value {
        let mut child = self
            .client("node")
            .arg(root().join("tests/clients/backend.mjs"))
            .current_dir(tools::folder(CLIENTS))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(calls.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A configuration of ours that is a payload of theirs, with something for each section. Lists are
/// in the order in which the service shows them: the vendor's tool takes another order for another
/// value.
fn payload() -> Value {
    json!({
        "instance": {
            "hibp": false,
            "support_email": "help@example.com",
            "allowed_origins": ["chrome-extension://abcdefghijklmnop"],
            "preferred_sign_in_strategy_when_password_required": "otp",
        },
        "restrictions": {"blocklist": true, "block_email_subaddresses": true},
        "organization_settings": {"enabled": true, "max_allowed_memberships": 7},
        "communication": {"blocked_country_codes": ["AQ", "BV"]},
        "protect": {"rules_enabled": true},
        "oauth_application_settings": {
            "oauth_jwt_access_tokens": true,
            "aud_claim_enabled": true,
            "pkce_required": true,
            "default_scopes": ["email", "profile"],
        },
        "instance_settings": {"from_email_address": "hello"},
    })
}

/// That an object shows every member that was asked for; it may show more.
fn assert_shows(shown: &Value, asked: &Value) {
    for (name, value) in asked.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name} in {shown}");
    }
}

fn pull() {
    let bench = Bench::set_up();
    bench.write("clerk.yaml", &payload());
    let applied = bench.clerkform(&["apply", "--yes"]);
    assert_eq!(applied.exit, 0, "{applied:?}");

    let pulled = bench.clerk(&["config", "pull"]);
    assert_eq!(pulled.exit, 0, "{pulled:?}");
    let pulled: Value = serde_json::from_str(&pulled.stdout).unwrap();
    let readable =
        ["communication", "organization_settings", "protect", "oauth_application_settings"];
    for section in readable {
        assert_shows(&pulled[section], &payload()[section]);
    }
    // Of the instance itself the service shows no other setting than its origins and subdomains,
    // and of the latter none in development.
    assert_eq!(pulled["instance"]["allowed_origins"], payload()["instance"]["allowed_origins"]);
    assert_eq!(pulled["instance"]["allowed_subdomains"], json!([]));
    assert_eq!(pulled["instance"]["subdomain_allowlist_enabled"], false);
    assert_eq!(pulled["instance"]["environment_type"], "development");
    assert_eq!(pulled.as_object().unwrap().len(), readable.len() + 1, "{pulled}");
}

fn patch() {
    let bench = Bench::set_up();
    bench.write("clerk.json", &payload());
    let patched = bench.clerk(&["config", "patch", "--file", "clerk.json", "--yes"]);
    assert_eq!(patched.exit, 0, "{patched:?}");
    assert!(patched.stderr.contains("Config pushed successfully"), "{patched:?}");
    // What the tool says of a field that it sent and that an echo lacks, or shows otherwise.
    assert!(!patched.stderr.contains("come back"), "{patched:?}");
    assert_eq!(bench.settings(), payload());

    let applied = bench.clerkform(&["apply", "--yes", "--output-format", "json", "clerk.json"]);
    assert_eq!(applied.exit, 0, "{applied:?}");
    let outcome: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(outcome["summary"]["applied"], 7, "{outcome}");
    assert_eq!(bench.settings(), payload());
}

fn production() {
    let key = ("CLERK_SECRET_KEY", "sk_live_madeUpForTheseTests");
    let bench = Bench::set_up();
    let apply_and_pull = |instance: &Value| -> Value {
        bench.write("clerk.json", &json!({ "instance": instance }));
        let mut apply = clerkform(bench.path());
        apply.envs([key, ("CLERK_API_URL", &bench.served.url)]);
        let applied = run(apply.args(["apply", "--yes", "clerk.json"]));
        assert_eq!(applied.exit, 0, "{applied:?}");
        let tool = tools::folder(CLIENTS).join("node_modules/.bin/clerk");
        let pulled = run(bench.client(tool).envs([key]).args(["config", "pull"]));
        assert_eq!(pulled.exit, 0, "{pulled:?}");
        serde_json::from_str(&pulled.stdout).unwrap()
    };
    for instance in [
        json!({
            "allowed_origins": ["my-app://renderer"],
            "allowed_subdomains": ["*.preview.example.com", "app.example.com"],
            "subdomain_allowlist_enabled": true,
        }),
        json!({
            "allowed_origins": [],
            "allowed_subdomains": [],
            "subdomain_allowlist_enabled": false,
        }),
    ] {
        assert_shows(&apply_and_pull(&instance)["instance"], &instance);
    }
}

fn refused_patch() {
    let bench = Bench::set_up();
    let payload = json!({"instance": {"support_email": "nobody"}}).to_string();
    let patched = bench.clerk(&["config", "patch", "--json", &payload, "--yes"]);
    assert_ne!(patched.exit, 0, "{patched:?}");
    assert!(patched.stderr.contains("support_email must be an email address"), "{patched:?}");
}

fn library() {
    let bench = Bench::set_up();
    let organizations = json!({
        "enabled": true,
        "maxAllowedMemberships": 7,
        "domainsEnabled": true,
        "domainsEnrollmentModes": ["automatic_invitation", "manual_invitation"],
    });
    let restrictions = json!({"allowlist": true, "blockDisposableEmailDomains": true});
    let origins = json!(["my-app://renderer"]);
    let frontend = format!("{}/frontend/", bench.served.url);
    let calls = [
        ("instance.update", json!({"testMode": false, "allowedOrigins": origins}), json!({})),
        ("instance.get", json!({}), json!({"allowedOrigins": origins})),
        ("instance.updateRestrictions", restrictions.clone(), restrictions),
        ("instance.updateOrganizationSettings", organizations.clone(), organizations.clone()),
        ("instance.getOrganizationSettings", json!({}), organizations),
        ("instance.update", json!({"allowedOrigins": []}), json!({})),
        ("instance.get", json!({}), json!({"allowedOrigins": []})),
        ("domains.list", json!({}), json!({"totalCount": 1})),
    ];
    let asked: Value = calls.iter().map(|(name, sent, _)| json!([name, sent])).collect();
    let outcomes = bench.library(&asked);
    for (index, (name, _, shown)) in calls.iter().enumerate() {
        let outcome = &outcomes[index];
        assert!(outcome.get("refused").is_none(), "{name}: {outcome}");
        assert_shows(&outcome["answer"], shown);
    }
    let domain = &outcomes[calls.len() - 1]["answer"]["data"][0];
    assert!(domain["frontendApiUrl"].as_str().unwrap().starts_with(&frontend), "{domain}");

    let kept = json!({
        "instance": {"test_mode": false, "allowed_origins": []},
        "restrictions": {"allowlist": true, "block_disposable_email_domains": true},
        "organization_settings": {
            "enabled": true,
            "max_allowed_memberships": 7,
            "domains_enabled": true,
            "domains_enrollment_modes": ["automatic_invitation"],
        },
    });
    assert_eq!(bench.settings(), kept);
}

fn refused_updates() {
    let bench = Bench::set_up();
    let outcomes = bench.library(&json!([
        ["instance.update", {"supportEmail": "nobody"}],
        ["instance.updateOrganizationSettings", {"maxAllowedMemberships": -1}],
    ]));
    let refusals = [
        ("form_param_format_invalid", "support_email"),
        ("form_param_value_invalid", "max_allowed_memberships"),
    ];
    for (index, (code, parameter)) in refusals.into_iter().enumerate() {
        let outcome = &outcomes[index];
        assert_eq!(outcome["refused"], 422, "{outcome}");
        let error = &outcome["errors"][0];
        assert_eq!(
            (&error["code"], &error["meta"]["paramName"]),
            (&json!(code), &json!(parameter))
        );
    }
}
