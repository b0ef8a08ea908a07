//! Clients for HTTP. One costs some milliseconds, since it reads root certificates, so it is made
//! when the first request is.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use reqwest::{Certificate, Client, ClientBuilder};

use super::no_reply::unbuildable;
use super::timeout::{CONNECT_TIMEOUT, TRY_TIMEOUT};
use super::{NoReply, roots};

/// How requests travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Without TLS and without a proxy: to this machine, or to one that only the machines around it
    /// can reach.
    PlainText,
    /// With TLS to this machine, and so without a proxy.
    EncryptedHere,
    /// With TLS to another machine, through a proxy where the environment names one.
    Encrypted,
}

/// Whose certificates are trusted.
#[derive(Clone, Copy, Debug)]
pub enum Roots<'a> {
    /// Those of this machine, or of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    System,
    /// Those of a file as well; they suffice where the machine has none.
    File {
        /// The file, in PEM form.
        path: &'a Path,
        /// The variable that names it.
        variable: &'static str,
    },
}

/// A client that tries once, follows no redirect and speaks HTTP/1.1.
///
/// # Errors
///
/// [`NoReply::Impossible`] where the root certificates cannot be read.
pub fn client(transport: Transport, roots: Roots<'_>) -> Result<Client, NoReply> {
    // Fails only where a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let built = match (transport, roots) {
        // No TLS, so no root certificates: the machine may have none.
        (Transport::PlainText, _) => builder(transport).tls_certs_only([]).build(),
        (_, Roots::System) => builder(transport).build(),
        (_, Roots::File { path, variable }) => {
            let certificates = read(path, variable)?;
            let both = builder(transport).tls_certs_merge(certificates.clone()).build();
            both.or_else(|_| builder(transport).tls_certs_only(certificates).build())
        }
    };
    built.map_err(|error| unbuildable(&error))
}

fn builder(transport: Transport) -> ClientBuilder {
    let builder = ClientBuilder::new()
        .user_agent(concat!("clerkform/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TRY_TIMEOUT);
    if transport == Transport::Encrypted {
        return builder;
    }
    // Port 0 stands for the URL's own.
    let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
        .map(|address| SocketAddr::new(address, 0));
    builder.no_proxy().resolve_to_addrs("localhost", &here)
}

fn read(path: &Path, variable: &str) -> Result<Vec<Certificate>, NoReply> {
    if let Some(why) = roots::of_file(path) {
        let path = path.display();
        return Err(NoReply::Impossible(format!("`{variable}` names `{path}`, {why}")));
    }
    let certificates = fs::read(path).ok().map(|pem| Certificate::from_pem_bundle(&pem));
    certificates.and_then(Result::ok).ok_or_else(|| {
        let path = path.display();
        NoReply::Impossible(format!("`{variable}` names `{path}`, which cannot be read"))
    })
}
