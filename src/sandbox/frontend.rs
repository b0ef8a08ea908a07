//! What an instance shows besides its sections: its domain, which leads to its front end, and there
//! to everyone, without a key, its environment.

use serde_json::{Value, json};

use super::instance::Instance;
use super::response::Response;
use super::route::frontend_url;
use crate::catalog::{DEVELOPMENT_ORIGIN, FRONTEND_ENVIRONMENT_TYPE, Field, SECTIONS, Section};
use crate::text::fingerprint;

impl Instance {
    /// `GET /v1/domains` of a sandbox at this URL.
    pub(super) fn domains(&self, method: &str, sandbox: &str) -> Response {
        if method != "GET" {
            return Response::not_allowed();
        }
        let mut id = format!("dmn_{}", fingerprint(&format!("domain {}", self.id)));
        id.truncate(28);
        let origin = settings()
            .find(|(_, field)| field.name == DEVELOPMENT_ORIGIN)
            .and_then(|(section, field)| self.value(section, field).as_str().map(str::to_owned));
        Response::object(json!({
            "data": [{
                "object": "domain",
                "id": id,
                "name": "sandbox.invalid",
                "is_satellite": false,
                "frontend_api_url": frontend_url(sandbox, &self.id),
                "accounts_portal_url": null,
                "proxy_url": null,
                (DEVELOPMENT_ORIGIN): origin.unwrap_or_default(),
            }],
            "total_count": 1,
        }))
    }

    /// `GET /v1/environment` of the front end.
    pub(super) fn environment(&self) -> Value {
        let mut environment = json!({
            "object": "environment",
            "auth_config": {"object": "auth_config"},
            "display_config": {"object": "display_config"},
        });
        put(&mut environment, FRONTEND_ENVIRONMENT_TYPE, json!(self.environment_type));
        for (section, field) in settings() {
            let Some(frontend) = field.frontend else { continue };
            let mut value = self.value(section, field);
            if let (true, Value::Bool(on)) = (frontend.is_inverted, &mut value) {
                *on = !*on;
            }
            put(&mut environment, frontend.path, value);
        }
        environment
    }
}

/// Writes a value at a path.
fn put(environment: &mut Value, path: &str, value: Value) {
    *path.split('.').fold(environment, |object, name| &mut object[name]) = value;
}

fn settings() -> impl Iterator<Item = (&'static Section, &'static Field)> {
    SECTIONS
        .into_iter()
        .flat_map(|section| section.fields.iter().map(move |field| (section, field)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::EnvironmentType::{Development, Production};
    use crate::sandbox::instance::Subscription;

    fn patch(instance: &mut Instance, name: &str, body: &Value) {
        let section = crate::catalog::section(name).unwrap();
        let response =
            instance.answer("PATCH", section, body.to_string().as_bytes(), Subscription::Paid);
        assert!(response.written, "{response:?}");
    }

    #[test]
    fn the_environment_shows_every_setting_that_has_a_place_in_it() {
        let environment = Instance::fresh("a", Development).environment();
        let mut seen = 0;
        for (_, field) in settings() {
            let Some(frontend) = field.frontend else { continue };
            let pointer = format!("/{}", frontend.path.replace('.', "/"));
            let shown = environment.pointer(&pointer);
            assert!(shown.is_some_and(|value| !value.is_object()), "{}", frontend.path);
            seen += 1;
        }
        assert!(seen > 10);
    }

    #[test]
    fn the_environment_shows_what_was_set() {
        let mut instance = Instance::fresh("a", Production);
        patch(&mut instance, "instance", &json!({"test_mode": true, "hibp": false}));
        patch(&mut instance, "restrictions", &json!({"allowlist": true}));
        let modes = json!({"domains_enrollment_modes": ["automatic_suggestion"]});
        patch(&mut instance, "organization_settings", &modes);

        let environment = instance.environment();
        for (pointer, expected) in [
            ("/display_config/instance_environment_type", json!("production")),
            ("/display_config/support_email", json!(null)),
            ("/auth_config/test_mode", json!(true)),
            ("/auth_config/url_based_session_syncing", json!(false)),
            ("/user_settings/password_settings/disable_hibp", json!(true)),
            ("/user_settings/restrictions/allowlist/enabled", json!(true)),
            ("/user_settings/restrictions/blocklist/enabled", json!(false)),
            ("/organization_settings/max_allowed_memberships", json!(5)),
            (
                "/organization_settings/domains/enrollment_modes",
                json!(["automatic_suggestion", "manual_invitation"]),
            ),
        ] {
            assert_eq!(environment.pointer(pointer), Some(&expected), "{pointer}");
        }
    }

    #[test]
    fn the_deprecated_name_is_shown_beside_its_successor() {
        let mut instance = Instance::fresh("a", Development);
        patch(&mut instance, "instance", &json!({"cookieless_dev": true}));
        let shown = &instance.environment()["auth_config"];
        assert_eq!((&shown["cookieless_dev"], &shown["test_mode"]), (&json!(true), &json!(true)));
        assert_eq!(shown["url_based_session_syncing"], true);
    }

    #[test]
    fn the_domain_leads_to_the_front_end_and_back_to_the_application() {
        let mut instance = Instance::fresh("a", Development);
        let domain = |instance: &Instance| {
            let body = instance.domains("GET", "http://127.0.0.1:4711").body.unwrap();
            assert_eq!(body["total_count"], 1);
            body["data"][0].clone()
        };
        let shown = domain(&instance);
        let url = format!("http://127.0.0.1:4711/frontend/{}", instance.id);
        assert_eq!(
            (&shown["frontend_api_url"], &shown["is_satellite"]),
            (&json!(url), &json!(false))
        );
        assert!(shown["id"].as_str().unwrap().starts_with("dmn_"));
        assert_eq!(shown["development_origin"], "");

        let origin = json!({"development_origin": "http://localhost:3000"});
        patch(&mut instance, "instance", &origin);
        assert_eq!(domain(&instance)["development_origin"], "http://localhost:3000");
    }

    #[test]
    fn domains_are_only_read() {
        let instance = Instance::fresh("a", Development);
        for method in ["POST", "PATCH", "HEAD"] {
            assert_eq!(instance.domains(method, "").status, 405, "{method}");
        }
    }
}
