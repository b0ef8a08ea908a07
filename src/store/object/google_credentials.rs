//! Credentials for Google Cloud Storage, in the order in which its own clients look for them.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::StaticCredentialProvider;
use object_store::gcp::{GcpCredential, GcpCredentialProvider, GoogleCloudStorageBuilder};
use serde_json::Value;
use url::Url;

use super::environment::{at_home, machine_is, variable};
use super::exchange::Exchange;
use super::fault::ObjectFault;
use super::google_federation::Federation;
use super::google_file::{lacking, needed};
use super::google_impersonation::{ImpersonatedAccount, Impersonation, MEMBER};
use super::google_user::GoogleUser;
use super::lending::AnyLender;
use super::library::Library;
use super::problem::{ObjectProblem, innermost};
use super::process::text;
use crate::network::is_loopback;
use crate::store::object_url::is_address;

/// The variable that names a file of credentials.
const FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// What `gcloud auth application-default login` writes.
const SIGNED_IN: &str = "application_default_credentials.json";

/// Where the metadata of a machine in the cloud is, other than at its usual address.
const METADATA: &str = "GCE_METADATA_HOST";

/// All variables that say where it is.
const HOSTS: [&str; 3] = [METADATA, "GCE_METADATA_ROOT", "GCE_METADATA_IP"];

/// Its usual addresses.
const USUAL: [&str; 2] = ["metadata.google.internal", "169.254.169.254"];

/// What the file of a service account has to hold.
const OF_ACCOUNT: [&str; 3] = ["client_email", "private_key_id", "private_key"];

/// Who hands out the credentials.
pub(super) enum GoogleSource {
    /// Somebody whom a file names.
    Lender(AnyLender<GcpCredential>),
    /// The machine, which is in the cloud.
    Metadata,
    /// Nobody: an emulator wants none.
    Nobody(GcpCredentialProvider),
}

/// The credentials that were found, and where they come from.
pub(super) fn found(
    exchange: &Exchange,
    is_emulator: bool,
) -> Result<(GoogleSource, String), ObjectProblem> {
    if let Some(file) = variable(FILE) {
        let told = format!("`{file}` (`{FILE}`)");
        return of_file(&file, &told, exchange);
    }
    if is_emulator {
        let nobody = GcpCredential { bearer: String::new() };
        let nobody = GoogleSource::Nobody(Arc::new(StaticCredentialProvider::new(nobody)));
        return Ok((nobody, "none: this is an emulator".to_owned()));
    }
    if let Some(file) = signed_in().filter(|file| file.is_file()) {
        let file = file.display().to_string();
        let told = format!("`{file}` (`gcloud auth application-default login`)");
        return of_file(&file, &told, exchange);
    }
    if has_metadata()? {
        return Ok((GoogleSource::Metadata, "the service account of this machine".to_owned()));
    }
    Err(ObjectProblem::new(ObjectFault::NoCredentials, ""))
}

fn signed_in() -> Option<PathBuf> {
    let named = variable("CLOUDSDK_CONFIG").map(PathBuf::from);
    let windows =
        || cfg!(windows).then(|| Some(PathBuf::from(variable("APPDATA")?).join("gcloud")));
    let folder = named.or_else(|| windows().flatten()).or_else(|| at_home(".config/gcloud"));
    Some(folder?.join(SIGNED_IN))
}

fn of_file(
    file: &str,
    told: &str,
    exchange: &Exchange,
) -> Result<(GoogleSource, String), ObjectProblem> {
    let unusable = |why: &str| ObjectProblem::setting(format!("{told}: {why}"));
    let bytes = std::fs::read(file)
        .map_err(|error| unusable(&format!("the file cannot be read: {error}")))?;
    let content: Value =
        serde_json::from_slice(&bytes).map_err(|_| unusable("the file is not JSON"))?;
    let kind = text(&content, "type").unwrap_or_default();
    let lender = lender(&content, exchange).map_err(|why| unusable(&why))?;
    Ok((GoogleSource::Lender(lender), format!("{} in {told}", kind.replace('_', " "))))
}

/// Who hands out a token to whoever has such a file, or such a part of one.
fn lender(content: &Value, exchange: &Exchange) -> Result<AnyLender<GcpCredential>, String> {
    match text(content, "type").unwrap_or_default().as_str() {
        "authorized_user" => Ok(Box::new(GoogleUser::of(content, exchange)?)),
        "external_account" => Ok(Box::new(Federation::of(content, exchange)?)),
        "service_account" => {
            OF_ACCOUNT.iter().try_for_each(|name| needed(content, name).map(drop))?;
            let builder = GoogleCloudStorageBuilder::new().with_bucket_name("-");
            let builder = builder.with_service_account_key(content.to_string());
            let store = builder.with_http_connector(exchange.clone()).build();
            // Of a file that lacks nothing only the key can be unusable.
            let unusable = |error| format!("{}: {}", lacking("private_key"), innermost(&error));
            let store = store.map_err(unusable)?;
            Ok(Box::new(Library::of(store.credentials(), exchange)))
        }
        "impersonated_service_account" => {
            let impersonation = Impersonation::of(content)?.ok_or_else(|| lacking(MEMBER))?;
            let source = content.get("source_credentials").unwrap_or(&Value::Null);
            let source = lender(source, exchange)
                .map_err(|why| format!("{why} (in `source_credentials`)"))?;
            let exchange = exchange.clone();
            Ok(Box::new(ImpersonatedAccount { source, impersonation, exchange }))
        }
        _ => Err("credentials of this type cannot be used".to_owned()),
    }
}

/// Whether this machine is in the cloud, or says where its metadata is. The library reads these
/// variables by itself, and as they are.
fn has_metadata() -> Result<bool, ObjectProblem> {
    let is_metadata = is_metadata()?;
    for name in HOSTS.into_iter().filter(|_| is_metadata) {
        if std::env::var(name).is_ok_and(|host| !is_address(&format!("http://{host}/"))) {
            return Err(not_metadata(name));
        }
    }
    Ok(is_metadata)
}

fn is_metadata() -> Result<bool, ObjectProblem> {
    let Some(host) = variable(METADATA) else {
        return Ok(machine_is("product_name", &["Google"]) || variable("K_SERVICE").is_some());
    };
    let url = Url::parse(&format!("http://{host}"));
    let is_local =
        |url: &Url| is_loopback(url) || url.host_str().is_some_and(|host| USUAL.contains(&host));
    if url.is_ok_and(|url| is_local(&url)) { Ok(true) } else { Err(not_metadata(METADATA)) }
}

fn not_metadata(name: &str) -> ObjectProblem {
    ObjectProblem::setting(format!("`{name}` is not the address of metadata"))
}
