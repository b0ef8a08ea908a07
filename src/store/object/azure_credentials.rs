//! Credentials for Azure Blob Storage, in the order in which its tools look for them.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::azure::{AzureConfigKey, AzureCredential, MicrosoftAzureBuilder};
use serde_json::Value;
use url::Url;

use super::azure_connection::Connection;
use super::environment::{at_home, machine_is, until_seconds, variable, word as variable_word};
use super::exchange::Exchange;
use super::fault::ObjectFault;
use super::lending::{Lender, Lending, Lends, Lent};
use super::library::Library;
use super::problem::ObjectProblem;
use super::process::{is_word, printed, word};
use crate::store::object_url::{endpoint, is_address, is_plain_name};

/// What the tool of the platform prints a token with.
const TOOL: [&str; 7] = [
    "az",
    "account",
    "get-access-token",
    "--output",
    "json",
    "--resource",
    "https://storage.azure.com/",
];

/// The variables that hold an account's key.
const KEYS: [&str; 3] =
    ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY"];

/// The variable that holds a shared access signature.
const SIGNATURE: &str = "AZURE_STORAGE_SAS_TOKEN";

/// The variable that names the file of a token of another identity.
const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// The variables that say where a managed identity is handed out.
const MANAGED: [&str; 2] = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"];

/// The variable that holds what whoever asks there has to show.
const IDENTITY_HEADER: &str = "IDENTITY_HEADER";

/// No shared access signature is longer.
const LONGEST_SIGNATURE: usize = 8 * 1024;

/// What every virtual machine of Azure says of itself.
const MACHINE: &str = "7783-7084-3265-9085-8269-3286-77";

/// The builder with the credentials that were found, and where they come from.
pub(super) fn found(
    builder: MicrosoftAzureBuilder,
    connection: &Connection,
    exchange: &Exchange,
) -> Result<(MicrosoftAzureBuilder, String), ObjectProblem> {
    if let Some(found) = of_account(builder.clone(), connection)? {
        return Ok(found);
    }
    if let Some((builder, source)) = of_application(builder.clone())? {
        return Ok((by_library(builder, exchange)?, source));
    }
    if let Some((name, endpoint)) =
        MANAGED.into_iter().find_map(|name| Some((name, variable(name)?)))
    {
        let builder = managed(builder)?.with_msi_endpoint(identity_endpoint(name, &endpoint)?);
        let builder = by_library(builder, exchange)?;
        return Ok((builder, format!("the managed identity (`{name}`)")));
    }
    // The runners of some pipelines are machines of the cloud without an identity.
    if is_signed_in() {
        let builder = builder.with_credentials(Lending::of(AzureTool));
        return Ok((builder, "the sign-in of `az`".to_owned()));
    }
    if machine_is("chassis_asset_tag", &[MACHINE]) {
        let builder = by_library(managed(builder)?, exchange)?;
        return Ok((builder, "the managed identity of this machine".to_owned()));
    }
    Err(ObjectProblem::new(ObjectFault::NoCredentials, ""))
}

/// The builder with credentials, and where they come from.
type CredentialsFound = Option<(MicrosoftAzureBuilder, String)>;

/// A key or a signature of the storage account.
fn of_account(
    builder: MicrosoftAzureBuilder,
    connection: &Connection,
) -> Result<CredentialsFound, ObjectProblem> {
    let connected = format!("`{}`", Connection::VARIABLE);
    let named = KEYS.into_iter().find_map(|name| Some((variable(name)?, format!("`{name}`"))));
    let key = connection.key.clone().map(|key| (key, connected.clone())).or(named);
    if let Some((key, source)) = key {
        let source = format!("the account's key in {source}");
        return Ok(Some((builder.with_access_key(key), source)));
    }
    let named = variable(SIGNATURE).map(|signature| (signature, format!("`{SIGNATURE}`")));
    let signature = connection.signature.clone().map(|it| (it, connected)).or(named);
    let Some((signature, source)) = signature else { return Ok(None) };
    if signature.len() > LONGEST_SIGNATURE {
        let told = format!("the shared access signature in {source} is too long to be one");
        return Err(ObjectProblem::setting(told));
    }
    let signature = signature.trim_start_matches('?');
    let builder = builder.with_config(AzureConfigKey::SasKey, signature);
    Ok(Some((builder, format!("the shared access signature in {source}"))))
}

