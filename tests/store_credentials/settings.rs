//! What variables and URLs say about a store and cannot mean: told before anything is asked, whatever
//! the library for object stores would make of it.

use serde_json::Value;

use super::{AZURE, Answer, Machine, ROLE, S3, text};

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIASET"), ("AWS_SECRET_ACCESS_KEY", "hush")];

/// What a plan says of it, in words and as a document.
fn refused(machine: &Machine, state: &str, variables: &[(&str, &str)], code: &str, said: &str) {
    let ran = machine.does(&["plan", "--output-format", "json"], state, variables);
    assert_eq!(ran.exit, 1, "{state} {variables:?} {ran:?}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let error = &document["error"];
    assert_eq!(error["code"], code, "{state} {variables:?} {ran:?}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(said), "{state} {variables:?} {message}");
    assert!(!error["help"].as_str().unwrap().is_empty());
    assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
}

#[test]
fn an_address_that_a_bucket_cannot_have_is_refused() {
    let machine = Machine::new(&[]);
    let long = format!("s3://states/p/?endpoint=https://{}.example", "a.".repeat(2000));
    for (state, further, said) in [
        ("s3://bk/p/?endpoint=URL&path_style=false", None, "the endpoint 127.0.0.1 is an address"),
        ("s3://bk/p/?endpoint=https://10.0.0.1/&s3ForcePathStyle=false", None, "10.0.0.1 is an"),
        ("s3://bk/p/?endpoint=http://[::1]:9/&path_style=false", None, "[::1] is an address"),
        ("s3://bk/p/?path_style=false", Some(("AWS_ENDPOINT_URL", "URL")), "leave out `path_style"),
        ("s3://xn--a/p/", None, "the bucket `xn--a` cannot stand in a host's name"),
        ("s3://xn--a/p/?endpoint=https://s3.example&path_style=false", None, "the bucket `xn--a`"),
        ("s3://bk/p/?region=xn--a", None, "`xn--a`, which is not a region such as"),
        ("s3://bk/p/?region=xn--a&path_style=true", None, "`xn--a`, which is not a region such as"),
        ("s3://bk/p/", Some(("AWS_REGION", "eu west")), "`AWS_REGION` is `eu west`, which is not"),
        (S3, Some(("AWS_REGION", "é")), "`AWS_REGION` is `é`, which is not a region"),
        (S3, Some(("AWS_DEFAULT_REGION", "a/b")), "`AWS_DEFAULT_REGION` is `a/b`"),
        ("s3://bk/p/?endpoint=https://a{b.example/", None, "the option `endpoint` has to be"),
        ("gs://bk/p/?endpoint=https://a`b.example/", None, "the option `endpoint` has to be"),
        (&long, None, "the option `endpoint` has to be"),
        ("s3://bk/p/", Some(("AWS_ENDPOINT_URL", "https://a\"b/")), "`AWS_ENDPOINT_URL` has to be"),
    ] {
        let variables: Vec<_> = KEYS.into_iter().chain(further).collect();
        let code = if said.contains("option") { "state-location" } else { "state-no-store" };
        refused(&machine, state, &variables, code, said);
    }
    machine.write(".aws/config", "[default]\nregion = nowhere at all\n");
    refused(&machine, S3, &KEYS, "state-no-store", "the profile's region is `nowhere at all`");
    assert_eq!(machine.fake.asked(), []);
}

#[test]
fn what_cannot_be_sent_for_credentials_of_s3_is_refused() {
    let machine = Machine::new(&[]);
    let token = machine.write("token", "hushtoken");
    let long = machine.write("long", &"hush".repeat(20_000));
    let role = |file| [("AWS_WEB_IDENTITY_TOKEN_FILE", file), ("AWS_ROLE_ARN", ROLE)];
    for (state, variables, said) in [
        (S3, &role(long.as_str())[..], "which holds no token: it is too long"),
        (
            "s3://bk/p/?endpoint=URL&region=xn--a",
            &role(token.as_str()),
            "`xn--a` is not a region such as",
        ),
        (
            S3,
            &[&role(token.as_str())[..], &[("AWS_ENDPOINT_URL_STS", "https://a{b/")]].concat(),
            "`AWS_ENDPOINT_URL_STS` is not a URL",
        ),
    ] {
        refused(&machine, state, variables, "state-no-store", said);
    }
    assert_eq!(machine.fake.asked(), []);
}

#[test]
fn what_cannot_be_sent_for_credentials_of_azure_is_refused() {
    let machine = Machine::new(&[]);
    let token = machine.write("token", "hushtoken");
    let signature = format!("sv=1&sig={}", "hush".repeat(20_000));
    let application = |tenant| {
        [
            ("AZURE_CLIENT_ID", "client"),
            ("AZURE_TENANT_ID", tenant),
            ("AZURE_FEDERATED_TOKEN_FILE", token.as_str()),
        ]
    };
    let app = application("tenant");
    for (state, variables, said) in [
        (AZURE, &[("IDENTITY_ENDPOINT", "not a URL")][..], "`IDENTITY_ENDPOINT` is not a URL"),
        (
            AZURE,
            &[("IDENTITY_ENDPOINT", "URL/msi"), ("IDENTITY_HEADER", "hu\nsh")],
            "`IDENTITY_HEADER` holds a blank",
        ),
        (
            AZURE,
            &[("IDENTITY_ENDPOINT", "URL/msi"), ("AZURE_CLIENT_ID", &signature)],
            "`AZURE_CLIENT_ID` does not name an identity",
        ),
        (AZURE, &application("a`b"), "`AZURE_TENANT_ID` does not name a tenant"),
        (
            AZURE,
            &[&app[..], &[("AZURE_AUTHORITY_HOST", "https://a{b/")]].concat(),
            "`AZURE_AUTHORITY_HOST` is not a URL",
        ),
        (AZURE, &[("AZURE_STORAGE_SAS_TOKEN", &signature)], "is too long to be one"),
        (
            "az://c/p/?endpoint=URL",
            &[("AZURE_STORAGE_ACCOUNT", "é"), ("AZURE_STORAGE_KEY", "aHVzaA==")],
            "`AZURE_STORAGE_ACCOUNT` does not name a storage account",
        ),
        (
            "az://c/p/?account=xn--a",
            &[("AZURE_STORAGE_KEY", "aHVzaA==")],
            "the storage account `xn--a` cannot stand in a host's name",
        ),
        (
            "az://c/p/",
            &[(
                "AZURE_STORAGE_CONNECTION_STRING",
                "AccountName=acme;AccountKey=aHVzaA==;EndpointSuffix=a b",
            )],
            "has no usable `EndpointSuffix`",
        ),
    ] {
        refused(&machine, state, variables, "state-no-store", said);
    }
    assert_eq!(machine.fake.asked(), []);
}

#[test]
fn an_address_that_metadata_of_google_cannot_have_is_refused() {
    let machine = Machine::new(&[]);
    let here = ("GCE_METADATA_HOST", "localhost:1");
    for (variables, name) in [
        (&[here, ("GCE_METADATA_IP", "a b")][..], "GCE_METADATA_IP"),
        (&[here, ("GCE_METADATA_ROOT", "")], "GCE_METADATA_ROOT"),
        (&[("GCE_METADATA_HOST", "localhost:1\n")], "GCE_METADATA_HOST"),
    ] {
        let said = format!("`{name}` is not the address of metadata");
        refused(&machine, "gs://bk/p/", variables, "state-no-store", &said);
    }
}

#[test]
fn an_answer_that_cannot_be_sent_on_is_no_credential() {
    let json = |body: &str| Answer {
        status: 200,
        body: Some(serde_json::from_str(body).unwrap()),
        ..Answer::default()
    };
    let managed = "GET /msi?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com";
    let token = json(
        r#"{"access_token": "a\nb", "expires_on": "4070908800", "expires_in": 9,
            "token_type": "Bearer"}"#,
    );
    let machine = Machine::new(&[
        (managed, token),
        ("PUT /latest/api/token", text("word")),
        ("GET /latest/meta-data/iam/security-credentials/", text("<html>sign in</html>")),
    ]);
    for (state, variable, said) in [
        (AZURE, ("IDENTITY_ENDPOINT", "URL/msi"), "the answer holds no usable token"),
        (S3, ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "URL"), "is not the metadata of a machine"),
    ] {
        refused(&machine, state, &[variable], "state-denied", said);
    }
}

