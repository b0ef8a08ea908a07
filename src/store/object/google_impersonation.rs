//! Acting as a service account of Google Cloud: the token of somebody who may, exchanged for one of
//! the account.

use std::sync::Arc;

use object_store::gcp::GcpCredential;
use serde_json::{Value, json};
use url::Url;

use super::asking::{Enclosed, ask_json};
use super::environment::until;
use super::exchange::Exchange;
use super::google_file::{SCOPE, url};
use super::lending::{AnyLender, Lender, Lends, Lent};
use super::problem::ObjectProblem;
use super::process::{text, word};

/// The member of a file that says as whom to act.
pub(super) const MEMBER: &str = "service_account_impersonation_url";

/// How long a token lasts where nothing else is said, in seconds.
const USUAL_LIFETIME: u64 = 3600;

/// As whom to act.
pub(super) struct Impersonation {
    url: Url,
    lifetime: u64,
    /// By way of whom: accounts each of which may act as the next.
    delegates: Vec<String>,
}

impl Impersonation {
    /// What the content of a file says; `None` where it says nothing of it.
    pub(super) fn of(content: &Value) -> Result<Option<Self>, String> {
        if content.get(MEMBER).is_none_or(Value::is_null) {
            return Ok(None);
        }
        let lifetime = content.pointer("/service_account_impersonation/token_lifetime_seconds");
        let lifetime = lifetime.and_then(Value::as_u64).unwrap_or(USUAL_LIFETIME);
        let delegates = content.get("delegates").and_then(Value::as_array);
        let delegates = delegates.into_iter().flatten().map(|it| it.as_str().map(str::to_owned));
        let delegates: Option<Vec<String>> = delegates.collect();
        let delegates = delegates.ok_or_else(|| "the file has no usable `delegates`".to_owned())?;
        Ok(Some(Self { url: url(content, MEMBER)?, lifetime, delegates }))
    }

    /// The email address of the account, as far as the URL has it.
    pub(super) fn account(&self) -> Option<&str> {
        let (_, last) = self.url.path().rsplit_once('/')?;
        last.strip_suffix(":generateAccessToken")
    }

    /// A token of the account, for whoever has this one.
    pub(super) async fn token(
        &self,
        exchange: &Exchange,
        bearer: &str,
    ) -> Result<Lent<GcpCredential>, ObjectProblem> {
        let heads = [("authorization", &*format!("Bearer {bearer}"))];
        let mut wanted = json!({"scope": [SCOPE], "lifetime": format!("{}s", self.lifetime)});
        if !self.delegates.is_empty() {
            wanted["delegates"] = json!(self.delegates);
        }
        let answer = ask_json(exchange, &self.url, &heads, Enclosed::Json(&wanted)).await?;
        let lasting = text(&answer, "expireTime").and_then(|time| until(&time));
        let bearer = word(&answer, "accessToken")?;
        Ok(Lent { credentials: Arc::new(GcpCredential { bearer }), lasting })
    }
}

/// A file of credentials of the type `impersonated_service_account`.
pub(super) struct ImpersonatedAccount {
    /// Whose token it is that is exchanged.
    pub source: AnyLender<GcpCredential>,
    /// As whom to act.
    pub impersonation: Impersonation,
    /// Who asks.
    pub exchange: Exchange,
}

impl std::fmt::Debug for ImpersonatedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = &mut f.debug_struct("ImpersonatedAccount");
        shown.field("account", &self.impersonation.account()).finish_non_exhaustive()
    }
}

impl Lender for ImpersonatedAccount {
    type Credentials = GcpCredential;

    fn lend(&self) -> Lends<'_, GcpCredential> {
        Box::pin(async {
            let Lent { credentials, .. } = self.source.lend().await?;
            self.impersonation.token(&self.exchange, &credentials.bearer).await
        })
    }
}
