//! Answers as the platforms send them.

use hyper::header::{HeaderMap, HeaderValue};

use super::*;
use crate::store::StoreClock;

fn answer(status: u16, complaint: &str) -> AnswerHead {
    let (heads, complaint) = (HeaderMap::new(), complaint.to_owned());
    AnswerHead { status, clock: StoreClock::of_this_machine(), heads, complaint }
}

fn s3(status: u16, code: &str, message: &str) -> AnswerHead {
    let body = format!(
        "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <AWSAccessKeyId>AKIAHUSH</AWSAccessKeyId><StringToSign>hush</StringToSign></Error>"
    );
    answer(status, &body)
}

fn meant(head: AnswerHead, platform: Platform, purpose: Purpose) -> ObjectProblem {
    meaning(&Heard::Answer(head), platform, purpose)
}

fn azure(status: u16, code: &'static str) -> AnswerHead {
    let mut head = answer(status, "");
    head.heads.insert("x-ms-error-code", HeaderValue::from_static(code));
    head
}

#[test]
fn only_a_store_that_says_so_itself_means_that_there_is_no_state() {
    use Platform::{Azure, Google, S3};
    let missing = || s3(404, "NoSuchKey", "The specified key does not exist.");
    let indented = "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<Error xmlns=\"a\">\n  \
                    <Code>NoSuchKey</Code>\n</Error>";
    let azure_s = "<?xml version=\"1.0\"?><Error><Code>BlobNotFound</Code></Error>";
    for (head, platform, expected) in [
        (missing(), S3, true),
        (missing(), Google, true),
        (missing(), Azure, false),
        (answer(404, "<Error><Code>NoSuchKey</Code></Error>"), S3, true),
        (answer(404, indented), S3, true),
        (azure(404, "BlobNotFound"), Azure, true),
        (answer(404, azure_s), Azure, true),
        (azure(404, "BlobNotFound"), S3, false),
        // Something else of the store's is missing, or must not be seen.
        (s3(404, "NoSuchBucket", "The specified bucket does not exist"), S3, false),
        (s3(404, "NoSuchBucket", "The specified bucket does not exist."), Google, false),
        (azure(404, "ContainerNotFound"), Azure, false),
        (azure(404, "ResourceNotFound"), Azure, false),
        (s3(403, "AccessDenied", "Access Denied"), S3, false),
        (s3(403, "NoSuchKey", "It may be there."), S3, false),
        (answer(410, ""), S3, false),
    ] {
        assert_eq!(is_missing(&head, platform), expected, "{platform:?} {head:?}");
    }
}

#[test]
fn another_program_that_knows_no_such_page_does_not_mean_that_there_is_no_state() {
    for body in [
        "",
        "Not Found",
        "404 page not found\n",
        "<!doctype html><HTML><body>nginx</body></HTML>",
        "<html><body><ul><li>Code: NoSuchKey</li><Code>NoSuchKey</Code></ul></body></html>",
        "<Errors><Code>NoSuchKey</Code></Errors>",
        "<Error><Code>404</Code></Error>",
        r#"{"error": "not found"}"#,
        r#"{"error": "NoSuchKey"}"#,
        r#"{"message": "no Route matched with those values"}"#,
        // As other interfaces of the platforms have it, also for a bucket.
        r#"{"error": {"code": 404, "errors": [{"reason": "notFound"}]}}"#,
        r#"{"error": {"code": 404, "errors": [{"reason": "NoSuchKey"}]}}"#,
    ] {
        for platform in [Platform::S3, Platform::Google, Platform::Azure] {
            let head = answer(404, body);
            assert!(!is_missing(&head, platform), "{platform:?} {body}");
            let problem = meant(head, platform, Purpose::Reading);
            assert_eq!(problem.fault, ObjectFault::Unexpected, "{platform:?} {body}");
            let code = if platform == Platform::Azure { "BlobNotFound" } else { "NoSuchKey" };
            let told = format!(", without the code `{code}` for a missing state");
            assert!(problem.told.ends_with(&told), "{problem}");
        }
    }
}

#[test]
fn a_container_that_is_not_there_is_told_by_its_code() {
    let problem = meant(azure(404, "ContainerNotFound"), Platform::Azure, Purpose::Reading);
    assert_eq!(problem.fault, ObjectFault::NoBucket);
}

