//! The sign-in of a user of Google, where what it leads to is not the store itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::gcp::GcpCredential;
use serde_json::Value;
use url::Url;

use super::asking::{Enclosed, ask_json};
use super::exchange::Exchange;
use super::google_file::needed;
use super::lending::{Lender, Lends, Lent};
use super::problem::ObjectProblem;
use super::process::word;

/// Who exchanges a sign-in for a token: the same as for the library for object stores.
const TOKENS: &str = "https://accounts.google.com/o/oauth2/token";

/// The content of a file of the type `authorized_user`.
pub(super) struct GoogleUser {
    client_id: String,
    client_secret: String,
    refresh_token: String,
    exchange: Exchange,
}

impl GoogleUser {
    /// Reads it.
    pub(super) fn of(content: &Value, exchange: &Exchange) -> Result<Self, String> {
        Ok(Self {
            client_id: needed(content, "client_id")?,
            client_secret: needed(content, "client_secret")?,
            refresh_token: needed(content, "refresh_token")?,
            exchange: exchange.clone(),
        })
    }

    async fn token(&self) -> Result<Lent<GcpCredential>, ObjectProblem> {
        let url = Url::parse(TOKENS).map_err(|error| ObjectProblem::setting(error.to_string()))?;
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("refresh_token", &self.refresh_token),
        ];
        let answer = ask_json(&self.exchange, &url, &[], Enclosed::Form(&form)).await?;
        let lasting = answer.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs);
        let bearer = word(&answer, "access_token")?;
        Ok(Lent { credentials: Arc::new(GcpCredential { bearer }), lasting })
    }
}

impl fmt::Debug for GoogleUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleUser").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Lender for GoogleUser {
    type Credentials = GcpCredential;

    fn lend(&self) -> Lends<'_, GcpCredential> {
        Box::pin(self.token())
    }
}
