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
use crate::store::object_url::{ObjectUrl, endpoint, is_plain_name};

/// The variables that name the storage account.
const ACCOUNTS: [&str; 2] = ["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"];

/// The variable that says where the account's service is.
const ENDPOINT: &str = "AZURE_STORAGE_SERVICE_ENDPOINT";

/// How the names of the platform's hosts end.
const SUFFIX: &str = "core.windows.net";

/// Opens the container.
pub(super) fn open(url: &ObjectUrl) -> Result<OpenBucket, ObjectProblem> {
    let exchange = Exchange::default();
    let connection = Connection::of_environment()?;
    let account = account(url, &connection)?;
    let endpoint = place(url, &connection)?;
    let host = if endpoint.is_some() { StoreHost::Custom } else { StoreHost::Platform };
    let builder = MicrosoftAzureBuilder::new()
        .with_container_name(&url.bucket)
        .with_account(&account)
        .with_endpoint(match &endpoint {
            Some(endpoint) => address(endpoint, &account),
            None => of_platform(&account, connection.suffix.as_deref())?,
        })
        .with_retry(once())
        .with_http_connector(exchange.clone());
    let (builder, source) = azure_credentials::found(builder, &connection, &exchange)?;
    // What it says of a key that cannot be read holds nothing of it.
    let store = builder.build().map_err(|error| ObjectProblem::setting(error.to_string()))?;
    Ok(OpenBucket { store: Box::new(store), source, host })
}

/// The storage account, whose name begins a host's and stands in signatures.
fn account(url: &ObjectUrl, connection: &Connection) -> Result<String, ObjectProblem> {
    let connected = || Some((Connection::VARIABLE, connection.account.clone()?));
    let named = || ACCOUNTS.into_iter().find_map(|name| Some((name, variable(name)?)));
    match (&url.options.account, connected().or_else(named)) {
        (Some(account), _) => Ok(account.clone()),
        (None, Some((_, account))) if is_plain_name(&account) => Ok(account),
        (None, Some((name, _))) => {
            Err(ObjectProblem::setting(format!("`{name}` does not name a storage account")))
        }
        (None, None) => Err(ObjectProblem::setting(
            "the storage account is not named: put `?account=NAME` at the end of `--state`, or set \
             `AZURE_STORAGE_ACCOUNT`",
        )),
    }
}

/// Where the platform serves an account.
fn of_platform(account: &str, suffix: Option<&str>) -> Result<String, ObjectProblem> {
    let address = |suffix| format!("https://{account}.blob.{suffix}");
    let is_usable = |suffix| endpoint(&address(suffix)).is_ok();
    match suffix {
        _ if !is_usable(SUFFIX) => {
            let told = format!("the storage account `{account}` cannot stand in a host's name");
            Err(ObjectProblem::setting(told))
        }
        Some(suffix) if !is_usable(suffix) => {
            let told = format!("`{}` has no usable `EndpointSuffix`", Connection::VARIABLE);
            Err(ObjectProblem::setting(told))
        }
        suffix => Ok(address(suffix.unwrap_or(SUFFIX))),
    }
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
