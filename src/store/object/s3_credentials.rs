//! Credentials for S3, in the order in which the tools of AWS look for them.

use std::path::Path;
use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsCredential};
use serde_json::Value;
use url::Url;

use super::asking::{Enclosed, ask_json};
use super::aws_config;
use super::environment::{machine_is, until, variable, word as variable_word};
use super::exchange::Exchange;
use super::fault::ObjectFault;
use super::lending::{Lender, Lending, Lends, Lent};
use super::library::Library;
use super::problem::ObjectProblem;
use super::process::{is_word, printed, text, word};
use super::s3_place::sts;
use crate::store::object_url::{endpoint, is_address};

/// The tool that knows profiles, and its words for handing out what one of them leads to.
const TOOL: [&str; 5] = ["aws", "configure", "export-credentials", "--format", "process"];

/// What is said of one that does not know these words.
const TOO_OLD: &str = "this `aws` does not know `configure export-credentials`";

/// Where a container asks for its credentials by a path.
const CONTAINER: &str = "http://169.254.170.2";

/// The variables that say where a container's credentials are: below that place, or anywhere.
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

/// The variable that names the file of a token of another identity.
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";

/// What a token, a role and the name of a session may come to: AWS takes no longer tokens.
const LONGEST_IDENTITY: usize = 20_000;

/// The variable that says where the metadata of an instance is.
const METADATA: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/// The addresses that only the containers or the machines around them can reach.
const LOCAL: [&str; 4] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[fd00:ec2::254]"];

/// The builder with the credentials that were found, and where they come from.
pub(super) async fn found(
    builder: AmazonS3Builder,
    region: &str,
    exchange: &Exchange,
) -> Result<(AmazonS3Builder, String), ObjectProblem> {
    if let Some((credentials, source)) = of_variables()? {
        return Ok((with_keys(builder, credentials), source));
    }
    if let Some(found) = web_identity(&builder, region, exchange)? {
        return Ok(found);
    }
    let profile = aws_config::profile();
    let mut why = String::new();
    if profile.is_some() || aws_config::has_files() {
        match of_profile(builder.clone(), profile.as_deref()).await {
            Ok(found) => return Ok(found),
            Err(problem) if profile.is_some() || problem.fault.may_pass() => return Err(problem),
            // The files may hold no more than a region.
            Err(problem) => why = problem.told,
        }
    }
    if let Some((container, source)) = container(exchange)? {
        return Ok((builder.with_credentials(Lending::of(container)), source));
    }
    if let Some(metadata) = instance()? {
        let builder = match metadata {
            Metadata::Usual => builder,
            Metadata::At(address) => builder.with_metadata_endpoint(address),
        };
        let builder = by_library(builder, exchange)?;
        return Ok((builder, "the role of this EC2 instance".to_owned()));
    }
    Err(ObjectProblem::new(ObjectFault::NoCredentials, why))
}

fn with_keys(builder: AmazonS3Builder, keys: AwsCredential) -> AmazonS3Builder {
    let AwsCredential { key_id, secret_key, token } = keys;
    let builder = builder.with_access_key_id(key_id).with_secret_access_key(secret_key);
    match token {
        Some(token) => builder.with_token(token),
        None => builder,
    }
}

/// The keys that stand in variables, and which variable it is that has them.
pub(super) fn of_variables() -> Result<Option<(AwsCredential, String)>, ObjectProblem> {
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    let (key_id, secret_key) = match (variable_word(id)?, variable_word(secret)?) {
        (None, None) => return Ok(None),
        (Some(key_id), Some(secret_key)) => (key_id, secret_key),
        (key_id, _) => {
            let (set, missing) = if key_id.is_some() { (id, secret) } else { (secret, id) };
            return Err(ObjectProblem::setting(format!("`{set}` is set, and `{missing}` is not")));
        }
    };
    let token = variable_word("AWS_SESSION_TOKEN")?;
    Ok(Some((AwsCredential { key_id, secret_key, token }, format!("the variable `{id}`"))))
}

