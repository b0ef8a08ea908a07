//! `sandbox`: serves an emulation of the service on loopback.

use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;

use super::args::SandboxArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::signals;
use crate::failure::FailureCode;
use crate::sandbox::{ServeOptions, serve};

/// Runs the command, until a signal ends it.
pub fn run(args: &SandboxArgs, console: &Console) -> Result<Exit, Failure> {
    check_data(args)?;
    let options = ServeOptions {
        port: args.port,
        data: args.data.clone(),
        latency: Duration::from_millis(args.latency_ms.into()),
        rate_limit: args.rate_limit,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(FailureCode::System, error, "try again"))?;
    let ready = |address: std::net::SocketAddr| {
        console.result(&format!("http://{address}\n"));
        console.note(
            "Each key that starts with `sk_test_` or `sk_live_` has its own instance. Set \
             CLERK_API_URL to the URL above. Press Ctrl-C to stop.",
        );
    };
    let served = runtime.block_on(signals::heeding(|stop| async move {
        let ended = async move {
            stop.tripped().await;
        };
        serve(options, ready, ended).await
    }));
    match served {
        Ok(Err(error)) => Err(Failure::new(
            FailureCode::SandboxFailed,
            anyhow::Error::new(error),
            "choose another `--port` (0 takes any that is free) or another `--data` file",
        )),
        Ok(Ok(())) | Err(_) => Ok(Exit::Interrupted),
    }
}

/// The file of the instances is made at the first change; that it can be is known before.
fn check_data(args: &SandboxArgs) -> Result<(), Failure> {
    let folder = args.data.as_deref().and_then(Path::parent);
    match folder.filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        None => Ok(()),
        Some(folder) => Err(Failure::new(
            FailureCode::SandboxFailed,
            anyhow!("there is no folder `{}` to keep the instances in", folder.display()),
            "create it, or choose another `--data` file",
        )),
    }
}
