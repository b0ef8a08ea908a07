//! Credentials for Google Cloud Storage, in the order in which its own clients look for them.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::StaticCredentialProvider;
use object_store::gcp::{GcpCredential, GcpCredentialProvider};
use serde_json::Value;
use url::Url;

use super::environment::{at_home, machine_is, variable};
use super::exchange::Exchange;
use super::fault::ObjectFault;
use super::google_federation::Federation;
use super::problem::ObjectProblem;
use super::process::text;
use crate::network::is_loopback;

/// The variable that names a file of credentials.
const FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// What `gcloud auth application-default login` writes.
const SIGNED_IN: &str = "application_default_credentials.json";

/// Where the metadata of a machine in the cloud is, other than at its usual address.
const METADATA: &str = "GCE_METADATA_HOST";

/// Its usual addresses.
const USUAL: [&str; 2] = ["metadata.google.internal", "169.254.169.254"];

/// What the file of a service account has to hold.
const OF_ACCOUNT: [&str; 3] = ["client_email", "private_key_id", "private_key"];

/// What the file of a user has to hold.
const OF_USER: [&str; 3] = ["client_id", "client_secret", "refresh_token"];

/// Who hands out the credentials.
pub(super) enum GoogleSource {
    /// A service account or a user, as a file says.
    File(String),
    /// Somebody who exchanges tokens of another identity.
    Federation(Box<Federation>),
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
        return of_file(file, &told, exchange);
    }
    if is_emulator {
        let nobody = GcpCredential { bearer: String::new() };
        let nobody = GoogleSource::Nobody(Arc::new(StaticCredentialProvider::new(nobody)));
        return Ok((nobody, "none: this is an emulator".to_owned()));
    }
    if let Some(file) = signed_in().filter(|file| file.is_file()) {
        let file = file.display().to_string();
        let told = format!("`{file}` (`gcloud auth application-default login`)");
        return of_file(file, &told, exchange);
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
    file: String,
    told: &str,
    exchange: &Exchange,
) -> Result<(GoogleSource, String), ObjectProblem> {
    let unusable = |why: &str| ObjectProblem::setting(format!("{told}: {why}"));
    let bytes = std::fs::read(&file)
        .map_err(|error| unusable(&format!("the file cannot be read: {error}")))?;
    let content: Value =
        serde_json::from_slice(&bytes).map_err(|_| unusable("the file is not JSON"))?;
    let kind = text(&content, "type").unwrap_or_default();
    let needed: &[&str] = match kind.as_str() {
        "service_account" => &OF_ACCOUNT,
        "authorized_user" => &OF_USER,
        _ => &[],
    };
    if let Some(name) = needed.iter().find(|name| text(&content, name).is_none()) {
        return Err(unusable(&format!("the file has no usable `{name}`")));
    }
    let source = match kind.as_str() {
        "service_account" | "authorized_user" => GoogleSource::File(file),
        "external_account" => {
            GoogleSource::Federation(Box::new(Federation::of(&content, exchange)?))
        }
        _ => return Err(unusable("credentials of this type cannot be used")),
    };
    Ok((source, format!("{} in {told}", kind.replace('_', " "))))
}

/// Whether this machine is in the cloud, or says where its metadata is.
fn has_metadata() -> Result<bool, ObjectProblem> {
    let Some(host) = variable(METADATA) else {
        return Ok(machine_is("product_name", &["Google"]) || variable("K_SERVICE").is_some());
    };
    let url = Url::parse(&format!("http://{host}"));
    let is_local =
        |url: &Url| is_loopback(url) || url.host_str().is_some_and(|host| USUAL.contains(&host));
    if url.is_ok_and(|url| is_local(&url)) {
        Ok(true)
    } else {
        Err(ObjectProblem::setting(format!("`{METADATA}` is not the address of metadata")))
    }
}
