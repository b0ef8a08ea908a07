//! A container of Azure Blob Storage, or of an emulator of it.

use object_store::azure::MicrosoftAzureBuilder;
use url::Url;

use super::azure_connection::Connection;
use super::azure_credentials;
use super::environment::{once, variable};
use super::exchange::Exchange;
use super::open_bucket::{OpenBucket, StoreHost};
use super::problem::ObjectProblem;
use crate::network::is_loopback;
use crate::store::object_url::{ObjectUrl, endpoint};

/// The variables that name the storage account.
const ACCOUNTS: [&str; 2] = ["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"];

/// The variable that says where the account's service is.
const ENDPOINT: &str = "AZURE_STORAGE_SERVICE_ENDPOINT";

/// Opens the container.
pub(super) fn open(url: &ObjectUrl) -> Result<OpenBucket, ObjectProblem> {
    let exchange = Exchange::default();
    let connection = Connection::of_environment()?;
    let account = url.options.account.clone().or_else(|| connection.account.clone());
    let account = account.or_else(|| ACCOUNTS.into_iter().find_map(variable));
    let account = account.ok_or_else(|| {
        ObjectProblem::setting(
            "the storage account is not named: put `?account=NAME` at the end of `--state`, or set \
             `AZURE_STORAGE_ACCOUNT`",
        )
    })?;
    let mut builder = MicrosoftAzureBuilder::new()
        .with_container_name(&url.bucket)
        .with_account(&account)
        .with_retry(once())
        .with_http_connector(exchange.clone());
    let endpoint = place(url, &connection)?;
    let host = match (&endpoint, &connection.suffix) {
        (Some(endpoint), _) => {
            builder = builder.with_endpoint(address(endpoint, &account));
            StoreHost::Custom
        }
        (None, Some(suffix)) => {
            builder = builder.with_endpoint(format!("https://{account}.blob.{suffix}"));
            StoreHost::Platform
        }
        (None, None) => StoreHost::Platform,
    };
    let (builder, source) = azure_credentials::found(builder, &connection, &exchange)?;
    // What it says of a key that cannot be read holds nothing of it.
    let store = builder.build().map_err(|error| ObjectProblem::setting(error.to_string()))?;
    Ok(OpenBucket { store: Box::new(store), source, host })
}

/// Where the store is, if not with the platform.
fn place(url: &ObjectUrl, connection: &Connection) -> Result<Option<Url>, ObjectProblem> {
    if let Some(endpoint) = &url.options.endpoint {
        return Ok(Some(endpoint.clone()));
    }
    let named = connection.endpoint.clone().map(|value| (Connection::VARIABLE, value));
    let Some((name, value)) = named.or_else(|| Some((ENDPOINT, variable(ENDPOINT)?))) else {
        return Ok(None);
    };
    let endpoint = endpoint(&value).map_err(|_| {
        let told = format!(
            "`{name}` has to name a URL without user name, password and query, with https or \
             leading to this machine"
        );
        ObjectProblem::setting(told)
    })?;
    Ok(Some(endpoint))
}

/// Where an account is served. On this machine its name is the first part of the path.
fn address(endpoint: &Url, account: &str) -> String {
    let address = endpoint.as_str().trim_end_matches('/');
    if is_loopback(endpoint) && endpoint.path() == "/" {
        format!("{address}/{account}")
    } else {
        address.to_owned()
    }
}