/// An application that proves who it is by a secret or by a token of another identity.
fn of_application(builder: MicrosoftAzureBuilder) -> Result<CredentialsFound, ObjectProblem> {
    let (client, tenant) = (variable_word("AZURE_CLIENT_ID")?, variable_word("AZURE_TENANT_ID")?);
    let (Some(client), Some(tenant)) = (client, tenant) else { return Ok(None) };
    // It stands in the path of the address that hands out tokens.
    if !is_plain_name(&tenant) {
        return Err(ObjectProblem::setting("`AZURE_TENANT_ID` does not name a tenant"));
    }
    let builder = match variable("AZURE_AUTHORITY_HOST") {
        Some(host) => {
            let host = endpoint(&host).map_err(|_| {
                ObjectProblem::setting("`AZURE_AUTHORITY_HOST` is not a URL with https")
            })?;
            builder.with_authority_host(host.as_str().trim_end_matches('/'))
        }
        None => builder,
    };
    if let Some(secret) = variable("AZURE_CLIENT_SECRET") {
        let builder = builder.with_client_secret_authorization(&client, secret, tenant);
        let source = format!("the application `{client}`, by `AZURE_CLIENT_SECRET`");
        return Ok(Some((builder, source)));
    }
    let Some(file) = variable(TOKEN_FILE) else { return Ok(None) };
    if let Err(error) = std::fs::read_to_string(&file) {
        let told = format!("`{TOKEN_FILE}` names `{file}`, which cannot be read: {error}");
        return Err(ObjectProblem::setting(told));
    }
    let source = format!("the application `{client}`, by the token in `{file}`");
    let builder = builder
        .with_client_id(client)
        .with_tenant_id(tenant)
        .with_federated_token_file(file)
        .with_credential_type("workload_identity");
    Ok(Some((builder, source)))
}

/// Where a managed identity is handed out, with what the library sends along by itself.
fn identity_endpoint(name: &str, value: &str) -> Result<String, ObjectProblem> {
    if std::env::var(IDENTITY_HEADER).is_ok_and(|it| !it.is_empty() && !is_word(&it)) {
        let told =
            format!("`{IDENTITY_HEADER}` holds a blank or another character that cannot be sent");
        return Err(ObjectProblem::setting(told));
    }
    let url = Url::parse(value).ok().filter(|url| is_address(url.as_str()));
    url.map(String::from).ok_or_else(|| ObjectProblem::setting(format!("`{name}` is not a URL")))
}

/// The identity goes into the query of the request for it.
fn managed(builder: MicrosoftAzureBuilder) -> Result<MicrosoftAzureBuilder, ObjectProblem> {
    let builder = builder.with_credential_type("managed_identity");
    match variable("AZURE_CLIENT_ID") {
        Some(client) if is_plain_name(&client) => Ok(builder.with_client_id(client)),
        Some(_) => Err(ObjectProblem::setting("`AZURE_CLIENT_ID` does not name an identity")),
        None => Ok(builder),
    }
}

/// The builder with the credentials that the library finds by what it was told.
fn by_library(
    builder: MicrosoftAzureBuilder,
    exchange: &Exchange,
) -> Result<MicrosoftAzureBuilder, ObjectProblem> {
    let store = builder.clone().build();
    let store = store.map_err(|error| ObjectProblem::setting(error.to_string()))?;
    Ok(builder.with_credentials(Lending::of(Library::of(store.credentials(), exchange))))
}

/// Whether somebody has signed in with the tool.
fn is_signed_in() -> bool {
    let folder = variable("AZURE_CONFIG_DIR").map(PathBuf::from).or_else(|| at_home(".azure"));
    folder.is_some_and(|folder| folder.join("azureProfile.json").is_file())
}

/// The tool of the platform, with its sign-in.
#[derive(Debug)]
struct AzureTool;

impl Lender for AzureTool {
    type Credentials = AzureCredential;

    fn lend(&self) -> Lends<'_, AzureCredential> {
        Box::pin(async {
            let missing = "there is no `az` on the path, with which somebody has signed in";
            let printed = printed(&TOOL, &[], missing).await?;
            let token = AzureCredential::BearerToken(word(&printed, "accessToken")?);
            let lasting = printed.get("expires_on").and_then(Value::as_u64);
            Ok(Lent { credentials: Arc::new(token), lasting: lasting.map(until_seconds) })
        })
    }
}
