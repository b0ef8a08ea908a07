//! The emulation on a port of this machine.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::emulation::{EmulatedRequest, Emulation};
use super::file::{DataError, load, save};
use super::rate::RateLimit;
use super::response::{ErrorResponse, Response};

/// How much of a request's body is read.
const BODY_LIMIT: usize = 1024 * 1024;

/// How long requests that are being answered at the end may still take, their latency aside.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// How the sandbox is served.
#[derive(Clone, Debug, Default)]
pub struct ServeOptions {
    /// The port; 0 for any that is free.
    pub port: u16,
    /// The file that keeps the instances; `None` to forget them at the end.
    pub data: Option<PathBuf>,
    /// How long every answer takes.
    pub latency: Duration,
    /// How many requests an instance answers; `None` for any number.
    pub rate_limit: Option<RateLimit>,
}

/// Why the sandbox cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Something else listens there.
    #[error("port {port} is in use: choose another with `--port`, or 0 for any that is free")]
    PortInUse {
        /// The port that was asked for.
        port: u16,
    },
    /// The operating system said no.
    #[error("cannot listen on port {port} of this machine: {source}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The instances cannot be loaded.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// The state that all connections share.
struct Shared {
    emulation: Mutex<Emulation>,
    data: Option<PathBuf>,
    latency: Duration,
}

/// Serves on loopback until `end` completes; requests that are being answered then are answered.
/// `on_ready` is told the address once requests are accepted.
pub async fn serve(
    options: ServeOptions,
    on_ready: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let ServeOptions { port, data, latency, rate_limit } = options;
    let instances = match &data {
        Some(path) => load(path)?.unwrap_or_default(),
        None => super::emulation::Instances::default(),
    };
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse { port },
        _ => ServeError::Listen { port, source },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let emulation = Emulation::new(format!("http://{address}"), instances, rate_limit);
    let shared = Arc::new(Shared { emulation: Mutex::new(emulation), data, latency });
    on_ready(address);

    let (ending, ended) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut end = pin!(end);
    loop {
        tokio::select! {
            biased;
            () = &mut end => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, Arc::clone(&shared), ended.clone()));
                }
                // Out of descriptors, say: those in use have to be given back first.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
        }
    }
    drop((listener, ending));
    let finish = async { while connections.join_next().await.is_some() {} };
    // Connections that outlast the wait are closed with the set.
    let _ = tokio::time::timeout(latency + LAST_WAIT, finish).await;
    Ok(())
}

/// One connection until its end, or until the sandbox's.
async fn converse(stream: TcpStream, shared: Arc<Shared>, mut ended: watch::Receiver<()>) {
    // Only about speed: an answer is not to wait for the next packet.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(travelling(&respond(&shared, request).await)) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
    );
    // What breaks a connection concerns its other end alone.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ended.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn respond(shared: &Shared, request: hyper::Request<Incoming>) -> Response {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let problem = ErrorResponse::new("request_body_too_large", "The body is over 1 MiB.");
            return shared.emulation().traced(Response::refused(413, problem));
        }
        Err(_) => {
            let problem = ErrorResponse::new("request_body_invalid", "The body broke off.");
            return shared.emulation().traced(Response::refused(400, problem));
        }
    };
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    // A header that is no text is no key either.
    let authorization =
        head.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    shared.answer(EmulatedRequest {
        method: head.method.as_str(),
        path: head.uri.path(),
        authorization,
        body: &body,
    })
}

impl Shared {
    fn emulation(&self) -> MutexGuard<'_, Emulation> {
        self.emulation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, asked: EmulatedRequest<'_>) -> Response {
        let mut emulation = self.emulation();
        let response = emulation.answer(asked, Instant::now());
        if let Some(path) = self.data.as_ref().filter(|_| response.written)
            && let Err(error) = save(path, emulation.instances())
        {
            let message =
                format!("The change was made, and will be lost when the sandbox stops: {error}.");
            return emulation
                .traced(Response::refused(500, ErrorResponse::new("internal_error", message)));
        }
        response
    }
}

fn travelling(response: &Response) -> hyper::Response<Full<Bytes>> {
    let mut travelling = hyper::Response::new(Full::new(Bytes::from(response.bytes())));
    *travelling.status_mut() = hyper::StatusCode::from_u16(response.status)
        .unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = travelling.headers_mut();
    if response.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(seconds) = response.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    travelling
}

#[cfg(test)]
mod tests;
