//! The way to the service: over HTTP with a key, or to the emulation inside the process.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::args::ApplyArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::keys;
use super::targets::Home;
use crate::api::{BaseUrl, Connections, HttpService, NoReply, Reply, Request, Service};
use crate::apply::Access;
use crate::catalog::EnvironmentType;
use crate::plan::TargetPlan;
use crate::sandbox::InProcess;

/// Connections to the service that the options name, none of them open yet.
pub(super) fn connections(args: &ApplyArgs) -> Result<Arc<Connections>, Failure> {
    let base = BaseUrl::parse(&args.service.api_url).map_err(|error| {
        Failure::new(
            "api-url",
            anyhow::Error::new(error).context("the URL of the service cannot be used"),
            "it is https://api.clerk.com unless `--api-url` or CLERK_API_URL says otherwise",
        )
        .exit(Exit::Usage)
    })?;
    Ok(Arc::new(Connections::new(base)))
}

/// The way to one target's instance.
pub(super) fn to<'a>(
    plan: &TargetPlan,
    home: &Home,
    args: &ApplyArgs,
    connections: &Arc<Connections>,
    console: &'a Console,
) -> Result<Access<'a>, Failure> {
    if let Some(place) = &home.sandbox {
        let environment_type = plan.target.environment_type.unwrap_or(EnvironmentType::Development);
        let asked = plan.target.instance_id.as_deref();
        let inner = InProcess::open(place, environment_type, asked).map_err(|error| {
            Failure::new(
                "sandbox-instance",
                anyhow::Error::new(error),
                "delete the file to start with a fresh instance",
            )
        })?;
        let service = Box::new(Spoken { inner, title: plan.title(), console });
        return Ok(Access { service, key: None, environment_type });
    }
    let key = keys::of(plan, &args.service)?;
    let environment_type = key.environment_type();
    let inner = HttpService::new(Arc::clone(connections), key.clone());
    let service = Box::new(Spoken { inner, title: plan.title(), console });
    Ok(Access { service, key: Some(key), environment_type })
}

/// A service that tells of each try where `-v` asks for it.
struct Spoken<'a, S> {
    inner: S,
    title: String,
    console: &'a Console,
}

impl<S: Service> Service for Spoken<'_, S> {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        Box::pin(async move {
            let reply = self.inner.send(request).await;
            let what = match &reply {
                Ok(reply) => reply.status.to_string(),
                Err(no_reply) => format!("no answer: {no_reply}"),
            };
            let method = request.method();
            self.console.detail(&format!("{}: {method} {}: {what}", self.title, request.path()));
            reply
        })
    }
}
