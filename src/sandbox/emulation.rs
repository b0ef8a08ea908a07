//! The emulated service: who is asking, how often, and which instance answers. Knows no socket, no
//! file and no clock.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::instance::{Instance, Plan, not_found, section_at};
use super::rate::{RateLimit, Window};
use super::response::{Problem, Response};
use crate::api::SecretKey;
use crate::plan::fingerprint;

/// A key with this ending opens an instance of the free plan.
const FREE: &str = "_free";

/// A request, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path, without a query.
    pub path: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The whole body.
    pub body: &'a [u8],
}

/// The emulated service. Any well-formed key opens an instance of its own, made at first sight.
#[derive(Debug, Default)]
pub struct Emulation {
    instances: Instances,
    rate_limit: Option<RateLimit>,
    windows: BTreeMap<String, Window>,
    /// How many requests were answered, for the trace ids.
    answered: u64,
}

/// Every instance, by the fingerprint of its key: the keys themselves are kept nowhere.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Instances {
    instances: BTreeMap<String, Instance>,
}

impl Emulation {
    /// A service with these instances.
    pub(super) fn new(instances: Instances, rate_limit: Option<RateLimit>) -> Self {
        Self { instances, rate_limit, ..Self::default() }
    }

    /// What has to be kept.
    pub(super) const fn instances(&self) -> &Instances {
        &self.instances
    }

    /// Answers a request that came at `now`.
    pub fn answer(&mut self, asked: Asked<'_>, now: Instant) -> Response {
        let response = self.respond(asked, now).unwrap_or_else(|refused| refused);
        self.traced(response)
    }

    /// Answers a request whose body cannot be read, and which therefore asks for nothing.
    pub(super) fn traced(&mut self, response: Response) -> Response {
        self.answered += 1;
        let number = self.answered;
        response.traced(|| trace_id(number))
    }

    fn respond(&mut self, asked: Asked<'_>, now: Instant) -> Result<Response, Response> {
        let section = section_at(asked.path).ok_or_else(not_found)?;
        let text = bearer(asked.authorization)?;
        let key = SecretKey::parse(text).map_err(|_| {
            unauthorized("clerk_key_invalid", "The secret key is not valid: it has another form.")
        })?;
        let seed = fingerprint(&format!("key {text}"));
        if let Some(limit) = self.rate_limit {
            let window = self.windows.entry(seed.clone()).or_insert_with(|| Window::begin(now));
            window.count(limit, now).map_err(too_many)?;
        }
        let instance = self
            .instances
            .instances
            .entry(seed)
            .or_insert_with_key(|seed| Instance::fresh(seed, key.environment_type()));
        let plan = if text.ends_with(FREE) { Plan::Free } else { Plan::Paid };
        Ok(instance.answer(asked.method, section, asked.body, plan))
    }
}

/// The text that support would find the `number`th request by.
pub(super) fn trace_id(number: u64) -> String {
    let mut id = fingerprint(&format!("trace {number}"));
    id.truncate(32);
    id
}

fn bearer(authorization: Option<&str>) -> Result<&str, Response> {
    let Some(authorization) = authorization else {
        return Err(unauthorized(
            "authorization_header_missing",
            "The request has no Authorization header.",
        ));
    };
    match authorization.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Ok(key.trim()),
        _ => Err(unauthorized(
            "authorization_header_format_invalid",
            "The Authorization header is not of the form `Bearer <secret key>`.",
        )),
    }
}

fn unauthorized(code: &'static str, message: &str) -> Response {
    Response::refused(401, Problem::new(code, message))
}

