//! What the server for Google Cloud Storage is told in the place of what the program says.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::proxy::{Reply, Request};

/// How the program uploads is no kind of upload of which that server keeps the conditions, so each is
/// made one that is.
pub fn as_google(request: &Request, ask: &dyn Fn(&Request) -> Option<Reply>) -> Option<Reply> {
    let condition = request.headers.iter().find(|(name, _)| name == "x-goog-if-generation-match");
    let (Some((_, generation)), "PUT") = (condition, request.method.as_str()) else {
        let is_host = |(name, _): &(String, String)| name == "host";
        let others = request.headers.iter().filter(|header| !is_host(header)).cloned();
        let host = ("host".to_owned(), "storage.googleapis.com".to_owned());
        let headers = others.chain([host]).collect();
        let reply = ask(&Request { headers, ..request.clone() })?;
        return if reply.status == 404 { missing(request, reply, ask) } else { Some(reply) };
    };
    let (bucket, name) = request.target.trim_start_matches('/').split_once('/')?;
    let name = percent_decode_str(name).decode_utf8().ok()?;
    let about = json!({ "name": name }).to_string();
    let part = "\r\n--part\r\ncontent-type: application/json\r\n\r\n";
    let body =
        [part.as_bytes(), about.as_bytes(), part.as_bytes(), &request.body, b"\r\n--part--\r\n"];
    let upload = Request {
        method: "POST".to_owned(),
        target: format!(
            "/upload/storage/v1/b/{bucket}/o?uploadType=multipart&ifGenerationMatch={generation}"
        ),
        headers: vec![("content-type".to_owned(), "multipart/related; boundary=part".to_owned())],
        body: body.concat(),
    };
    let mut reply = ask(&upload)?;
    if reply.status == 200 {
        let told: Value = serde_json::from_slice(&reply.body).ok()?;
        reply.headers.retain(|(name, _)| name == "date");
        let etag = format!("\"{}\"", told["etag"].as_str()?);
        let generation = told["generation"].as_str()?.to_owned();
        for (name, value) in
            [("etag", etag), ("x-goog-generation", generation), ("content-length", "0".to_owned())]
        {
            reply.headers.push((name.to_owned(), value));
        }
        reply.body.clear();
    }
    Some(reply)
}

/// What the platform says of an object that is not there; the server has no code for it.
fn missing(
    request: &Request,
    reply: Reply,
    ask: &dyn Fn(&Request) -> Option<Reply>,
) -> Option<Reply> {
    let bucket = request.target.trim_start_matches('/').split('/').next()?;
    let target = format!("/storage/v1/b/{bucket}");
    let bucket = ask(&Request { method: "GET".to_owned(), target, ..Request::default() })?;
    let code = if bucket.status == 200 { "NoSuchKey" } else { "NoSuchBucket" };
    let body = format!("<?xml version='1.0'?><Error><Code>{code}</Code></Error>").into_bytes();
    let mut headers = reply.headers;
    headers.retain(|(name, _)| name == "date");
    headers.push(("content-length".to_owned(), body.len().to_string()));
    Some(Reply { headers, body, ..reply })
}