fn web_identity(
    builder: &AmazonS3Builder,
    region: &str,
    exchange: &Exchange,
) -> Result<Option<(AmazonS3Builder, String)>, ObjectProblem> {
    let (Some(file), Some(role)) = (variable(TOKEN_FILE), variable("AWS_ROLE_ARN")) else {
        return Ok(None);
    };
    let token = std::fs::read_to_string(Path::new(&file)).map_err(|error| {
        let told = format!("`{TOKEN_FILE}` names `{file}`, which cannot be read: {error}");
        ObjectProblem::setting(told)
    })?;
    let session = variable("AWS_ROLE_SESSION_NAME");
    // All of it goes into a query, which must not be longer than any address.
    let asked = [Some(&token), Some(&role), session.as_ref()];
    if asked.into_iter().flatten().map(String::len).sum::<usize>() > LONGEST_IDENTITY {
        let told = format!("`{TOKEN_FILE}` names `{file}`, which holds no token: it is too long");
        return Err(ObjectProblem::setting(told));
    }
    let sts = match variable("AWS_ENDPOINT_URL_STS") {
        Some(url) => endpoint(&url)
            .map_err(|_| ObjectProblem::setting("`AWS_ENDPOINT_URL_STS` is not a URL with https"))?
            .as_str()
            .trim_end_matches('/')
            .to_owned(),
        None => Some(sts(region)).filter(|address| is_address(address)).ok_or_else(|| {
            ObjectProblem::setting(format!("`{region}` is not a region such as `eu-west-1`"))
        })?,
    };
    let source = format!("the role `{role}`, by the token in `{file}` (web identity)");
    let mut builder = builder
        .clone()
        .with_config(AmazonS3ConfigKey::WebIdentityTokenFile, file)
        .with_config(AmazonS3ConfigKey::RoleArn, role)
        .with_config(AmazonS3ConfigKey::StsEndpoint, sts);
    if let Some(name) = session {
        builder = builder.with_config(AmazonS3ConfigKey::RoleSessionName, name);
    }
    Ok(Some((by_library(builder, exchange)?, source)))
}

/// The builder with the credentials that the library finds by what it was told.
fn by_library(
    builder: AmazonS3Builder,
    exchange: &Exchange,
) -> Result<AmazonS3Builder, ObjectProblem> {
    let store = builder.clone().build();
    let store = store.map_err(|error| ObjectProblem::setting(error.to_string()))?;
    Ok(builder.with_credentials(Lending::of(Library::of(store.credentials(), exchange))))
}

/// A profile, by way of the tool that knows what it leads to.
#[derive(Debug)]
struct AwsProfile;

async fn of_profile(
    builder: AmazonS3Builder,
    name: Option<&str>,
) -> Result<(AmazonS3Builder, String), ObjectProblem> {
    let name =
        name.map_or_else(|| "the default profile".to_owned(), |it| format!("profile `{it}`"));
    let lending = Lending::of(AwsProfile);
    // Whether it leads to anything shows only here.
    match (lending.current().await, aws_config::keys()) {
        (Ok(_), _) => {
            let source = format!("{name}, by `aws configure export-credentials`");
            Ok((builder.with_credentials(lending), source))
        }
        // The tool is not there, or too old for these words of it.
        (Err(_), Some(keys)) => Ok((with_keys(builder, keys), format!("{name}, by its file"))),
        (Err(ObjectProblem { fault, told }), None) => {
            Err(ObjectProblem::new(fault, format!("{name}: {told}")))
        }
    }
}

impl Lender for AwsProfile {
    type Credentials = AwsCredential;

    fn lend(&self) -> Lends<'_, AwsCredential> {
        Box::pin(async {
            // The tool asks the address of the metadata on any machine.
            let variables: &[_] =
                if is_instance() { &[] } else { &[("AWS_EC2_METADATA_DISABLED", "true")] };
            let missing = "there is no `aws` on the path, which reads profiles";
            let printed = printed(&TOOL, variables, missing).await.map_err(|problem| {
                if problem.told.to_lowercase().contains("invalid choice") {
                    return ObjectProblem::new(ObjectFault::ToolTooOld, TOO_OLD);
                }
                problem
            })?;
            credentials(&printed, ["SecretAccessKey", "SessionToken"])
        })
    }
}

