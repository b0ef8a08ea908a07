//! Workload identity federation: the token of another identity, such as a pipeline's, exchanged for
//! one of Google Cloud.

use std::sync::Arc;
use std::time::Duration;

use object_store::gcp::GcpCredential;
use serde_json::Value;
use url::Url;

use super::asking::{Enclosed, ask_json};
use super::exchange::Exchange;
use super::google_file::{SCOPE, needed, url};
use super::google_impersonation::Impersonation;
use super::google_subject::Subject;
use super::lending::{Lender, Lends, Lent};
use super::problem::ObjectProblem;
use super::process::word;

/// A file of credentials of the type `external_account`.
pub(super) struct Federation {
    audience: String,
    subject_type: String,
    token_url: Url,
    impersonation: Option<Impersonation>,
    subject: Subject,
    exchange: Exchange,
}

impl Federation {
    /// Reads the content of such a file.
    pub(super) fn of(content: &Value, exchange: &Exchange) -> Result<Self, String> {
        let audience = needed(content, "audience")?;
        let subject_type = needed(content, "subject_token_type")?;
        let impersonation = Impersonation::of(content)?;
        let mut told = vec![
            ("GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE", audience.clone()),
            ("GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE", subject_type.clone()),
        ];
        if let Some(account) = impersonation.as_ref().and_then(Impersonation::account) {
            told.push(("GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL", account.to_owned()));
        }
        let source = content.get("credential_source").unwrap_or(&Value::Null);
        let subject = Subject::of(source, &audience, told)?;
        let (token_url, exchange) = (url(content, "token_url")?, exchange.clone());
        Ok(Self { audience, subject_type, token_url, impersonation, subject, exchange })
    }

    async fn token(&self) -> Result<Lent<GcpCredential>, ObjectProblem> {
        let subject = self.subject.token(&self.exchange).await?;
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
        if let Some(impersonation) = &self.impersonation {
            return impersonation.token(&self.exchange, &bearer).await;
        }
        let lasting = answer.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs);
        Ok(Lent { credentials: Arc::new(GcpCredential { bearer }), lasting })
    }
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
