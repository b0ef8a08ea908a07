//! What URLs of object stores mean, and which are refused.

use super::*;

fn parsed(url: &str) -> Result<ObjectUrl, UrlProblem> {
    let (scheme, rest) = url.split_once("://").unwrap();
    ObjectUrl::parse(Platform::of_scheme(scheme).unwrap(), rest)
}

#[test]
fn a_state_is_an_object_below_the_prefix() {
    for (url, key, location) in [
        ("s3://bucket/a/b/", "a/b/c.json", "s3://bucket/a/b/c.json"),
        ("s3://my.bucket", "c.json", "s3://my.bucket/c.json"),
        ("gs://bucket_1/", "c.json", "gs://bucket_1/c.json"),
        ("az://states/x%20y/", "x%20y/c.json", "az://states/x%20y/c.json"),
        ("s3://b/p/?region=eu-west-1", "p/c.json", "s3://b/p/c.json?region=eu-west-1"),
    ] {
        let parsed = parsed(url).unwrap();
        assert_eq!((&*parsed.key("c.json"), &*parsed.location("c.json")), (key, location), "{url}");
    }
}

#[test]
fn options_are_read_and_each_store_takes_its_own() {
    let url = "s3://b/?region=eu-west-1&endpoint=http%3A%2F%2F127.0.0.1%3A5000&s3ForcePathStyle=true\
               &sse=aws:kms&kms_key_id=arn:aws:kms:eu-west-1:1:key/ab-1&request_payer=requester";
    let options = parsed(url).unwrap().options;
    let expected = ObjectOptions {
        region: Some("eu-west-1".to_owned()),
        endpoint: Some(Url::parse("http://127.0.0.1:5000").unwrap()),
        addressing: Some(Addressing::Path),
        encryption: Some(Encryption::Kms),
        kms_key_id: Some("arn:aws:kms:eu-west-1:1:key/ab-1".to_owned()),
        payer: Some(Payer::Requester),
        account: None,
    };
    assert_eq!(options, expected);
    let account = parsed("az://c/p/?account=acme").unwrap().options.account;
    assert_eq!(account.as_deref(), Some("acme"));
    let host = parsed("s3://b/?path_style=false").unwrap().options.addressing;
    assert_eq!(host, Some(Addressing::Host));
}

#[test]
fn what_names_no_place_or_holds_a_secret_is_refused_and_not_repeated() {
    for (url, said) in [
        ("s3://", "names no bucket"),
        ("s3:///p/", "names no bucket"),
        ("s3://b c/", "names no bucket"),
        ("s3://b/p", "end with `/`"),
        ("s3://b//p/", "the prefix of states has an empty part"),
        ("s3://b/a//b/", "the prefix of states has an empty part"),
        ("s3://b//", "the prefix of states has an empty part"),
        ("s3://b/../p/", "the prefix of states has a part `.` or `..`"),
        ("s3://b/./p", "the prefix of states has a part `.` or `..`"),
        ("s3://b/a b/", "the prefix of states holds a blank"),
        (&format!("s3://b/{}/", "p".repeat(1024)), "is longer than the name of an object"),
        ("s3://b/?hush=hush", "no option `hush`"),
        ("s3://b/?a%20hush=hush", "no option `…`"),
        ("gs://b/?region=hush", "no option `region`"),
        ("gs://b/?kms_key_id=hush", "no option `kms_key_id`"),
        ("s3://b/?region=a&region=hush", "`region` is given twice"),
        ("s3://b/?path_style=1&s3ForcePathStyle=0&x=hush", "`path_style` is given twice"),
        ("s3://b/?region=hush!", "`region` has to be"),
        ("s3://b/?sse=hush", "`sse` has to be"),
        ("s3://b/?kms_key_id=hush", "`sse` has to be"),
        ("s3://b/?request_payer=hush", "`request_payer` has to be"),
        ("s3://b/?endpoint=hush", "`endpoint` has to be"),
        ("s3://b/?endpoint=http://hush.example", "plain http is for this machine only"),
        ("s3://b/?endpoint=https://me:hush@s3.example", "with credentials in it"),
        ("s3://b/?access_key_id=hush", "with credentials in it"),
        ("s3://b/?secret=hush", "with credentials in it"),
        ("az://b/?sig=hush", "with credentials in it"),
        ("az://b/?account=hush!", "`account` has to be"),
    ] {
        let problem = parsed(url).unwrap_err();
        let told = problem.told(url);
        let rest = told.replace("`hush`", "").replace("hush.example", "") + &problem.help();
        assert!(told.contains(said) && !rest.contains("hush"), "{url}: {told}");
    }
}