/// Credentials as the tool prints them and as containers are given them.
pub(super) fn credentials(
    answer: &Value,
    [secret, token]: [&str; 2],
) -> Result<Lent<AwsCredential>, ObjectProblem> {
    let credentials = Arc::new(AwsCredential {
        key_id: word(answer, "AccessKeyId")?,
        secret_key: word(answer, secret)?,
        token: text(answer, token).filter(|token| is_word(token)),
    });
    let lasting = text(answer, "Expiration").and_then(|time| until(&time));
    Ok(Lent { credentials, lasting })
}

/// Whoever hands out the credentials of a container.
#[derive(Debug)]
struct AwsContainer {
    url: Url,
    exchange: Exchange,
}

fn container(exchange: &Exchange) -> Result<Option<(AwsContainer, String)>, ObjectProblem> {
    let named = [RELATIVE, FULL].into_iter().find_map(|name| Some((name, variable(name)?)));
    let Some((name, value)) = named else { return Ok(None) };
    let value = if name == RELATIVE { format!("{CONTAINER}{value}") } else { value };
    let url = Url::parse(&value).ok().filter(|url| {
        let is_local = url.host_str().is_some_and(|host| LOCAL.contains(&host));
        is_local && url.scheme() == "http" || endpoint_of(url)
    });
    let url = url.ok_or_else(|| {
        let told = format!("`{name}` leads neither to this machine nor to that of a container");
        ObjectProblem::setting(told)
    })?;
    let container = AwsContainer { url, exchange: exchange.clone() };
    Ok(Some((container, format!("the container's role (`{name}`)"))))
}

/// Whether a URL leads to this machine or is encrypted.
fn endpoint_of(url: &Url) -> bool {
    let mut bare = url.clone();
    bare.set_query(None);
    endpoint(bare.as_str()).is_ok()
}

impl Lender for AwsContainer {
    type Credentials = AwsCredential;

    fn lend(&self) -> Lends<'_, AwsCredential> {
        Box::pin(async {
            let token = match variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
                Some(file) => Some(std::fs::read_to_string(&file).map_err(|error| {
                    ObjectProblem::not_lent(format!("`{file}` cannot be read: {error}"))
                })?),
                None => variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
            };
            let token = token.map(|token| token.trim().to_owned()).filter(|token| is_word(token));
            let heads: Vec<_> =
                token.iter().map(|token| ("authorization", token.as_str())).collect();
            let answer = ask_json(&self.exchange, &self.url, &heads, Enclosed::Nothing).await?;
            credentials(&answer, ["SecretAccessKey", "Token"])
        })
    }
}

/// Where the metadata of an instance is.
enum Metadata {
    Usual,
    At(String),
}

/// Where the metadata of this instance is; `None` where this is no instance of EC2 or nobody is to
/// ask.
fn instance() -> Result<Option<Metadata>, ObjectProblem> {
    if variable("AWS_EC2_METADATA_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let Some(named) = variable(METADATA) else {
        return Ok(is_instance().then_some(Metadata::Usual));
    };
    let url = Url::parse(&named).ok().filter(|url| {
        let is_usual = |host: &str| host == "169.254.169.254" || LOCAL.contains(&host);
        url.host_str().is_some_and(is_usual) || endpoint_of(url)
    });
    match url {
        Some(url) => Ok(Some(Metadata::At(url.as_str().trim_end_matches('/').to_owned()))),
        None => Err(ObjectProblem::setting(format!("`{METADATA}` is not an address of metadata"))),
    }
}

/// Whether this machine is an instance of EC2.
fn is_instance() -> bool {
    machine_is("sys_vendor", &["Amazon EC2"]) || machine_is("board_asset_tag", &["i-"])
}
