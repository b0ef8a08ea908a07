//! An object store as it is without the program: buckets and objects, whatever the conditions.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::object_servers::{ACCOUNT, ACCOUNT_KEY, BUCKET, Kind};
use super::proxy::{Request, send};

/// A server's objects.
#[derive(Clone, Debug)]
pub struct RawStore {
    kind: Kind,
    address: String,
}

impl RawStore {
    /// Those of a server at a host and port.
    pub fn of(kind: Kind, address: &str) -> Self {
        Self { kind, address: address.to_owned() }
    }

    /// Makes the bucket.
    pub fn make_bucket(&self) {
        let request = match self.kind {
            Kind::S3 | Kind::Unsafe => request("PUT", &format!("/{BUCKET}")),
            Kind::Google => Request {
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: json!({ "name": BUCKET }).to_string().into_bytes(),
                ..request("POST", "/storage/v1/b?project=p")
            },
            Kind::Azure => {
                signed(request("PUT", &format!("/{ACCOUNT}/{BUCKET}?restype=container")))
            }
        };
        let reply = send(&self.address, &request).expect("the server answers");
        assert!(matches!(reply.status, 200 | 201), "{:?}: {reply:?}", self.kind);
    }

    /// What an object holds; `None` where there is none.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let request = match self.kind {
            Kind::S3 | Kind::Unsafe => self.named(request("GET", &format!("/{BUCKET}/{key}"))),
            Kind::Google => {
                let key = key.replace('/', "%2F");
                request("GET", &format!("/storage/v1/b/{BUCKET}/o/{key}?alt=media"))
            }
            Kind::Azure => signed(request("GET", &format!("/{ACCOUNT}/{BUCKET}/{key}"))),
        };
        let reply = send(&self.address, &request).expect("the server answers");
        match reply.status {
            200 => Some(reply.body),
            404 => None,
            _ => panic!("{key}: {reply:?}"),
        }
    }

    /// Puts an object there, in the place of any other.
    pub fn put(&self, key: &str, body: &[u8]) {
        let request = match self.kind {
            Kind::S3 | Kind::Unsafe => self.named(request("PUT", &format!("/{BUCKET}/{key}"))),
            Kind::Google => {
                let key = key.replace('/', "%2F");
                let target = format!("/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={key}");
                request("POST", &target)
            }
            Kind::Azure => request("PUT", &format!("/{ACCOUNT}/{BUCKET}/{key}")),
        };
        let request = Request { body: body.to_owned(), ..request };
        let request = if self.kind == Kind::Azure { signed(request) } else { request };
        let reply = send(&self.address, &request).expect("the server answers");
        assert!(matches!(reply.status, 200 | 201), "{:?}: {reply:?}", self.kind);
    }
}

impl RawStore {
    /// A request that says who it is from: the server for S3 wants that, and does not look at the
    /// signature.
    fn named(&self, mut request: Request) -> Request {
        if self.kind == Kind::S3 {
            let by = "AWS4-HMAC-SHA256 Credential=S3RVER/20260102/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=00";
            request.headers.push(("authorization".to_owned(), by.to_owned()));
        }
        request
    }
}

/// A shared access signature for the container: what it permits, and until when.
pub fn signature_of_access(permissions: &str, until: &str) -> String {
    let (version, container) = ("2020-12-06", format!("/blob/{ACCOUNT}/{BUCKET}"));
    let (unset, headers) = ("\n".repeat(4), "\n".repeat(7));
    let text = format!("{permissions}\n\n{until}\n{container}{unset}{version}\nc{headers}");
    let key = BASE64_STANDARD.decode(ACCOUNT_KEY).expect("it is base64");
    let signature = BASE64_STANDARD.encode(hmac(&key, text.as_bytes()));
    let fields = [("sv", version), ("sr", "c"), ("sp", permissions), ("se", until)];
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .append_pair("sig", &signature)
        .finish()
}

fn request(method: &str, target: &str) -> Request {
    Request { method: method.to_owned(), target: target.to_owned(), ..Request::default() }
}

/// A request with the signature of the account.
fn signed(mut request: Request) -> Request {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let query =
        if query.is_empty() { String::new() } else { format!("\n{}", query.replacen('=', ":", 1)) };
    // The server does not look at how old a request is.
    let mut heads =
        vec![("x-ms-date", "Fri, 02 Jan 2026 03:04:05 GMT"), ("x-ms-version", "2024-11-04")];
    if request.method == "PUT" && query.is_empty() {
        heads.insert(0, ("x-ms-blob-type", "BlockBlob"));
    }
    let told: Vec<String> = heads.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let told = told.concat();
    let length = request.body.len();
    let length = if length == 0 { String::new() } else { length.to_string() };
    let lines = format!("{}\n\n\n{length}{}", request.method, "\n".repeat(9));
    let text = format!("{lines}{told}/{ACCOUNT}{path}{query}");
    let key = BASE64_STANDARD.decode(ACCOUNT_KEY).expect("it is base64");
    let signature = BASE64_STANDARD.encode(hmac(&key, text.as_bytes()));
    let heads = heads.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    request.headers.extend(heads);
    let signature = format!("SharedKey {ACCOUNT}:{signature}");
    request.headers.push(("authorization".to_owned(), signature));
    request
}

/// HMAC with SHA-256, for a key of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = |with: u8| -> Vec<u8> {
        (0..64).map(|at| key.get(at).copied().unwrap_or_default() ^ with).collect()
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}
