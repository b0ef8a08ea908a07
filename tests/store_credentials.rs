//! Where credentials for object stores come from: the real binary in environments of its own, a
//! store and whoever hands out credentials on loopback, and tools that are scripts.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "store_credentials/google_aws.rs"]
mod google_aws;
#[path = "store_credentials/google_files.rs"]
mod google_files;
#[cfg(target_os = "linux")]
#[path = "store_credentials/google_keys.rs"]
mod google_keys;
#[path = "store_credentials/outages.rs"]
mod outages;
#[path = "store_credentials/settings.rs"]
mod settings;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::json;
use support::fake::{Answer, Asked, Fake, Script};
use support::program::{Ran, clerkform, run};
use tempfile::TempDir;

/// What S3 and Google say of a state that is not there.
const MISSING: &str = "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>";

/// What asks for each state.
const ROLE: &str = "arn:aws:iam::1:role/r";

/// The answer to an exchange of a token of another identity.
const ASSUMED: &str = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>\
                       <Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId>\
                       <SecretAccessKey>hush</SecretAccessKey><SessionToken>hushtoken\
                       </SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
                       </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

/// A machine on which nobody has signed in anywhere, and a store.
struct Machine {
    home: TempDir,
    fake: Fake,
}

impl Machine {
    fn new(answers: &[(&str, Answer)]) -> Self {
        let mut script = Self::objects();
        for (what, answer) in answers {
            script.insert((*what).to_owned(), vec![answer.clone()]);
        }
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("clerk.yaml"), "restrictions: {blocklist: true}\n").unwrap();
        fs::create_dir(home.path().join("bin")).unwrap();
        Self { home, fake: Fake::start(script) }
    }

    /// What the store has: no state.
    fn objects() -> Script {
        let missing = Answer { status: 404, text: Some(MISSING.to_owned()), ..Answer::default() };
        let code = ("x-ms-error-code".to_owned(), "BlobNotFound".to_owned());
        let no_blob = Answer { status: 404, headers: [code].into(), ..Answer::default() };
        let names = ["clerk.state", "clerk.a.state", "clerk.b.state", "clerk.c.state"];
        let objects = names.into_iter().flat_map(|name| {
            let escaped = name.replace('.', "%2E");
            [
                (format!("GET /states/p/{name}.json"), &missing),
                (format!("GET /states/p%2F{escaped}%2Ejson"), &missing),
                (format!("GET /acme/states/p/{name}.json"), &no_blob),
                (format!("GET /acme/states/p/{name}.json?sv=1&sig=hu%2Fsh"), &no_blob),
            ]
        });
        objects.map(|(what, answer)| (what, vec![answer.clone()])).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn tool(&self, name: &str, script: &str) {
        self.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path("bin").join(name), mode).unwrap();
    }

    /// What `-v` says where a state is looked for, with these variables and no others.
    fn run(&self, state: &str, variables: &[(&str, &str)]) -> Ran {
        self.does(&["plan"], state, variables)
    }

    /// The same of another command.
    fn does(&self, words: &[&str], state: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = clerkform(self.home.path());
        command.args(words).args(["-v", "--state", &state.replace("URL", &self.fake.url)]);
        let kept = ["SystemRoot", "LLVM_PROFILE_FILE"].into_iter();
        let kept: Vec<_> = kept.filter_map(|name| Some((name, std::env::var_os(name)?))).collect();
        command.env_clear().envs(kept).env("HOME", self.home.path());
        command.env("PATH", self.path("bin"));
        let url = self.fake.url.as_str();
        run(command.envs(variables.iter().map(|(name, value)| (name, value.replace("URL", url)))))
    }

    /// The source that a run names which has found no state, and the last request.
    fn source(&self, state: &str, variables: &[(&str, &str)]) -> (String, Asked) {
        let ran = self.run(state, variables);
        assert_eq!(ran.exit, 0, "{variables:?} {ran:?}");
        assert!(ran.stdout.contains("no state at "), "{ran:?}");
        assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
        let lines = ran.stderr.lines();
        let mut told = lines.filter_map(|line| line.strip_prefix("state: credentials from "));
        let source = told.next().unwrap_or_else(|| panic!("{ran:?}")).to_owned();
        assert_eq!(told.next(), None);
        (source, self.fake.asked().pop().unwrap())
    }
}

fn text(text: &str) -> Answer {
    Answer { status: 200, text: Some(text.to_owned()), ..Answer::default() }
}