#[test]
fn a_store_is_told_how_to_encrypt_and_with_which_key_only_where_that_is_asked_for() {
    let head = |name: &str| format!("x-amz-server-side-encryption{name}");
    for (options, method, key, bucket_key) in [
        ("", None, None, None),
        ("&sse=AES256", Some("AES256"), None, None),
        ("&sse=aws:kms", Some("aws:kms"), None, Some("true")),
        ("&sse=aws:kms&kms_key_id=alias/a", Some("aws:kms"), Some("alias/a"), Some("true")),
        ("&sse=aws:kms:dsse", Some("aws:kms:dsse"), None, None),
        ("&sse=aws:kms:dsse&kms_key_id=1-a", Some("aws:kms:dsse"), Some("1-a"), None),
    ] {
        let refused = Answer { status: 403, ..Answer::default() };
        let machine = Machine::new(&[("PUT /states/p/clerk.state.json", refused)]);
        machine.does(&["state", "adopt"], &format!("{S3}{options}"), &KEYS);
        let asked = machine.fake.asked();
        let written = asked.iter().find(|it| it.what.starts_with("PUT ")).unwrap();
        let told = |name| written.headers.get(&head(name)).map(String::as_str);
        let told = (told(""), told("-aws-kms-key-id"), told("-bucket-key-enabled"));
        assert_eq!(told, (method, key, bucket_key), "{options}");
    }
}
