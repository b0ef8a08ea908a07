//! A bucket of Google Cloud Storage, or of an emulator of it.

use object_store::gcp::GoogleCloudStorageBuilder;
use url::Url;

use super::environment::{once, variable};
use super::exchange::Exchange;
use super::google_credentials::{self, GoogleSource};
use super::lending::Lending;
use super::library::Library;
use super::open_bucket::{OpenBucket, StoreHost};
use super::problem::{ObjectProblem, innermost};
use crate::network::is_loopback;
use crate::store::object_url::{ObjectUrl, endpoint};

/// The variable that says where an emulator is, as the platform's own clients have it.
const EMULATOR: &str = "STORAGE_EMULATOR_HOST";

/// Opens the bucket.
pub(super) fn open(url: &ObjectUrl) -> Result<OpenBucket, ObjectProblem> {
    let exchange = Exchange::default();
    let endpoint = place(url)?;
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(&url.bucket)
        .with_retry(once())
        .with_http_connector(exchange.clone());
    if let Some(endpoint) = &endpoint {
        builder = builder.with_base_url(endpoint.as_str().trim_end_matches('/'));
    }
    let is_emulator = endpoint.as_ref().is_some_and(is_loopback);
    let (source, told) = google_credentials::found(&exchange, is_emulator)?;
    builder = match source {
        GoogleSource::Lender(lender) => builder.with_credentials(Lending::of(lender)),
        GoogleSource::Nobody(nobody) => builder.with_credentials(nobody),
        GoogleSource::Metadata => {
            let store = builder.clone().build().map_err(|error| unusable(&error))?;
            builder.with_credentials(Lending::of(Library::of(store.credentials(), &exchange)))
        }
    };
    let host = if endpoint.is_some() { StoreHost::Custom } else { StoreHost::Platform };
    let store = builder.build().map_err(|error| unusable(&error))?;
    Ok(OpenBucket { store: Box::new(store), source: told, host })
}

fn unusable(error: &object_store::Error) -> ObjectProblem {
    ObjectProblem::setting(innermost(error))
}

/// Where the store is, if not with the platform.
fn place(url: &ObjectUrl) -> Result<Option<Url>, ObjectProblem> {
    if let Some(endpoint) = &url.options.endpoint {
        return Ok(Some(endpoint.clone()));
    }
    let Some(value) = variable(EMULATOR) else { return Ok(None) };
    let address = if value.contains("://") { value } else { format!("http://{value}") };
    let endpoint = endpoint(&address).map_err(|_| {
        ObjectProblem::setting(format!("`{EMULATOR}` does not lead to an emulator on this machine"))
    })?;
    Ok(Some(endpoint))
}