const S3: &str = "s3://states/p/?endpoint=URL";
const GOOGLE: &str = "gs://states/p/?endpoint=URL";
const AZURE: &str = "az://states/p/?endpoint=URL&account=acme";

#[test]
fn credentials_for_s3_come_from_where_the_tools_of_aws_look_for_them() {
    let handed = json!({"AccessKeyId": "ASIAHANDED", "SecretAccessKey": "hush", "Token": "hush",
                        "Expiration": "2099-01-01T00:00:00Z"});
    let exchange = "POST /?Action=AssumeRoleWithWebIdentity&DurationSeconds=3600&RoleArn=arn%3A\
                    aws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=WebIdentitySession&Version=\
                    2011-06-15&WebIdentityToken=hushtoken";
    let machine = Machine::new(&[
        (exchange, text(ASSUMED)),
        ("GET /handed?id=1", Answer { status: 200, body: Some(handed), ..Answer::default() }),
    ]);
    let token = machine.write("token", "hushtoken");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIASET"), ("AWS_SECRET_ACCESS_KEY", "hush")];
    let identity = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.as_str()),
        ("AWS_ROLE_ARN", ROLE),
        ("AWS_ENDPOINT_URL_STS", "URL"),
    ];
    let container = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "URL/handed?id=1"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush"),
    ];
    let (source, asked) = machine.source(S3, &[&keys[..], &identity[..], &container[..]].concat());
    assert_eq!(source, "the variable `AWS_ACCESS_KEY_ID`");
    assert!(asked.headers["authorization"].contains("Credential=AKIASET/"), "{asked:?}");

    let (source, asked) = machine.source(S3, &[&identity[..], &container[..]].concat());
    assert_eq!(source, format!("the role `{ROLE}`, by the token in `{token}` (web identity)"));
    assert!(asked.headers["authorization"].contains("Credential=ASIAASSUMED/"), "{asked:?}");
    assert_eq!(asked.headers["x-amz-security-token"], "hushtoken");

    let (source, asked) = machine.source(S3, &container);
    assert_eq!(source, "the container's role (`AWS_CONTAINER_CREDENTIALS_FULL_URI`)");
    assert!(asked.headers["authorization"].contains("Credential=ASIAHANDED/"), "{asked:?}");

    machine.write(".aws/config", "[profile work]\nregion = eu-west-3\nsso_session = s\n");
    machine.tool(
        "aws",
        "[ \"$*\" = 'configure export-credentials --format process' ] || exit 9\n\
         [ \"$AWS_PROFILE\" = work ] && [ \"$AWS_EC2_METADATA_DISABLED\" = true ] || exit 8\n\
         echo '{\"Version\": 1, \"AccessKeyId\": \"ASIATOOL\", \"SecretAccessKey\": \"hush\"}'",
    );
    let (source, asked) = machine.source(S3, &[("AWS_PROFILE", "work")]);
    assert_eq!(source, "profile `work`, by `aws configure export-credentials`");
    let sent = &asked.headers["authorization"];
    assert!(sent.contains("Credential=ASIATOOL/") && sent.contains("/eu-west-3/s3/"), "{asked:?}");

    // An older tool does not know these words; the keys of a profile are in its file.
    let says = "aws: error: argument subcommand: Invalid choice, valid choices are:";
    machine.tool("aws", &format!("echo '{says}' >&2; echo 'get | set' >&2; exit 2"));
    let ran = machine.run(S3, &[("AWS_PROFILE", "work")]);
    let told = ": profile `work`: this `aws` does not know `configure export-credentials`\n  \
                help: install AWS CLI 2.13 or newer, or set `AWS_ACCESS_KEY_ID` and \
                `AWS_SECRET_ACCESS_KEY`\n";
    assert!(ran.exit == 1 && ran.stderr.contains(told), "{ran:?}");
    let keys = "[work]\naws_access_key_id = AKIAFILE\naws_secret_access_key = hush\n";
    machine.write(".aws/credentials", keys);
    let (source, asked) = machine.source(S3, &[("AWS_PROFILE", "work")]);
    assert_eq!(source, "profile `work`, by its file");
    assert!(asked.headers["authorization"].contains("Credential=AKIAFILE/"), "{asked:?}");

    // The files may hold nothing for this profile.
    machine.tool("aws", "echo 'Unable to locate credentials' >&2; exit 253");
    let (source, _) = machine.source(S3, &container);
    assert!(source.starts_with("the container's role"), "{source}");
}

