//! The answers of the emulation, and the shape of its errors, which is the service's.

use serde_json::{Map, Value, json};

/// An answer, before it becomes bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// The JSON body; `None` for none.
    pub body: Option<Value>,
    /// Whether settings were written, so that they have to be kept.
    pub written: bool,
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ErrorResponse {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) meta: Map<String, Value>,
}

impl ErrorResponse {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), meta: Map::new() }
    }

    pub(super) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.meta.insert(member.to_owned(), value.into());
        self
    }
}

impl Response {
    /// A success that shows an object.
    pub(super) const fn object(body: Value) -> Self {
        Self { status: 200, retry_after: None, body: Some(body), written: false }
    }

    /// A success that shows nothing.
    pub(super) const fn no_content() -> Self {
        Self { status: 204, retry_after: None, body: None, written: false }
    }

    /// What a path without anything behind it is answered.
    pub(super) fn not_found() -> Self {
        let problem = ErrorResponse::new("resource_not_found", "There is nothing at this path.");
        Self::refused(404, problem)
    }

    /// What a method that a path does not have is answered.
    pub(super) fn not_allowed() -> Self {
        let problem =
            ErrorResponse::new("method_not_allowed", "There is no such method at this path.");
        Self::refused(405, problem)
    }

    /// A refusal for one reason.
    pub(super) fn refused(status: u16, problem: ErrorResponse) -> Self {
        Self::refused_for(status, vec![problem])
    }

    /// A refusal for each of the reasons.
    pub(super) fn refused_for(status: u16, problems: Vec<ErrorResponse>) -> Self {
        let errors: Vec<Value> = problems
            .into_iter()
            .map(|ErrorResponse { code, message, meta }| {
                let mut error = json!({"message": message, "long_message": message, "code": code});
                if !meta.is_empty() {
                    error["meta"] = Value::Object(meta);
                }
                error
            })
            .collect();
        let body = Some(json!({ "errors": errors }));
        Self { status, retry_after: None, body, written: false }
    }

    /// The same with the number by which support would find the request, if it is an error.
    pub(super) fn traced(mut self, trace_id: impl FnOnce() -> String) -> Self {
        if let Some(Value::Object(body)) = &mut self.body
            && body.contains_key("errors")
        {
            body.insert("clerk_trace_id".to_owned(), Value::String(trace_id()));
        }
        self
    }

    /// The body as it travels; empty where there is none.
    pub fn bytes(&self) -> Vec<u8> {
        self.body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default()
    }
}
