//! Refusals of servers that look at who asks, as the platforms do: nothing of them is made up.

use crate::place::Stored;
use crate::support::fake::Script;
use crate::support::object_raw::signature_of_access;
use crate::support::object_servers::{ACCOUNT_KEY, Kind, Server};
use crate::support::program::{Ran, run};
use crate::support::proxy::{Request, send};

/// What the program says with other credentials, and whether it went as far as it may.
fn refused(stored: &Stored, words: &[&str], credentials: &[(&str, &str)], said: &str) {
    let ran = with(stored, words, credentials);
    let told = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.exit, 1, "{said} {ran:?}");
    assert!(told.contains(said) && told.contains(&stored.key), "{said} {ran:?}");
    assert!(told.contains("help: "), "{said} {ran:?}");
    let asked = stored.place.fake.asked();
    assert!(!asked.iter().any(|it| it.what.starts_with("PATCH")), "{said} {asked:?}");
    let (_, secret) = credentials.last().expect("there are some");
    assert!(!told.contains(secret), "{said} {ran:?}");
}

fn with(stored: &Stored, words: &[&str], credentials: &[(&str, &str)]) -> Ran {
    let mut command = stored.command(words);
    for name in ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY"] {
        command.env_remove(name);
    }
    run(command.envs(credentials.iter().copied()))
}

/// The server for S3 as long as it looks at signatures and policies.
struct Guarded(Server);

impl Guarded {
    fn ask(&self, target: &str, kind: &str, body: &str) -> String {
        // Of that much the server wants to know who asks, and believes it.
        let by = "AWS4-HMAC-SHA256 Credential=ANYBODY/20260102/us-east-1/iam/aws4_request, \
                  SignedHeaders=host, Signature=00";
        let headers = [("content-type", kind), ("authorization", by)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request {
            method: "POST".to_owned(),
            target: target.to_owned(),
            headers: headers.to_vec(),
            body: body.as_bytes().to_vec(),
        };
        let reply = send(&self.0.address, &request).expect("the server answers");
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, 200, "{text}");
        text
    }

    /// How many further requests it believes.
    fn believe(&self, requests: u32) {
        self.ask("/moto-api/reset-auth", "text/plain", &requests.to_string());
    }

    /// A user who may do these things to these objects: both parts of a key.
    fn user(&self, name: &str, actions: &str, objects: &str) -> [String; 2] {
        let form = |action: &str, further: &str| {
            let form = format!("Version=2010-05-08&Action={action}&UserName={name}{further}");
            self.ask("/", "application/x-www-form-urlencoded", &form)
        };
        form("CreateUser", "");
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": [{actions}],
                "Resource": "arn:aws:s3:::states{objects}"}}]}}"#
        );
        let policy: String = url::form_urlencoded::byte_serialize(policy.as_bytes()).collect();
        form("PutUserPolicy", &format!("&PolicyName=p&PolicyDocument={policy}"));
        let told = form("CreateAccessKey", "");
        ["AccessKeyId", "SecretAccessKey"].map(|name| {
            let (_, rest) = told.split_once(&format!("<{name}>")).expect("there is a key");
            rest.split('<').next().unwrap_or_default().to_owned()
        })
    }
}

const fn key<'a>(id: &'a str, secret: &'a str) -> [(&'static str, &'a str); 2] {
    [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)]
}

pub fn of_s3() {
    let server = Guarded(Server::start(Kind::S3));
    server.believe(100);
    let [reader, secret] = server.user("reader", r#""s3:GetObject", "s3:ListBucket""#, "*");
    let [elsewhere, other] = server.user("elsewhere", r#""s3:*""#, "/another/*");
    server.believe(0);
    let stored = Stored::at(Kind::S3, &server.0.address, Script::new());

    let ran = with(&stored, &["plan"], &key(&reader, &secret));
    assert!(ran.exit == 0 && ran.stdout.contains("no state at s3://states/"), "{ran:?}");
    for (words, [id, secret], said) in [
        (&["apply", "--yes"][..], [&*reader, &*secret], "may not write the state: status 403"),
        (&["plan"], [&elsewhere, &other], "may not read the state: status 403: AccessDenied"),
        (&["apply", "--yes"], [&elsewhere, &other], "may not read the state: status 403"),
        (&["plan"], [&reader, "hushhushhush"], "does not accept these credentials: status 403"),
        (&["plan"], ["AKIANOBODY", "hushhushhush"], "403: InvalidAccessKeyId"),
    ] {
        refused(&stored, words, &key(id, secret), said);
    }
    server.believe(1);
    assert_eq!(stored.raw.get(&stored.key), None);
}

pub fn of_azure() {
    let stored = Stored::new(Kind::Azure);
    let reading = signature_of_access("r", "2099-01-02T03:04:05Z");
    let over = signature_of_access("rcw", "2026-01-02T03:04:05Z");
    let all = signature_of_access("rcw", "2099-01-02T03:04:05Z");
    let edited = reading.replace("sp=r", "sp=rcw");
    let other = ACCOUNT_KEY.replace("Eby8", "Eby9");
    let signed = "AZURE_STORAGE_SAS_TOKEN";

    let ran = with(&stored, &["plan"], &[(signed, &reading)]);
    assert!(ran.exit == 0 && ran.stdout.contains("no state at az://states/"), "{ran:?}");
    for (words, name, value, said) in [
        (&["apply", "--yes"][..], signed, &reading, "may not write the state: status 403"),
        // The platform says that it is over, and this server does not say why.
        (&["apply", "--yes"], signed, &over, "does not accept these credentials: status 403"),
        (&["plan"], signed, &edited, "does not accept these credentials: status 403"),
        (&["plan"], "AZURE_STORAGE_KEY", &other, "does not accept these credentials: status 403"),
    ] {
        refused(&stored, words, &[(name, value)], said);
    }
    assert_eq!(stored.raw.get(&stored.key), None);
    let ran = with(&stored, &["apply", "--yes"], &[(signed, &all)]);
    assert!(ran.exit == 0 && stored.parsed().is_some(), "{ran:?}");
}