#[test]
fn where_nobody_has_credentials_that_is_told_and_nobody_is_asked() {
    let machine = Machine::new(&[]);
    for (state, variables, told) in [
        (S3, &[][..], "there are no credentials for this store\n"),
        (
            S3,
            &[("AWS_ACCESS_KEY_ID", "A")],
            "`AWS_ACCESS_KEY_ID` is set, and \
             `AWS_SECRET_ACCESS_KEY` is not",
        ),
        (S3, &[("AWS_PROFILE", "work")], "there is no `aws` on the path"),
        (
            S3,
            &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/gone"), ("AWS_ROLE_ARN", ROLE)],
            "`/gone`, which \
             cannot be read",
        ),
        (S3, &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/")], "leads neither"),
        (
            "s3://states/p/",
            &[("AWS_ENDPOINT_URL_S3", "http://example.com")],
            "`AWS_ENDPOINT_URL_S3` \
             has to be a URL",
        ),
        ("gs://states/p/", &[], "there are no credentials for this store\n"),
        ("gs://states/p/", &[("GOOGLE_APPLICATION_CREDENTIALS", "/gone")], "cannot be read"),
        ("gs://states/p/", &[("GCE_METADATA_HOST", "example.com")], "not the address of metadata"),
        (AZURE, &[], "there are no credentials for this store\n"),
        ("az://states/p/", &[], "the storage account is not named"),
        (AZURE, &[("AZURE_STORAGE_CONNECTION_STRING", "hush")], "is no connection string"),
    ] {
        let ran = machine.run(state, variables);
        assert_eq!(ran.exit, 1, "{variables:?} {ran:?}");
        let code = if told.starts_with("there") { "state-denied" } else { "state-no-store" };
        assert!(ran.stderr.contains(&format!("error[{code}]: ")), "{ran:?}");
        assert!(ran.stderr.contains(told) && !ran.stderr.contains("hush"), "{told}: {ran:?}");
    }
    assert_eq!(machine.fake.asked(), []);
}

#[test]
fn credentials_for_google_come_from_a_file_a_federation_or_the_machine() {
    let exchanged = json!({"access_token": "hushfirst", "expires_in": 3600});
    let acting = json!({"accessToken": "hushsecond", "expireTime": "2099-01-01T00:00:00Z"});
    let json = |body| Answer { status: 200, body: Some(body), ..Answer::default() };
    let metadata = "GET /computeMetadata/v1/instance/service-accounts/default/token?audience=\
                    https%3A%2F%2Fwww.googleapis.com%2Foauth2%2Fv4%2Ftoken";
    let machine = Machine::new(&[
        ("POST /token", json(exchanged.clone())),
        ("GET /identity", json(json!({"value": "hushidentity"}))),
        ("POST /act", json(acting)),
        (metadata, json(exchanged)),
    ]);
    let url = &machine.fake.url;
    let federation = |source: serde_json::Value, impersonated: Option<String>| {
        let content = json!({
            "type": "external_account",
            "audience": "//iam.googleapis.com/pool",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": format!("{url}/token"),
            "service_account_impersonation_url": impersonated,
            "credential_source": source,
        });
        machine.write("federation.json", &content.to_string())
    };
    let token = machine.write("token", "hushidentity\n");
    let file = federation(json!({"file": token}), None);
    let named = [("GOOGLE_APPLICATION_CREDENTIALS", file.as_str())];
    let (source, asked) = machine.source(GOOGLE, &named);
    let told = format!("external account in `{file}` (`GOOGLE_APPLICATION_CREDENTIALS`)");
    assert_eq!(source, told);
    assert_eq!(asked.headers["authorization"], "Bearer hushfirst");
    let exchange = &machine.fake.asked()[0];
    assert!(exchange.body.contains("subject_token=hushidentity"), "{exchange:?}");
    assert!(exchange.body.contains("audience=%2F%2Fiam.googleapis.com%2Fpool"), "{exchange:?}");

    federation(
        json!({
            "url": format!("{url}/identity"),
            "headers": {"Authorization": "bearer hush"},
            "format": {"type": "json", "subject_token_field_name": "value"},
        }),
        Some(format!("{url}/act")),
    );
    let (_, asked) = machine.source(GOOGLE, &named);
    assert_eq!(asked.headers["authorization"], "Bearer hushsecond");
    let last: Vec<_> = machine.fake.asked().into_iter().rev().take(4).collect();
    assert_eq!(last[3].headers["authorization"], "bearer hush");
    assert_eq!(last[1].headers["authorization"], "Bearer hushfirst");

    let (source, _) = machine.source(GOOGLE, &[]);
    assert_eq!(source, "none: this is an emulator");
    let (source, _) = machine.source("gs://states/p/", &[("STORAGE_EMULATOR_HOST", "URL")]);
    assert_eq!(source, "none: this is an emulator");
}

#[test]
fn credentials_for_azure_come_from_the_account_an_application_the_machine_or_a_sign_in() {
    let token = |token: &str| {
        let body = json!({"access_token": token, "expires_in": 3600, "expires_on": "4070908800",
                          "token_type": "Bearer"});
        Answer { status: 200, body: Some(body), ..Answer::default() }
    };
    let managed = "GET /msi?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com";
    let machine = Machine::new(&[
        ("POST /tenant/oauth2/v2.0/token", token("hushgranted")),
        (managed, token("hushmanaged")),
    ]);
    let key = [("AZURE_STORAGE_KEY", "aHVzaA==")];
    let (source, asked) = machine.source(AZURE, &key);
    assert_eq!(source, "the account's key in `AZURE_STORAGE_KEY`");
    assert!(asked.headers["authorization"].starts_with("SharedKey acme:"), "{asked:?}");

    let sas = [("AZURE_STORAGE_SAS_TOKEN", "?sv=1&sig=hu%2Fsh")];
    let (source, _) = machine.source(AZURE, &sas);
    assert_eq!(source, "the shared access signature in `AZURE_STORAGE_SAS_TOKEN`");

    let file = machine.write("token", "hushidentity");
    let application = [
        ("AZURE_CLIENT_ID", "client"),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_AUTHORITY_HOST", "URL"),
        ("AZURE_FEDERATED_TOKEN_FILE", file.as_str()),
    ];
    let (source, asked) = machine.source(AZURE, &application);
    assert_eq!(source, format!("the application `client`, by the token in `{file}`"));
    assert_eq!(asked.headers["authorization"], "Bearer hushgranted");

    let (source, asked) = machine.source(AZURE, &[("IDENTITY_ENDPOINT", "URL/msi")]);
    assert_eq!(source, "the managed identity (`IDENTITY_ENDPOINT`)");
    assert_eq!(asked.headers["authorization"], "Bearer hushmanaged");

    machine.write(".azure/azureProfile.json", "{}");
    machine.tool("az", "echo '{\"accessToken\": \"hushsigned\", \"expires_on\": 4070908800}'");
    let (source, asked) = machine.source(AZURE, &[]);
    assert_eq!(source, "the sign-in of `az`");
    assert_eq!(asked.headers["authorization"], "Bearer hushsigned");
    machine.tool("az", "echo \"ERROR: Please run 'az login'\" >&2; exit 1");
    let ran = machine.run(AZURE, &[]);
    assert!(ran.exit == 1 && ran.stderr.contains("ERROR: Please run 'az login'"), "{ran:?}");
}

#[test]
fn a_refusal_of_whoever_hands_them_out_is_told_without_what_is_secret() {
    let refused =
        |status, body: &str| Answer { status, text: Some(body.to_owned()), ..Answer::default() };
    let machine = Machine::new(&[
        ("GET /handed", refused(403, r#"{"message": "hush"}"#)),
        (
            "POST /token",
            refused(
                400,
                r#"{"error": "invalid_grant", "error_description": "The token hushidentity has expired"}"#,
            ),
        ),
    ]);
    let container = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "URL/handed")];
    let ran = machine.run(S3, &container);
    let told = "no credentials for this store were handed out: the container's role \
                (`AWS_CONTAINER_CREDENTIALS_FULL_URI`): status 403";
    assert!(ran.exit == 1 && ran.stderr.contains(told), "{ran:?}");
    assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");

    let token = machine.write("token", "hushidentity");
    let content = json!({
        "type": "external_account",
        "audience": "a",
        "subject_token_type": "b",
        "token_url": format!("{}/token", machine.fake.url),
        "credential_source": {"file": token},
    });
    let file = machine.write("federation.json", &content.to_string());
    let ran = machine.run(GOOGLE, &[("GOOGLE_APPLICATION_CREDENTIALS", &file)]);
    assert!(ran.stderr.contains("invalid_grant: The token *** has expired"), "{ran:?}");
    assert!(ran.exit == 1 && !format!("{ran:?}").contains("hush"), "{ran:?}");
}
