//! Google's own names on this machine: a proxy that leads each of them to a server of the test, with
//! certificates of an authority that only the test knows.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, SignatureScheme, StreamOwned};

use super::proxy::{read_request, send, write_reply};

/// The authority's certificate.
pub const AUTHORITY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/google/authority.pem");

/// A certificate for `accounts.google.com` and `storage.googleapis.com`, and its key.
const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/google/server.pem");

/// The key of a service account that nobody has.
pub const SERVICE_ACCOUNT: &str = include_str!("google/service_account.pem");

/// A running proxy. Its threads end with the test's process.
pub struct GoogleProxy {
    /// What `HTTPS_PROXY` is to be.
    pub url: String,
    led: Arc<Mutex<Vec<String>>>,
}

impl GoogleProxy {
    /// One that leads to a server without TLS, such as `http://127.0.0.1:4711`.
    pub fn to(server: &str) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let led: Arc<Mutex<Vec<String>>> = Arc::default();
        let (told, config) = (Arc::clone(&led), Arc::new(config()));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (server, told) = (server.clone(), Arc::clone(&told));
                let config = Arc::clone(&config);
                std::thread::spawn(move || lead(connection, &server, config, &told));
            }
        });
        Self { url, led }
    }

    /// The hosts that it has led to the server, in order.
    pub fn led(&self) -> Vec<String> {
        self.led.lock().expect("no thread panics").clone()
    }
}

fn config() -> ServerConfig {
    let chain = CertificateDer::pem_file_iter(SERVER).expect("it is there");
    let chain: Vec<_> = chain.map(|it| it.expect("it is PEM")).collect();
    let key = PrivateKeyDer::from_pem_file(SERVER).expect("it is there");
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are some")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the key is the certificate's")
}

/// Answers one request, within TLS.
fn lead(
    mut connection: TcpStream,
    server: &str,
    config: Arc<ServerConfig>,
    led: &Mutex<Vec<String>>,
) -> Option<()> {
    // Nothing else comes before the client was told that it is led.
    let mut head = BufReader::new(&connection).lines().map_while(Result::ok);
    let first = head.next()?;
    head.find(String::is_empty)?;
    let host = first.strip_prefix("CONNECT ")?.strip_suffix(" HTTP/1.1")?.to_owned();
    led.lock().expect("no thread panics").push(host);
    connection.write_all(b"HTTP/1.1 200 Led\r\n\r\n").ok()?;
    let mut tls = StreamOwned::new(ServerConnection::new(config).ok()?, connection);
    let request = read_request(&mut tls)?;
    write_reply(&mut tls, &send(server, &request)?)?;
    tls.conn.send_close_notify();
    tls.flush().ok()
}

/// The signature of the service account under a text: there is only one.
pub fn signature(text: &str) -> Vec<u8> {
    let key = PrivateKeyDer::from_pem_slice(SERVICE_ACCOUNT.as_bytes()).expect("it is PEM");
    let key = ring::sign::any_supported_type(&key).expect("it is a key");
    let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).expect("it is RSA");
    signer.sign(text.as_bytes()).expect("it can be signed")
}
