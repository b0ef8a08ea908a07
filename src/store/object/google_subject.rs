//! Where the token of another identity is that is exchanged for one of Google Cloud.

use serde_json::Value;
use url::Url;

use super::asking::{Enclosed, ask};
use super::exchange::Exchange;
use super::google_aws::{AwsIdentity, ENVIRONMENT};
use super::google_executable::Executable;
use super::google_file::{lacking, needed, token_url};
use super::problem::ObjectProblem;
use super::process::{is_word, text};

/// Where it is.
pub(super) enum Subject {
    /// In a file.
    File { path: String, form: Form },
    /// At a URL, for whoever sends these heads.
    Url { url: Url, heads: Vec<(String, String)>, form: Form },
    /// With a program.
    Executable(Executable),
    /// It is made of what this is for AWS.
    Aws(AwsIdentity),
}

/// How it stands there.
pub(super) enum Form {
    /// By itself.
    Text,
    /// As a member of that name.
    Json(String),
}

impl Subject {
    /// What the member `credential_source` says. A program is told the variables.
    pub(super) fn of(
        source: &Value,
        audience: &str,
        variables: Vec<(&'static str, String)>,
    ) -> Result<Self, String> {
        if source.get(ENVIRONMENT).is_some() {
            return AwsIdentity::of(source, audience).map(Self::Aws);
        }
        if let Some(executable) = source.get("executable") {
            return Executable::of(executable, variables).map(Self::Executable);
        }
        let form = Form::of(source)?;
        if let Some(path) = text(source, "file") {
            return Ok(Self::File { path, form });
        }
        if needed(source, "url").is_err() {
            return Err("the file names no file, URL or program that holds a token".to_owned());
        }
        let heads = source.get("headers").and_then(Value::as_object);
        let heads = heads.into_iter().flatten();
        let heads =
            heads.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let (url, heads) = (token_url(source, "url")?, heads.collect());
        Ok(Self::Url { url, heads, form })
    }

    /// The token that is there now.
    pub(super) async fn token(&self, exchange: &Exchange) -> Result<String, ObjectProblem> {
        let (bytes, form, place) = match self {
            Self::Executable(executable) => return executable.token().await,
            Self::Aws(identity) => return identity.token(exchange).await,
            Self::File { path, form } => (read(path)?, form, path.as_str()),
            Self::Url { url, heads, form } => {
                let heads: Vec<(&str, &str)> =
                    heads.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let bytes = ask(exchange, url, &heads, Enclosed::Nothing).await?;
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
}

impl Form {
    fn of(source: &Value) -> Result<Self, String> {
        let kind = source.pointer("/format/type").and_then(Value::as_str);
        if kind != Some("json") {
            return Ok(Self::Text);
        }
        let name = source.pointer("/format/subject_token_field_name").and_then(Value::as_str);
        let name = name.filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| lacking("credential_source.format.subject_token_field_name"));
        name.map(|name| Self::Json(name.to_owned()))
    }
}

fn read(path: &str) -> Result<Vec<u8>, ObjectProblem> {
    std::fs::read(path)
        .map_err(|error| ObjectProblem::not_lent(format!("`{path}` cannot be read: {error}")))
}
