//! Workload identity federation: the token of another identity, such as a pipeline's, exchanged for
//! one of Google Cloud.

use std::sync::Arc;
use std::time::Duration;

use object_store::gcp::GcpCredential;
use serde_json::{Value, json};
use url::Url;

use super::asking::{Enclosed, ask, ask_json};
use super::environment::until;
use super::exchange::Exchange;
use super::lending::{Lender, Lends, Lent};
use super::problem::ObjectProblem;
use super::process::{is_word, text, word};
use crate::network::is_loopback;

/// What the tokens are for.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// A file of credentials of the type `external_account`.
pub(super) struct Federation {
    audience: String,
    subject_type: String,
    token_url: Url,
    /// Which service account to act as, and for how many seconds.
    impersonated: Option<(Url, u64)>,
    subject: Subject,
    exchange: Exchange,
}

/// Where the token of the other identity is.
enum Subject {
    File { path: String, form: Form },
    Url { url: Url, heads: Vec<(String, String)>, form: Form },
}

/// How it stands there.
enum Form {
    Text,
    /// As a member of that name.
    Json(String),
}

impl Federation {
    /// Reads the content of such a file.
    pub(super) fn of(content: &Value, exchange: &Exchange) -> Result<Self, ObjectProblem> {
        let needed = |name: &str| text(content, name).ok_or_else(|| lacking(name));
        let name = "service_account_impersonation_url";
        let impersonated = if content.get(name).is_none_or(Value::is_null) {
            None
        } else {
            let lifetime = content.pointer("/service_account_impersonation/token_lifetime_seconds");
            Some((url(content, name)?, lifetime.and_then(Value::as_u64).unwrap_or(3600)))
        };
        Ok(Self {
            audience: needed("audience")?,
            subject_type: needed("subject_token_type")?,
            token_url: url(content, "token_url")?,
            impersonated,
            subject: Subject::of(content.get("credential_source").unwrap_or(&Value::Null))?,
            exchange: exchange.clone(),
        })
    }

    async fn subject_token(&self) -> Result<String, ObjectProblem> {
        let (bytes, form, place) = match &self.subject {
            Subject::File { path, form } => {
                let bytes = read(path)?;
                (bytes, form, path.as_str())
            }
            Subject::Url { url, heads, form } => {
                let heads: Vec<(&str, &str)> =
                    heads.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let bytes = ask(&self.exchange, url, &heads, Enclosed::Nothing).await?;
                (bytes, form, url.host_str().unwrap_or_default())
            }
        };
        let token = match form {
            Form::Text => String::from_utf8(bytes).ok(),
            Form::Json(member) => {
                serde_json::from_slice::<Value>(&bytes).ok().and_then(|it| text(&it, member))
            }
        };
        let token = token.map(|token| token.trim().to_owned()).filter(|token| is_word(token));
        token.ok_or_else(|| ObjectProblem::not_lent(format!("{place} holds no token")))
    }

    async fn token(&self) -> Result<Lent<GcpCredential>, ObjectProblem> {
        let subject = self.subject_token().await?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("audience", &self.audience),
            ("scope", SCOPE),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token_type", &self.subject_type),
            ("subject_token", &subject),
        ];
        let answer = ask_json(&self.exchange, &self.token_url, &[], Enclosed::Form(&form)).await?;
        let bearer = word(&answer, "access_token")?;
        let Some((url, lifetime)) = &self.impersonated else {
            let lasting = answer.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs);
            return Ok(Lent { credentials: Arc::new(GcpCredential { bearer }), lasting });
        };
        let heads = [("authorization", &*format!("Bearer {bearer}"))];
        let wanted = json!({"scope": [SCOPE], "lifetime": format!("{lifetime}s")});
        let answer = ask_json(&self.exchange, url, &heads, Enclosed::Json(&wanted)).await?;
        let lasting = text(&answer, "expireTime").and_then(|time| until(&time));
        let bearer = word(&answer, "accessToken")?;
        Ok(Lent { credentials: Arc::new(GcpCredential { bearer }), lasting })
    }
}

fn read(path: &str) -> Result<Vec<u8>, ObjectProblem> {
    std::fs::read(path)
        .map_err(|error| ObjectProblem::not_lent(format!("`{path}` cannot be read: {error}")))
}

impl Subject {
    fn of(source: &Value) -> Result<Self, ObjectProblem> {
        let form = match source.get("format") {
            Some(form) if text(form, "type").as_deref() == Some("json") => Form::Json(
                text(form, "subject_token_field_name")
                    .ok_or_else(|| lacking("credential_source.format.subject_token_field_name"))?,
            ),
            _ => Form::Text,
        };
        if let Some(path) = text(source, "file") {
            return Ok(Self::File { path, form });
        }
        if text(source, "environment_id").is_some() || text(source, "url").is_none() {
            let told = "the credentials file names no file and no URL that holds a token";
            return Err(ObjectProblem::setting(told));
        }
        let heads = source.get("headers").and_then(Value::as_object);
        let heads = heads.into_iter().flatten();
        let heads =
            heads.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Ok(Self::Url { url: url(source, "url")?, heads: heads.collect(), form })
    }
}

fn lacking(name: &str) -> ObjectProblem {
    ObjectProblem::setting(format!("the credentials file has no usable `{name}`"))
}

/// A URL of the file to which a token can be sent.
fn url(content: &Value, name: &str) -> Result<Url, ObjectProblem> {
    let url = text(content, name).and_then(|url| Url::parse(&url).ok());
    let url =
        url.filter(|url| url.scheme() == "https" || url.scheme() == "http" && is_loopback(url));
    url.ok_or_else(|| lacking(name))
}

impl std::fmt::Debug for Federation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Federation").field("audience", &self.audience).finish_non_exhaustive()
    }
}

impl Lender for Federation {
    type Credentials = GcpCredential;

    fn lend(&self) -> Lends<'_, GcpCredential> {
        Box::pin(self.token())
    }
}
