//! The emulation inside the process, in the network's place: one instance, no socket, no key.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use super::emulation::trace_id;
use super::file::{DataError, load, save};
use super::instance::{Instance, Subscription};
use super::response::Response;
use super::route::{Resource, Route};
use crate::api::{Body, Reply, Request, Service};
use crate::catalog::EnvironmentType;
use crate::network::NoReply;

/// What stands before the paths in the URLs that it tells. Nothing of that name is on any network.
const URL: &str = "https://sandbox.invalid";

/// A service with one instance, which lives in a file.
#[derive(Debug)]
pub struct InProcess {
    path: PathBuf,
    instance: RefCell<Instance>,
    answered: Cell<u64>,
}

impl InProcess {
    /// The instance that `path` holds, or a fresh one. The file is made with the first change; until
    /// then the id is the one that is `asked` for, so that a configuration for one instance can be
    /// tried out; else it follows from the path as it is given and the environment, so that it stays
    /// the same from run to run and two files in one run are two instances.
    pub fn open(
        path: &Path,
        environment_type: EnvironmentType,
        asked: Option<&str>,
    ) -> Result<Self, DataError> {
        let instance = match load::<Instance>(path)? {
            Some(instance) if instance.environment_type != environment_type => {
                return Err(DataError::OtherEnvironment {
                    path: path.to_owned(),
                    found: instance.environment_type,
                    asked: environment_type,
                });
            }
            Some(instance) => instance,
            None => {
                let name = path.strip_prefix(".").unwrap_or(path).display();
                let mut fresh =
                    Instance::fresh(&format!("{environment_type} {name}"), environment_type);
                if let Some(asked) = asked {
                    asked.clone_into(&mut fresh.id);
                }
                fresh
            }
        };
        let (path, instance) = (path.to_owned(), RefCell::new(instance));
        Ok(Self { path, instance, answered: Cell::new(0) })
    }

    fn answer(&self, request: &Request) -> Result<Reply, NoReply> {
        self.answered.set(self.answered.get() + 1);
        let mut instance = self.instance.borrow().clone();
        let response = respond(&mut instance, request).traced(|| trace_id(self.answered.get()));
        if response.written {
            // Only what is kept has happened.
            save(&self.path, &instance).map_err(|error| NoReply::Impossible(error.to_string()))?;
            self.instance.replace(instance);
        }
        Ok(Reply {
            status: response.status,
            retry_after: response.retry_after.map(Duration::from_secs),
            ray: None,
            body: Body::Whole(response.bytes()),
        })
    }
}

fn respond(instance: &mut Instance, request: &Request) -> Response {
    let body = match request {
        Request::Get { .. } => Vec::new(),
        Request::Patch { body, .. } => Value::Object(body.clone()).to_string().into_bytes(),
    };
    match (Route::at(request.path()), request.method()) {
        (Some(Route::WithKey(Resource::Settings(section))), method) => {
            instance.answer(method, section, &body, Subscription::Paid)
        }
        (Some(Route::WithKey(Resource::Domains)), method) => instance.domains(method, URL),
        (Some(Route::Environment(id)), "GET") if id.is_none_or(|id| id == instance.id) => {
            Response::object(instance.environment())
        }
        (Some(Route::Environment(_)) | None, _) => Response::not_found(),
    }
}

impl Service for InProcess {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        Box::pin(std::future::ready(self.answer(request)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::{KeyRing, Lookup, RetryBudget, Stop, look_up};
    use EnvironmentType::{Development, Production};

    async fn id(service: &InProcess) -> String {
        match look_up(service, &KeyRing::default(), &RetryBudget::default(), &Stop::never()).await {
            Lookup::Known { id, environment_type: Some(_), .. } => id,
            other => panic!("{other:?}"),
        }
    }

    fn patch(body: &Value) -> Request {
        let body = body.as_object().unwrap().clone();
        Request::Patch { path: "/v1/instance/organization_settings", body }
    }

    #[tokio::test]
    async fn reading_makes_no_file_and_the_id_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clerk.sandbox.instance.json");
        let first = id(&InProcess::open(&path, Development, None).unwrap()).await;
        let again = InProcess::open(&path, Development, None).unwrap();
        assert_eq!(first, id(&again).await);
        again.send(&patch(&json!({}))).await.unwrap();
        assert!(!path.exists());

        let other = InProcess::open(&path, Production, None).unwrap();
        assert_ne!(first, id(&other).await);
        let elsewhere = folder.path().join("other").join("clerk.sandbox.instance.json");
        assert_ne!(first, id(&InProcess::open(&elsewhere, Development, None).unwrap()).await);
        let asked = InProcess::open(&path, Development, Some("ins_2abc")).unwrap();
        assert_eq!(id(&asked).await, "ins_2abc");
    }

    #[tokio::test]
    async fn a_change_is_there_in_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clerk.sandbox.instance.json");
        let service = InProcess::open(&path, Development, None).unwrap();
        let reply = service.send(&patch(&json!({"enabled": true}))).await.unwrap();
        assert_eq!(reply.status, 200);
        let next = InProcess::open(&path, Development, None).unwrap();
        assert_eq!(id(&service).await, id(&next).await);
        let read = Request::Get { path: "/v1/instance/organization_settings" };
        let Body::Whole(body) = next.send(&read).await.unwrap().body else { panic!("no body") };
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["enabled"], true);

        let error = InProcess::open(&path, Production, None).unwrap_err().to_string();
        assert!(error.contains("holds a development instance"), "{error}");
    }

    #[tokio::test]
    async fn what_cannot_be_kept_has_not_happened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nowhere").join("clerk.sandbox.instance.json");
        let service = InProcess::open(&path, Development, None).unwrap();
        let failed = service.send(&patch(&json!({"enabled": true}))).await;
        assert!(matches!(failed, Err(NoReply::Impossible(_))), "{failed:?}");
        let shown = service.send(&patch(&json!({}))).await.unwrap();
        let Body::Whole(body) = shown.body else { panic!("no body") };
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["enabled"], false);
    }

    #[tokio::test]
    async fn the_environment_is_where_the_domain_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clerk.sandbox.instance.json");
        let service = InProcess::open(&path, Production, None).unwrap();
        let get = async |path| {
            let reply = service.send(&Request::Get { path }).await.unwrap();
            let Body::Whole(body) = reply.body else { panic!("no body") };
            serde_json::from_slice::<Value>(&body).unwrap()
        };
        let domains = get("/v1/domains").await;
        let url = domains["data"][0]["frontend_api_url"].as_str().unwrap();
        let path = format!("{}/v1/environment", url.strip_prefix(URL).unwrap());
        for path in [path.leak(), "/v1/environment"] {
            let shown = get(path).await;
            assert_eq!(shown["display_config"]["instance_environment_type"], "production");
        }
    }

    #[tokio::test]
    async fn errors_have_the_services_shape() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clerk.sandbox.instance.json");
        let service = InProcess::open(&path, Development, None).unwrap();
        for (request, status) in [
            (patch(&json!({"enabled": 7})), 422),
            (Request::Get { path: "/v1/instance/restrictions" }, 405),
            (Request::Get { path: "/v1/users" }, 404),
            (Request::Get { path: "/frontend/ins_2abc/v1/environment" }, 404),
        ] {
            let reply = service.send(&request).await.unwrap();
            let Body::Whole(body) = reply.body else { panic!("no body") };
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(reply.status, status);
            assert!(body["errors"][0]["code"].is_string() && body["clerk_trace_id"].is_string());
        }
    }
}
