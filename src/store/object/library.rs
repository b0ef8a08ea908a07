//! Credentials that the library for object stores asks for by itself, such as those of a web identity
//! or of a machine. It asks once and forgets, as it was told to.

use std::sync::Arc;
use std::time::Duration;

use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use object_store::azure::AzureCredential;
use object_store::gcp::GcpCredential;

use super::answer::not_lent;
use super::exchange::Exchange;
use super::lending::{Lender, Lends, Lent};
use super::problem::{ObjectProblem, innermost};
use super::process::is_word;

/// Credentials that the library puts into the head of a request, as they are.
pub(super) trait InHead {
    /// Whether they fit in there.
    fn is_sendable(&self) -> bool;
}

impl InHead for AwsCredential {
    fn is_sendable(&self) -> bool {
        is_word(&self.key_id) && self.token.as_deref().is_none_or(is_word)
    }
}

impl InHead for AzureCredential {
    fn is_sendable(&self) -> bool {
        match self {
            Self::BearerToken(token) => is_word(token),
            Self::AccessKey(_) | Self::SASToken(_) => true,
        }
    }
}

impl InHead for GcpCredential {
    fn is_sendable(&self) -> bool {
        is_word(&self.bearer)
    }
}

/// The library as a lender.
#[derive(Debug)]
pub(super) struct Library<T> {
    provider: Arc<dyn CredentialProvider<Credential = T>>,
    exchange: Exchange,
}

impl<T: Send + Sync + 'static> Library<T> {
    /// What a store that the library has built would sign its requests with.
    pub(super) fn of(
        provider: &Arc<dyn CredentialProvider<Credential = T>>,
        exchange: &Exchange,
    ) -> Self {
        Self { provider: Arc::clone(provider), exchange: exchange.clone() }
    }
}

impl<T: InHead + std::fmt::Debug + Send + Sync + 'static> Lender for Library<T> {
    type Credentials = T;

    fn lend(&self) -> Lends<'_, T> {
        Box::pin(async {
            // What an earlier request has come to is no answer to this one.
            drop(self.exchange.aside());
            match self.provider.get_credential().await {
                Ok(credentials) if !credentials.is_sendable() => {
                    Err(ObjectProblem::not_lent("the answer holds no usable token"))
                }
                // It knows when they end, and keeps them until then.
                Ok(credentials) => Ok(Lent { credentials, lasting: Some(Duration::ZERO) }),
                Err(error) => Err(match self.exchange.aside() {
                    Some(heard) => not_lent(&heard),
                    None => ObjectProblem::not_lent(innermost(&error)),
                }),
            }
        })
    }
}
