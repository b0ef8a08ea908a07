//! Requests to those who hand out credentials.

use hyper::Request;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use object_store::client::HttpRequestBody;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::answer::not_lent;
use super::exchange::{Exchange, Heard, Listener};
use super::problem::ObjectProblem;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Enclosed<'a> {
    /// Nothing: what is there is read.
    Nothing,
    /// Nothing: something new is to be there.
    NothingNew,
    /// The fields of a form.
    Form(&'a [(&'a str, &'a str)]),
    /// A document.
    Json(&'a Value),
}

/// The whole answer, where it is a success. `heads` go with the request.
pub(super) async fn ask(
    exchange: &Exchange,
    url: &Url,
    heads: &[(&str, &str)],
    asked: Enclosed<'_>,
) -> Result<Vec<u8>, ObjectProblem> {
    let unsendable = || ObjectProblem::not_lent("the request for credentials cannot be sent");
    let listener = Listener::default();
    let (method, kind, body) = match asked {
        Enclosed::Nothing => ("GET", None, HttpRequestBody::empty()),
        Enclosed::NothingNew => ("PUT", None, HttpRequestBody::empty()),
        Enclosed::Form(fields) => {
            let form =
                form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            ("POST", Some("application/x-www-form-urlencoded"), form.into())
        }
        Enclosed::Json(document) => ("POST", Some("application/json"), document.to_string().into()),
    };
    let mut request = Request::builder().method(method).uri(url.as_str());
    request = request.header(ACCEPT, "application/json");
    if let Some(kind) = kind {
        request = request.header(CONTENT_TYPE, kind);
    }
    for (name, value) in heads {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body).map_err(|_| unsendable())?;
    request.extensions_mut().insert(listener.clone());
    let answer = exchange.answer(request).await;
    match (answer, listener.heard()) {
        (Ok(answer), Some(Heard::Answer(head))) if (200..300).contains(&head.status) => {
            let body = answer.into_body().bytes().await.map_err(|_| unsendable())?;
            Ok(body.to_vec())
        }
        (_, Some(heard)) => Err(not_lent(&heard)),
        (_, None) => Err(unsendable()),
    }
}

/// The same for an answer that is JSON.
pub(super) async fn ask_json(
    exchange: &Exchange,
    url: &Url,
    heads: &[(&str, &str)],
    asked: Enclosed<'_>,
) -> Result<Value, ObjectProblem> {
    let answer = ask(exchange, url, heads, asked).await?;
    serde_json::from_slice(&answer).map_err(|_| {
        let host = url.host_str().unwrap_or_default();
        ObjectProblem::not_lent(format!("the answer of {host} is not JSON"))
    })
}