fn too_many(seconds: u64) -> Response {
    let problem = Problem::new("too_many_requests", "Too many requests, please wait.");
    Response { retry_after: Some(seconds), ..Response::refused(429, problem) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn ask(emulation: &mut Emulation, method: &str, path: &str, key: &str, body: &str) -> Response {
        let authorization = format!("Bearer {key}");
        let asked =
            Asked { method, path, authorization: Some(&authorization), body: body.as_bytes() };
        emulation.answer(asked, Instant::now())
    }

    fn id(emulation: &mut Emulation, key: &str) -> String {
        let response = ask(emulation, "GET", "/v1/instance", key, "");
        response.body.unwrap()["id"].as_str().unwrap().to_owned()
    }

    #[test]
    fn every_key_opens_an_instance_of_its_own() {
        let mut emulation = Emulation::default();
        let (first, second) = (id(&mut emulation, "sk_test_a"), id(&mut emulation, "sk_live_a"));
        assert_ne!(first, second);
        assert_eq!(first, id(&mut Emulation::default(), "sk_test_a"));

        let path = "/v1/instance/organization_settings";
        ask(&mut emulation, "PATCH", path, "sk_test_a", r#"{"enabled":true}"#);
        for (key, enabled) in [("sk_test_a", true), ("sk_live_a", false)] {
            let response = ask(&mut emulation, "GET", path, key, "");
            assert_eq!(response.body.unwrap()["enabled"], enabled, "{key}");
        }
        let response = ask(&mut emulation, "GET", "/v1/instance", "sk_live_a", "");
        assert_eq!(response.body.unwrap()["environment_type"], "production");
    }

    #[test]
    fn no_key_is_kept() {
        let mut emulation = Emulation::default();
        ask(&mut emulation, "PATCH", "/v1/instance", "sk_test_hush", r#"{"hibp":false}"#);
        let kept = serde_json::to_string(emulation.instances()).unwrap();
        assert!(kept.contains("hibp"));
        assert!(!kept.contains("hush") && !format!("{emulation:?}").contains("hush"));
    }

    #[test]
    fn who_has_no_well_formed_key_is_turned_away() {
        let table = [
            (None, "authorization_header_missing"),
            (Some(""), "authorization_header_format_invalid"),
            (Some("sk_test_a"), "authorization_header_format_invalid"),
            (Some("Basic sk_test_a"), "authorization_header_format_invalid"),
            (Some("Bearer "), "clerk_key_invalid"),
            (Some("Bearer sk_test_"), "clerk_key_invalid"),
            (Some("Bearer pk_test_a"), "clerk_key_invalid"),
        ];
        for (authorization, code) in table {
            let asked = Asked { method: "GET", path: "/v1/instance", authorization, body: b"" };
            let response = Emulation::default().answer(asked, Instant::now());
            let body = response.body.unwrap();
            assert_eq!((response.status, &body["errors"][0]["code"]), (401, &json!(code)));
            assert!(body["clerk_trace_id"].is_string());
        }
    }

    #[test]
    fn an_unknown_path_is_not_found() {
        for path in ["/", "/v1", "/v1/instance/", "/v1/users", "/v1/instance/restriction"] {
            let response = ask(&mut Emulation::default(), "GET", path, "sk_test_a", "");
            assert_eq!(response.status, 404, "{path}");
            let body = response.body.unwrap();
            assert_eq!(body["errors"][0]["code"], "resource_not_found");
            assert!(body["clerk_trace_id"].is_string());
        }
    }

    #[test]
    fn the_end_of_a_key_chooses_the_free_plan() {
        let path = "/v1/instance/restrictions";
        for (key, status) in [("sk_live_a_free", 402), ("sk_live_free_a", 200)] {
            let body = r#"{"allowlist":true}"#;
            let response = ask(&mut Emulation::default(), "PATCH", path, key, body);
            assert_eq!(response.status, status, "{key}");
        }
    }

    #[test]
    fn a_rate_limit_is_each_instances_own() {
        let mut emulation = Emulation::new(Instances::default(), Some("1/5".parse().unwrap()));
        let start = Instant::now();
        let mut status = |authorization, after| {
            let asked = Asked {
                method: "GET",
                path: "/v1/instance",
                authorization: Some(authorization),
                body: b"",
            };
            let response = emulation.answer(asked, start + Duration::from_secs(after));
            (response.status, response.retry_after)
        };
        assert_eq!(status("Bearer sk_test_a", 0), (200, None));
        assert_eq!(status("Bearer sk_test_a", 1), (429, Some(4)));
        assert_eq!(status("Bearer sk_test_b", 1), (200, None));
        assert_eq!(status("Bearer sk_test_a", 5), (200, None));
    }

    #[test]
    fn every_error_has_a_trace_id_of_its_own() {
        let mut emulation = Emulation::default();
        let mut trace = || {
            let response = ask(&mut emulation, "GET", "/v1/nothing", "sk_test_a", "");
            response.body.unwrap()["clerk_trace_id"].clone()
        };
        assert_ne!(trace(), trace());
    }
}
