//! Files of credentials that lead to a token of Google by way of what this machine is for AWS.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::google_files::{asked, federation, machine_with, plan};
use super::{Machine, text};
use crate::support::fake::{Answer, Asked};

const SET: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIASET"),
    ("AWS_SECRET_ACCESS_KEY", "hushset"),
    ("AWS_SESSION_TOKEN", "hushtoken"),
];
const REGION: [(&str, &str); 2] = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "no")];

/// A machine of AWS, with what it is told about itself, other than usual in some places.
fn instance(otherwise: &[(&str, Answer)]) -> Machine {
    let handed = json!({"AccessKeyId": "ASIAROLE", "SecretAccessKey": "hushrole",
                        "Token": "hushtoken", "Expiration": "2099-01-01T00:00:00Z"});
    let usual = [
        ("PUT /latest/api/token", text("hushsession")),
        ("GET /latest/zone", text("us-east-2b\n")),
        ("GET /latest/roles", text("robot")),
        (
            "GET /latest/roles/robot",
            Answer { status: 200, body: Some(handed), ..Answer::default() },
        ),
    ];
    machine_with(&[&usual[..], otherwise].concat())
}

/// The source of a file that `gcloud iam workload-identity-pools create-cred-config --aws` writes.
fn source(machine: &Machine) -> Value {
    let url = &machine.fake.url;
    json!({
        "environment_id": "aws1",
        "region_url": format!("{url}/latest/zone"),
        "url": format!("{url}/latest/roles"),
        "regional_cred_verification_url":
            "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
    })
}

/// The signed request in the body of an exchange.
fn signed(exchange: &Asked) -> Value {
    let mut fields = url::form_urlencoded::parse(exchange.body.as_bytes());
    let (_, token) = fields.find(|(name, _)| name == "subject_token").unwrap();
    let request = percent_decode_str(&token).decode_utf8().unwrap().into_owned();
    serde_json::from_str(&request).unwrap()
}

fn head(request: &Value, name: &str) -> Option<String> {
    let heads = request["headers"].as_array().unwrap();
    let head = heads.iter().find(|head| head["key"] == name)?;
    Some(head["value"].as_str().unwrap().to_owned())
}

#[test]
fn what_variables_say_is_signed_and_nobody_else_is_asked() {
    let machine = instance(&[]);
    let content = federation(&machine, &source(&machine));
    let requests = asked(&machine, &content, &[&SET[..], &REGION[..]].concat());
    assert_eq!(requests[0].what, "POST /token");
    let request = signed(&requests[0]);
    assert_eq!(request["method"], "POST");
    let url = "https://sts.eu-west-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
    assert_eq!(request["url"], url);
    assert_eq!(head(&request, "host").unwrap(), "sts.eu-west-1.amazonaws.com");
    assert_eq!(head(&request, "x-amz-security-token").unwrap(), "hushtoken");
    assert_eq!(
        head(&request, "x-goog-cloud-target-resource").unwrap(),
        "//iam.googleapis.com/pool"
    );
    let authorization = head(&request, "authorization").unwrap();
    assert!(authorization.contains("Credential=AKIASET/"), "{authorization}");
    assert!(authorization.contains("/eu-west-1/sts/aws4_request, "), "{authorization}");
    assert_eq!(requests[1].headers["authorization"], "Bearer hushexchanged");
}

