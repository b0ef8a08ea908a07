//! Credentials that somebody hands out for a while: asked for when they are needed, kept until
//! shortly before they end.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use object_store::{CredentialProvider, Error};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::problem::ObjectProblem;

/// How long before their end they are asked for again.
const MARGIN: Duration = Duration::from_secs(300);

/// How long they are kept where nobody says when they end, or they end sooner than the margin.
const SHORTEST: Duration = Duration::from_secs(30);

/// What was handed out.
pub(super) struct Lent<T> {
    /// The credentials.
    pub credentials: T,
    /// How long they last from now on; `None` where they do not end.
    pub lasting: Option<Duration>,
}

/// What a lender has to answer with, and when.
pub(super) type Lends<'a, T> =
    Pin<Box<dyn Future<Output = Result<Lent<T>, ObjectProblem>> + Send + 'a>>;

/// Whoever hands them out.
pub(super) trait Lender: Debug + Send + Sync + 'static {
    /// What is handed out.
    type Credentials: Send + Sync + 'static;

    /// Asks for credentials.
    fn lend(&self) -> Lends<'_, Self::Credentials>;
}

/// The credentials of one lender.
pub(super) struct Lending<L: Lender> {
    lender: L,
    kept: Mutex<Option<KeptCredentials<L::Credentials>>>,
}

struct KeptCredentials<T> {
    credentials: Arc<T>,
    until: Option<Instant>,
}

impl<L: Lender> Lending<L> {
    /// Credentials that are not asked for yet.
    pub(super) fn of(lender: L) -> Arc<Self> {
        Arc::new(Self { lender, kept: Mutex::new(None) })
    }

    /// Asks for them now.
    pub(super) async fn try_once(&self) -> Result<(), ObjectProblem> {
        self.current().await.map(drop)
    }

    async fn current(&self) -> Result<Arc<L::Credentials>, ObjectProblem> {
        // Held while they are asked for: the targets of a run need them once.
        let mut kept = self.kept.lock().await;
        let valid = kept.as_ref().filter(|kept| kept.until.is_none_or(|it| Instant::now() < it));
        if let Some(KeptCredentials { credentials, .. }) = valid {
            return Ok(Arc::clone(credentials));
        }
        let Lent { credentials, lasting } = self.lender.lend().await?;
        let credentials = Arc::new(credentials);
        let lasting = lasting.map(|lasting| lasting.saturating_sub(MARGIN).max(SHORTEST));
        let until = lasting.map(|lasting| Instant::now() + lasting);
        *kept = Some(KeptCredentials { credentials: Arc::clone(&credentials), until });
        Ok(credentials)
    }
}

impl<L: Lender> Debug for Lending<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What was handed out is nobody's business.
        f.debug_struct("Lending").field("lender", &self.lender).finish_non_exhaustive()
    }
}

impl<L: Lender> CredentialProvider for Lending<L> {
    type Credential = L::Credentials;

    fn get_credential<'a, 'b>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = object_store::Result<Arc<L::Credentials>>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async {
            let current = self.current().await;
            current.map_err(|problem| Error::Generic {
                store: "credentials",
                source: Box::new(problem),
            })
        })
    }
}
