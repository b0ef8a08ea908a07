//! The emulated service: who is asking, how often, and which instance answers. Knows no socket, no
//! file and no clock.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::instance::{Instance, Subscription};
use super::rate::{RateLimit, Window};
use super::response::{ErrorResponse, Response};
use super::route::{Resource, Route, frontend_url};
use crate::api::SecretKey;
use crate::text::fingerprint;

/// A key with this ending opens an instance of the free plan.
const FREE: &str = "_free";

/// A request, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct EmulatedRequest<'a> {
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
    /// Its own URL, without a final slash.
    url: String,
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
    /// A service at this URL with these instances.
    pub(super) fn new(url: String, instances: Instances, rate_limit: Option<RateLimit>) -> Self {
        Self { url, instances, rate_limit, ..Self::default() }
    }

    /// What has to be kept.
    pub(super) const fn instances(&self) -> &Instances {
        &self.instances
    }

    /// Answers a request that came at `now`.
    pub fn answer(&mut self, asked: EmulatedRequest<'_>, now: Instant) -> Response {
        let response = self.respond(asked, now).unwrap_or_else(|refused| refused);
        self.traced(response)
    }

    /// Answers a request whose body cannot be read, and which therefore asks for nothing.
    pub(super) fn traced(&mut self, response: Response) -> Response {
        self.answered += 1;
        let number = self.answered;
        response.traced(|| trace_id(number))
    }

    fn respond(&mut self, asked: EmulatedRequest<'_>, now: Instant) -> Result<Response, Response> {
        match Route::at(asked.path).ok_or_else(Response::not_found)? {
            Route::WithKey(place) => self.respond_with_key(asked, place, now),
            Route::Environment(id) => self.environment(asked, id),
        }
    }

    fn respond_with_key(
        &mut self,
        asked: EmulatedRequest<'_>,
        place: Resource,
        now: Instant,
    ) -> Result<Response, Response> {
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
        let plan = if text.ends_with(FREE) { Subscription::Free } else { Subscription::Paid };
        Ok(match place {
            Resource::Settings(section) => instance.answer(asked.method, section, asked.body, plan),
            Resource::Domains => instance.domains(asked.method, &self.url),
        })
    }

    /// Public, so there is nothing to count and no key to look at; on the contrary.
    fn environment(
        &self,
        asked: EmulatedRequest<'_>,
        id: Option<&str>,
    ) -> Result<Response, Response> {
        if asked.authorization.is_some() {
            let message = "The environment is public. Send no secret key to the front end.";
            return Err(Response::refused(
                400,
                ErrorResponse::new("authorization_invalid", message),
            ));
        }
        if asked.method != "GET" {
            return Err(Response::not_allowed());
        }
        let mut instances = self.instances.instances.values();
        let found = match (id, instances.len()) {
            (Some(id), _) => instances.find(|instance| instance.id == id),
            (None, 1) => instances.next(),
            (None, count) => return Err(self.which_environment(count)),
        };
        Ok(Response::object(found.ok_or_else(Response::not_found)?.environment()))
    }

    fn which_environment(&self, count: usize) -> Response {
        let message = format!(
            "There are {count} instances here. Ask for {}/v1/environment; GET /v1/domains, with the \
             key of an instance, tells the URL of its own.",
            frontend_url(&self.url, "<instance id>")
        );
        Response::refused(404, ErrorResponse::new("resource_not_found", message))
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
    Response::refused(401, ErrorResponse::new(code, message))
}

fn too_many(seconds: u64) -> Response {
    let problem = ErrorResponse::new("too_many_requests", "Too many requests, please wait.");
    Response { retry_after: Some(seconds), ..Response::refused(429, problem) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const URL: &str = "http://127.0.0.1:4711";

    fn ask(emulation: &mut Emulation, method: &str, path: &str, key: &str, body: &str) -> Response {
        let authorization = format!("Bearer {key}");
        let asked = EmulatedRequest {
            method,
            path,
            authorization: Some(&authorization),
            body: body.as_bytes(),
        };
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
            let asked =
                EmulatedRequest { method: "GET", path: "/v1/instance", authorization, body: b"" };
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

    fn environment(emulation: &mut Emulation, path: &str) -> Response {
        let asked = EmulatedRequest { method: "GET", path, authorization: None, body: b"" };
        emulation.answer(asked, Instant::now())
    }

    #[test]
    fn an_instances_domain_leads_to_its_own_environment() {
        let mut emulation = Emulation::new(URL.to_owned(), Instances::default(), None);
        for (key, kind) in [("sk_test_a", "development"), ("sk_live_a", "production")] {
            let domains = ask(&mut emulation, "GET", "/v1/domains", key, "").body.unwrap();
            let url = domains["data"][0]["frontend_api_url"].as_str().unwrap();
            let path = format!("{}/v1/environment", url.strip_prefix(URL).unwrap());
            let shown = environment(&mut emulation, &path).body.unwrap();
            assert_eq!(shown["display_config"]["instance_environment_type"], kind);
        }
        let missing = environment(&mut emulation, "/frontend/ins_2abc/v1/environment");
        assert_eq!(missing.status, 404);
    }

    #[test]
    fn the_only_instances_environment_is_at_the_root_too() {
        let mut emulation = Emulation::new(URL.to_owned(), Instances::default(), None);
        let path = "/v1/environment";
        assert_eq!(environment(&mut emulation, path).status, 404);
        id(&mut emulation, "sk_test_a");
        assert_eq!(environment(&mut emulation, path).status, 200);
        id(&mut emulation, "sk_test_b");
        let response = environment(&mut emulation, path);
        assert_eq!(response.status, 404);
        let message = response.body.unwrap()["errors"][0]["message"].to_string();
        assert!(message.contains(&format!("{URL}/frontend/<instance id>/v1/environment")));
    }

    #[test]
    fn no_key_is_to_be_sent_to_the_environment_and_nothing_is_changed_there() {
        let mut emulation = Emulation::default();
        let id = id(&mut emulation, "sk_test_a");
        for path in ["/v1/environment".to_owned(), format!("/frontend/{id}/v1/environment")] {
            for (method, authorization, status) in [
                ("GET", None, 200),
                ("GET", Some("Bearer sk_test_a"), 400),
                ("GET", Some(""), 400),
                ("PATCH", None, 405),
            ] {
                let asked = EmulatedRequest { method, path: &path, authorization, body: b"{}" };
                let response = emulation.answer(asked, Instant::now());
                assert_eq!(response.status, status, "{method} {path} {authorization:?}");
            }
        }
    }

    #[test]
    fn a_rate_limit_is_each_instances_own() {
        let mut emulation =
            Emulation::new(URL.to_owned(), Instances::default(), Some("1/5".parse().unwrap()));
        let start = Instant::now();
        let mut status = |authorization, after| {
            let asked = EmulatedRequest {
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
