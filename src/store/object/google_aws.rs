//! An identity of AWS that is exchanged for a token of Google Cloud: a signed request that says whose
//! it is, by the rules of AIP-4117.

use std::sync::Arc;

use object_store::aws::AwsCredential;
use serde_json::Value;
use url::Url;

use super::asking::{Enclosed, ask, ask_json};
use super::aws_signature::{IdentityRequest, SERVICE};
use super::environment::{now, word as variable_word};
use super::exchange::Exchange;
use super::google_file::{lacking, needed, token_url};
use super::problem::ObjectProblem;
use super::process::is_word;
use super::s3_credentials::{credentials, of_variables};

/// The member that says that this is such a source, and in which version.
pub(super) const ENVIRONMENT: &str = "environment_id";
const VERSION: &str = "aws1";

/// The member that says what is signed.
const VERIFICATION: &str = "regional_cred_verification_url";

/// The variables that name a region, the more exact one first.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// For how many seconds a session with the metadata lasts: it is used at once.
const SESSION: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "300");

/// The head that says which session a request belongs to.
const SESSION_TOKEN: &str = "x-aws-ec2-metadata-token";

/// Whoever this is for AWS.
pub(super) struct AwsIdentity {
    audience: String,
    /// What is signed, with `{region}` in it.
    verification: String,
    /// Where the metadata of the machine tells its zone, and who it is.
    zone: Option<Url>,
    roles: Option<Url>,
    /// Where a session with the metadata begins, if it needs one.
    session: Option<Url>,
}

impl AwsIdentity {
    /// What the member `credential_source` says.
    pub(super) fn of(source: &Value, audience: &str) -> Result<Self, String> {
        let version = needed(source, ENVIRONMENT)?;
        if version != VERSION {
            return Err(format!("`{ENVIRONMENT}` is not `{VERSION}`, which alone is known"));
        }
        let verification = needed(source, VERIFICATION)?;
        signable(&in_region(&verification, "eu-west-1")).ok_or_else(|| lacking(VERIFICATION))?;
        let optional = |name| match source.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => token_url(source, name).map(Some),
        };
        Ok(Self {
            audience: audience.to_owned(),
            verification,
            zone: optional("region_url")?,
            roles: optional("url")?,
            session: optional("imdsv2_session_token_url")?,
        })
    }

    /// The signed request.
    pub(super) async fn token(&self, exchange: &Exchange) -> Result<String, ObjectProblem> {
        let region = region_of_variables()?;
        let keys = of_variables()?.map(|(keys, _)| Arc::new(keys));
        let session = match &self.session {
            Some(session) if region.is_none() || keys.is_none() => {
                Some(begun(exchange, session).await?)
            }
            _ => None,
        };
        let metadata = AwsMetadata { exchange, session };
        let region = match region {
            Some(region) => region,
            None => metadata.region(self.zone.as_ref()).await?,
        };
        let keys = match keys {
            Some(keys) => keys,
            None => metadata.keys(self.roles.as_ref()).await?,
        };
        let address = in_region(&self.verification, &region);
        let is_region = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let url = signable(&address).filter(|_| is_region);
        let url = url
            .ok_or_else(|| ObjectProblem::setting(format!("`{region}` is not a region of AWS")))?;
        let request = IdentityRequest {
            address: &address,
            url: &url,
            region: &region,
            keys: &keys,
            audience: &self.audience,
        };
        Ok(request.signed(now().as_secs()))
    }
}

fn in_region(template: &str, region: &str) -> String {
    template.replace("{region}", region)
}

/// A URL where it is asked who somebody is. Requests to others are never signed.
fn signable(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let is_service = |host: &str| host.split('.').next() == Some(SERVICE);
    let is_bare = url.port().is_none() && url.username().is_empty() && url.password().is_none();
    let is_known = url.scheme() == "https" && url.host_str().is_some_and(is_service) && is_bare;
    Some(url).filter(|_| is_known)
}

fn region_of_variables() -> Result<Option<String>, ObjectProblem> {
    for name in REGIONS {
        if let Some(region) = variable_word(name)? {
            return Ok(Some(region));
        }
    }
    Ok(None)
}

async fn begun(exchange: &Exchange, session: &Url) -> Result<String, ObjectProblem> {
    let answer = ask(exchange, session, &[SESSION], Enclosed::NothingNew).await?;
    line(answer, session)
}

/// What a machine of AWS is told about itself.
struct AwsMetadata<'a> {
    exchange: &'a Exchange,
    session: Option<String>,
}

impl AwsMetadata<'_> {
    async fn region(&self, zone: Option<&Url>) -> Result<String, ObjectProblem> {
        let zone = zone.ok_or_else(|| {
            ObjectProblem::setting("`AWS_REGION` is not set, and the file has no `region_url`")
        })?;
        let mut region =
            line(ask(self.exchange, zone, &self.heads(), Enclosed::Nothing).await?, zone)?;
        // What follows a region in the name of a zone is one letter.
        region.pop();
        Ok(region)
    }

    async fn keys(&self, roles: Option<&Url>) -> Result<Arc<AwsCredential>, ObjectProblem> {
        let roles = roles.ok_or_else(|| {
            ObjectProblem::setting("`AWS_ACCESS_KEY_ID` is not set, and the file has no `url`")
        })?;
        let heads = self.heads();
        let role = line(ask(self.exchange, roles, &heads, Enclosed::Nothing).await?, roles)?;
        let mut url = roles.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(&role);
        }
        let answer = ask_json(self.exchange, &url, &heads, Enclosed::Nothing).await?;
        Ok(credentials(&answer, ["SecretAccessKey", "Token"])?.credentials)
    }

    fn heads(&self) -> Vec<(&str, &str)> {
        self.session.iter().map(|session| (SESSION_TOKEN, session.as_str())).collect()
    }
}

/// An answer that is one word.
fn line(answer: Vec<u8>, url: &Url) -> Result<String, ObjectProblem> {
    let word = String::from_utf8(answer).ok().map(|word| word.trim().to_owned());
    word.filter(|word| is_word(word)).ok_or_else(|| {
        let host = url.host_str().unwrap_or_default();
        ObjectProblem::not_lent(format!("{host} does not say who this machine is"))
    })
}
