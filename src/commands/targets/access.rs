//! The way to the service: over HTTP with a key, or to the emulation inside the process.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use super::Home;
use super::keys;
use crate::api::{
    Access, BaseUrl, Connections, Front, FrontError, HttpFront, HttpService, KeyRing, NextTry,
    Reply, Request, Service,
};
use crate::catalog::EnvironmentType;
use crate::commands::activity::whole_seconds;
use crate::commands::args::{DEFAULT_URL, ServiceArgs};
use crate::commands::console::Console;
use crate::commands::failure::Failure;
use crate::config::Target;
use crate::failure::FailureCode;
use crate::network::NoReply;
use crate::render::progress::again;
use crate::render::text::words::count;
use crate::sandbox::InProcess;
use crate::store::most_open_files;

/// The files that are open for an instance that is worked on: a connection, the lock of its state,
/// and the state itself; and the last two again, while another one is recorded that has made room
/// for it.
const FILES_AT_WORK: usize = 5;

/// The files that are open whatever is worked on.
const FILES_OF_THE_RUN: usize = 32;

/// The network as the options name it. Nothing of it is looked at before a target needs it.
pub(crate) struct Network<'a> {
    /// As they were given.
    pub(super) args: &'a ServiceArgs,
    connections: OnceCell<Arc<Connections>>,
    /// The keys of every target of the run.
    keys: KeyRing,
}

impl<'a> Network<'a> {
    pub(crate) fn of(args: &'a ServiceArgs, console: &Console) -> Self {
        Self { args, connections: OnceCell::new(), keys: console.keys.clone() }
    }

    /// How many of so many instances to work on at once: as many as the options say, where so many
    /// files may be open.
    pub(crate) fn at_once(&self, targets: usize, console: &Console) -> usize {
        let wanted = self.args.at_once().min(targets);
        let limit = most_open_files();
        let possible = (limit / 2).saturating_sub(FILES_OF_THE_RUN) / FILES_AT_WORK;
        if possible >= wanted {
            return wanted;
        }
        let possible = possible.max(1);
        let needed = 2 * (wanted * FILES_AT_WORK + FILES_OF_THE_RUN);
        console.note(&format!(
            "Working on {} at once instead of {wanted}: only {limit} files may be open, and \
             {wanted} need {needed} (`ulimit -n {needed}`).",
            count(possible, "instance")
        ));
        possible
    }

    /// Connections that every target shares, none of them open yet.
    fn connections(&self) -> Result<Arc<Connections>, Failure> {
        if let Some(connections) = self.connections.get() {
            return Ok(Arc::clone(connections));
        }
        let base = BaseUrl::parse(&self.url()).map_err(|error| {
            Failure::new(
                FailureCode::ApiUrl,
                anyhow::Error::new(error).context("the API URL cannot be used"),
                format!("the default is {DEFAULT_URL}; `--api-url` and CLERK_API_URL override it"),
            )
        })?;
        Ok(Arc::clone(self.connections.get_or_init(|| {
            let version = self.args.api_version.clone();
            Arc::new(Connections::new(base).version(version).hiding(self.keys.clone()))
        })))
    }

    /// A variable that is set to nothing is how pipelines say that it is not set.
    fn url(&self) -> Cow<'_, str> {
        let is_unset = self.args.api_url.is_empty()
            && std::env::var_os("CLERK_API_URL").is_some_and(|url| url.is_empty());
        if is_unset { DEFAULT_URL.into() } else { self.args.api_url.to_string_lossy() }
    }
}

/// The way to the instance of the target that is called `title`.
pub(crate) fn to<'a>(
    title: &str,
    target: &Target,
    home: &Home,
    network: &Network<'_>,
    console: &'a Console,
) -> Result<Access<'a>, Failure> {
    if let Some(place) = &home.sandbox {
        return emulated(title, target, place, console);
    }
    let connections = network.connections()?;
    let key = keys::of(title, target, &network.args.keys)?;
    let keys = network.keys.sending(&key);
    let environment_type = key.environment_type();
    let api = connections.base().clone();
    let inner = HttpService::new(connections, key.clone());
    let service = Box::new(Spoken { inner, title: title.to_owned(), console });
    let front = Box::new(Outside { api, title: front_title(title), console });
    Ok(Access { service, front, key: Some(key), keys, environment_type })
}

fn front_title(title: &str) -> String {
    format!("{title}, front end")
}

/// The way to the emulation inside the process.
fn emulated<'a>(
    title: &str,
    target: &Target,
    place: &Path,
    console: &'a Console,
) -> Result<Access<'a>, Failure> {
    let environment_type = target.environment_type.unwrap_or(EnvironmentType::Development);
    let asked = target.instance_id.as_deref();
    let inner = InProcess::open(place, environment_type, asked).map_err(|error| {
        Failure::new(
            FailureCode::SandboxInstance,
            anyhow::Error::new(error),
            "delete the file to start over with a new instance",
        )
    })?;
    let inner = Rc::new(inner);
    let service = Box::new(Spoken { inner: Rc::clone(&inner), title: title.to_owned(), console });
    let front = Box::new(Inside { inner, title: front_title(title), console });
    Ok(Access { service, front, key: None, keys: console.keys.clone(), environment_type })
}

/// The front ends of instances on the network.
struct Outside<'a> {
    api: BaseUrl,
    title: String,
    console: &'a Console,
}

impl Front for Outside<'_> {
    fn at(&self, url: &str) -> Result<Box<dyn Service + '_>, FrontError> {
        let inner = HttpFront::new(url, &self.api, self.console.keys.clone())?;
        Ok(Box::new(Spoken { inner, title: self.title.clone(), console: self.console }))
    }
}

/// The emulation inside the process, which is its own front end whatever its URL is.
struct Inside<'a> {
    inner: Rc<InProcess>,
    title: String,
    console: &'a Console,
}

impl Front for Inside<'_> {
    fn at(&self, _: &str) -> Result<Box<dyn Service + '_>, FrontError> {
        let inner = Rc::clone(&self.inner);
        Ok(Box::new(Spoken { inner, title: self.title.clone(), console: self.console }))
    }
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
            let asked = format!("{} {}", request.method(), request.path());
            self.console.asks(&self.title, &asked);
            let reply = self.inner.send(request).await;
            self.console.hears(&self.title);
            let what = match &reply {
                Ok(reply) => reply.status.to_string(),
                Err(no_reply) => format!("no answer: {no_reply}"),
            };
            self.console.detail(&self.title, &format!("{asked}: {what}"));
            reply
        })
    }

    fn hears_of(&self, request: &Request, next: &NextTry<'_>) {
        let answer = match next.last {
            Ok(reply) if reply.is_success() => "the answer broke off".to_owned(),
            Ok(reply) => reply.status.to_string(),
            Err(_) => "no answer".to_owned(),
        };
        let again = again(&answer, whole_seconds(next.wait), next.number);
        let what = format!("{} {}: {again}", request.method(), request.path());
        self.console.wait(&self.title, &what);
    }
}
