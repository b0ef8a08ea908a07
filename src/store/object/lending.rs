//! Credentials that somebody hands out for a while: asked for when they are needed, kept until
//! shortly before they end.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use object_store::{CredentialProvider, Error};

use super::again::again;
use super::fault::ObjectFault;
use super::kept::KeptForRun;
use super::problem::ObjectProblem;

/// How long before their end they are asked for again.
const MARGIN: Duration = Duration::from_secs(300);

/// How long they are kept where nobody says when they end, or they end sooner than the margin.
const SHORTEST: Duration = Duration::from_secs(30);

/// What was handed out.
pub(super) struct Lent<T> {
    /// The credentials.
    pub credentials: Arc<T>,
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

    /// Asks for credentials, once.
    fn lend(&self) -> Lends<'_, Self::Credentials>;
}

/// What a lender of any kind hands out.
pub(super) type AnyLender<T> = Box<dyn Lender<Credentials = T>>;

impl<T: Send + Sync + 'static> Lender for AnyLender<T> {
    type Credentials = T;

    fn lend(&self) -> Lends<'_, T> {
        (**self).lend()
    }
}

/// The credentials of one lender.
pub(super) struct Lending<L: Lender> {
    lender: L,
    kept: KeptForRun<Arc<L::Credentials>>,
}

impl<L: Lender> Lending<L> {
    /// Credentials that are not asked for yet.
    pub(super) fn of(lender: L) -> Arc<Self> {
        Arc::new(Self { lender, kept: KeptForRun::nothing() })
    }

    /// What is valid now.
    pub(super) async fn current(&self) -> Result<Arc<L::Credentials>, ObjectProblem> {
        self.kept.get(|| self.lend()).await
    }

    async fn lend(&self) -> Result<(Arc<L::Credentials>, Option<Duration>), ObjectProblem> {
        let lent = again(ObjectFault::may_pass, || self.lender.lend()).await;
        let Lent { credentials, lasting } = lent?;
        let lasting = lasting.map(|lasting| lasting.saturating_sub(MARGIN).max(SHORTEST));
        Ok((credentials, lasting))
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
