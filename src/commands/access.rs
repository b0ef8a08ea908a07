//! The way to the service: over HTTP with a key, or to the emulation inside the process.

use std::cell::OnceCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::args::{ApplyArgs, DEFAULT_URL, ServiceArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::keys;
use super::targets::Home;
use crate::api::{BaseUrl, Connections, HttpService, NoReply, Reply, Request, Service};
use crate::apply::Access;
use crate::catalog::EnvironmentType;
use crate::plan::TargetPlan;
use crate::sandbox::InProcess;

/// The network as the options name it. Nothing of it is looked at before a target needs it.
pub(super) struct Network<'a> {
    args: &'a ServiceArgs,
    connections: OnceCell<Arc<Connections>>,
}

impl<'a> Network<'a> {
    pub(super) const fn of(args: &'a ApplyArgs) -> Self {
        Self { args: &args.service, connections: OnceCell::new() }
    }

    /// Connections that every target shares, none of them open yet.
    fn connections(&self) -> Result<Arc<Connections>, Failure> {
        if let Some(connections) = self.connections.get() {
            return Ok(Arc::clone(connections));
        }
        let base = BaseUrl::parse(self.url()).map_err(|error| {
            Failure::new(
                "api-url",
                anyhow::Error::new(error).context("the URL of the service cannot be used"),
                format!("it is {DEFAULT_URL} unless `--api-url` or CLERK_API_URL says otherwise"),
            )
            .exit(Exit::Usage)
        })?;
        Ok(Arc::clone(self.connections.get_or_init(|| Arc::new(Connections::new(base)))))
    }

    /// A variable that is set to nothing is how pipelines say that it is not set.
    fn url(&self) -> &str {
        let is_unset = self.args.api_url.is_empty()
            && std::env::var_os("CLERK_API_URL").is_some_and(|url| url.is_empty());
        if is_unset { DEFAULT_URL } else { &self.args.api_url }
    }
}

/// The way to one target's instance.
pub(super) fn to<'a>(
    plan: &TargetPlan,
    home: &Home,
    network: &Network<'_>,
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
    let connections = network.connections()?;
    let key = keys::of(plan, network.args)?;
    let environment_type = key.environment_type();
    let inner = HttpService::new(connections, key.clone());
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