#[test]
fn what_no_variable_says_the_metadata_of_the_machine_says() {
    for (has_session, variables, expected) in [
        (false, &[][..], &["zone", "roles", "roles/robot"][..]),
        (true, &[][..], &["api/token", "zone", "roles", "roles/robot"][..]),
        (true, &REGION[..], &["api/token", "roles", "roles/robot"][..]),
        (true, &SET[..], &["api/token", "zone"][..]),
    ] {
        let machine = instance(&[]);
        let mut source = source(&machine);
        if has_session {
            let session = format!("{}/latest/api/token", machine.fake.url);
            source["imdsv2_session_token_url"] = session.into();
        }
        let requests = asked(&machine, &federation(&machine, &source), variables);
        let (metadata, others) = requests.split_at(expected.len());
        for (asked, place) in metadata.iter().zip(expected) {
            assert!(asked.what.ends_with(&format!(" /latest/{place}")), "{requests:?}");
            let session = asked.headers.get("x-aws-ec2-metadata-token").map(String::as_str);
            let is_in_session = has_session && *place != "api/token";
            assert_eq!(session, is_in_session.then_some("hushsession"), "{asked:?}");
        }
        assert_eq!(others[0].what, "POST /token");
        let authorization = head(&signed(&others[0]), "authorization").unwrap();
        let (id, region) = (
            if expected.contains(&"roles") { "ASIAROLE" } else { "AKIASET" },
            if expected.contains(&"zone") { "us-east-2" } else { "eu-west-1" },
        );
        assert!(authorization.contains(&format!("Credential={id}/")), "{authorization}");
        assert!(authorization.contains(&format!("/{region}/sts/")), "{authorization}");
    }
}

#[test]
fn a_machine_that_does_not_say_who_it_is_is_told() {
    let refused = |status| Answer { status, ..Answer::default() };
    for (place, answer, told) in [
        ("PUT /latest/api/token", refused(403), "403"),
        ("GET /latest/roles", refused(404), "404"),
        ("GET /latest/roles", text(" \n"), "does not say who this machine is"),
        ("GET /latest/roles/robot", text("{}"), "`AccessKeyId` is missing in the answer"),
        ("GET /latest/roles/robot", text("hush"), "is not JSON"),
    ] {
        let machine = instance(&[(place, answer)]);
        let mut source = source(&machine);
        source["imdsv2_session_token_url"] =
            format!("{}/latest/api/token", machine.fake.url).into();
        let ran = plan(&machine, &federation(&machine, &source), &[]);
        let code = "error[state-denied]: gs://states/p/clerk.state.json";
        assert!(ran.exit == 1 && ran.stderr.contains(code), "{place} {ran:?}");
        assert!(ran.stderr.contains(told), "{told} {ran:?}");
        let asked = machine.fake.asked();
        assert!(!asked.iter().any(|asked| asked.what == "POST /token"), "{asked:?}");
    }
}

#[test]
fn what_cannot_be_signed_is_told_and_nobody_is_asked() {
    let machine = instance(&[]);
    let with = |name: &str, value: Value| {
        let mut source = source(&machine);
        source[name] = value;
        source
    };
    let verification = "regional_cred_verification_url";
    for (source, variables, told) in [
        (with("environment_id", "aws2".into()), &[][..], "`environment_id` is not `aws1`"),
        (with("environment_id", 1.into()), &[], "no usable `environment_id`"),
        (with(verification, Value::Null), &[], "no usable `regional_cred_verification_url`"),
        (
            with(verification, "https://iam.{region}.amazonaws.com?Action=CreateUser".into()),
            &[],
            "no usable `regional_cred_verification_url`",
        ),
        (
            with(verification, "http://sts.{region}.amazonaws.com".into()),
            &[],
            "no usable `regional_cred_verification_url`",
        ),
        (with("url", "http://metadata.example.com/".into()), &[], "no usable `url`"),
        (with("region_url", Value::Null), &SET[..], "`AWS_REGION` is not set"),
        (with("url", Value::Null), &REGION[..], "`AWS_ACCESS_KEY_ID` is not set"),
        (with("url", Value::Null), &SET[..1], "`AWS_SECRET_ACCESS_KEY` is not"),
        (
            with("a", 1.into()),
            &[&SET[..], &[("AWS_REGION", "a/b")]].concat(),
            "`a/b` is not a region",
        ),
    ] {
        let ran = plan(&machine, &federation(&machine, &source), variables);
        assert!(ran.exit == 1 && ran.stderr.contains(told), "{told} {ran:?}");
        assert!(ran.stderr.contains("error[state-no-store]: "), "{ran:?}");
    }
    assert_eq!(machine.fake.asked(), []);
}