#[test]
fn what_a_store_complains_of_is_understood_and_told_without_what_is_secret() {
    use ObjectFault::{
        ClockOff, EncryptionKey, Expired, Failing, NoBucket, NotAccepted, NotReplaced, Unexpected,
        Unreadable, Unwritable, WrongRegion,
    };
    use Purpose::{Reading, Writing};
    for (head, purpose, fault) in [
        (s3(403, "AccessDenied", "Access Denied"), Reading, Unreadable),
        (s3(403, "AccessDenied", "Access Denied"), Writing, Unwritable),
        (s3(403, "InvalidAccessKeyId", "No such id."), Reading, NotAccepted),
        (s3(403, "SignatureDoesNotMatch", "It differs."), Writing, NotAccepted),
        (s3(400, "ExpiredToken", "The provided token has expired."), Writing, Expired),
        (s3(403, "RequestTimeTooSkewed", "Too large."), Reading, ClockOff),
        (s3(404, "NoSuchBucket", "No such bucket"), Writing, NoBucket),
        (s3(301, "PermanentRedirect", "Elsewhere."), Reading, WrongRegion),
        (s3(400, "AuthorizationHeaderMalformed", "expecting 'eu-west-1'"), Reading, WrongRegion),
        (answer(301, ""), Reading, WrongRegion),
        (s3(400, "KMS.DisabledException", "It is disabled."), Writing, EncryptionKey),
        (s3(412, "PreconditionFailed", "One of them."), Writing, NotReplaced),
        (s3(409, "ConditionalRequestConflict", "At once."), Writing, NotReplaced),
        (s3(404, "NoSuchKey", "Gone."), Writing, NotReplaced),
        (s3(503, "SlowDown", "Please reduce your request rate."), Writing, Failing),
        (answer(408, ""), Reading, Failing),
        (answer(401, "no"), Reading, NotAccepted),
        (answer(405, "no"), Reading, Unexpected),
        (answer(412, ""), Reading, Unexpected),
    ] {
        let problem = meant(head.clone(), Platform::S3, purpose);
        assert_eq!(problem.fault, fault, "{head:?}");
        assert!(!problem.told.to_lowercase().contains("hush"), "{problem}");
    }
    let told = meant(s3(403, "A&amp;B", "&lt;no&gt;\u{1b}[2J"), Platform::S3, Reading).told;
    assert_eq!(told, "status 403: A&B: <no>\\u{1b}[2J");
}

#[test]
fn the_region_that_an_answer_names_is_told() {
    let mut head = answer(301, "");
    head.heads.insert("x-amz-bucket-region", HeaderValue::from_static("eu-west-1"));
    let told = meant(head, Platform::S3, Purpose::Reading).told;
    assert_eq!(told, "status 301: its region is eu-west-1");
}

#[test]
fn azure_and_google_say_it_in_other_ways() {
    let old = "<Error><Code>AuthenticationFailed</Code><Message>Server failed.\nRequestId:1\n\
               Time:2</Message><AuthenticationErrorDetail>Request date header too old: \
               'x'</AuthenticationErrorDetail></Error>";
    let problem = meant(answer(403, old), Platform::Azure, Purpose::Reading);
    assert_eq!(problem.fault, ObjectFault::ClockOff);
    assert_eq!(problem.told, "status 403: AuthenticationFailed: Server failed.");
    let emulator = "<Error><Code>AuthorizationFailure</Code><Message>Server failed to authenticate \
                    the request.</Message></Error>";
    let problem = meant(answer(403, emulator), Platform::Azure, Purpose::Reading);
    assert_eq!(problem.fault, ObjectFault::NotAccepted);
    let over = old.replace(
        "Request date header too old: 'x'",
        "Signature not valid in the specified time frame",
    );
    let problem = meant(answer(403, &over), Platform::Azure, Purpose::Reading);
    assert_eq!(problem.fault, ObjectFault::Expired);
    let google = r#"{"error": "invalid_grant", "error_description": "The token is not valid"}"#;
    let problem = not_lent(&Heard::Answer(answer(400, google)));
    assert_eq!(problem.fault, ObjectFault::CredentialsFailed);
    assert_eq!(problem.told, "status 400: invalid_grant: The token is not valid");
    let over = google.replace("The token is not valid", "Token has been expired or revoked.");
    let problem = not_lent(&Heard::Answer(answer(400, &over)));
    assert_eq!(problem.fault, ObjectFault::Expired);
    let problem = not_lent(&Heard::Answer(answer(404, "")));
    assert_eq!(problem.told, "status 404");
    let problem = not_lent(&Heard::Answer(answer(503, "")));
    assert_eq!(problem.fault, ObjectFault::LenderFailing);
    let problem = not_lent(&Heard::Answer(answer(200, "")));
    assert_eq!(problem.told, "the answer holds no usable token");
}

#[test]
fn no_answer_is_told_as_the_network_tells_it() {
    for (no_reply, fault) in [
        (NoReply::Impossible("no roots".to_owned()), ObjectFault::Impossible),
        (NoReply::NotSent("refused".to_owned()), ObjectFault::Unreachable),
        (NoReply::Lost("cut".to_owned()), ObjectFault::Unreachable),
    ] {
        let told = no_reply.to_string();
        let problem = meaning(&Heard::Nothing(no_reply), Platform::S3, Purpose::Writing);
        assert_eq!(problem, ObjectProblem { fault, told });
    }
}
