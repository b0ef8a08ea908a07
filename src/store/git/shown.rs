//! Whether what is pushed to a remote is what is read from it. One that pushes to another repository than
//! it reads from, or hides its refs, would let two runs proceed.

use std::process::Stdio;
use std::time::Duration;

use tokio::time::sleep;

use super::command::shown;
use super::remote::RemoteRef;
use crate::store::{SharedFault, StoreError, Version, Written};

/// How often a remote is looked at that does not show yet what was pushed to it.
const MOST_LOOKS: usize = 3;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);

impl RemoteRef {
    /// Makes sure that what was pushed is read back, where there is reason to doubt it: nothing was read
    /// before, or the remote pushes and reads by two URLs. These may lead to one repository.
    pub(super) async fn prove_shown(&self, written: Written<'_>) -> Result<(), StoreError> {
        let is_certain = || async { self.is_proven.get() || self.two_urls().await.is_none() };
        if !written.is_first && is_certain().await {
            return Ok(());
        }
        let Version(commit) = written.version;
        let tip = self.looked(|tip| tip == Some(commit)).await?;
        if !self.leads_to(tip.as_deref(), commit).await? {
            return Err(self.not_shown().await);
        }
        self.is_proven.set(true);
        Ok(())
    }

    /// Whether a ref that was moved meanwhile, as its remote says to a push, is still read as it was.
    pub(super) async fn is_still_read_as(&self, expected: Option<&str>) -> bool {
        let tip = self.looked(|tip| tip != expected).await;
        tip.is_ok_and(|tip| tip.as_deref() == expected)
    }

    /// What is wrong with a remote that does not show what was pushed to it.
    pub(super) async fn not_shown(&self) -> StoreError {
        match self.two_urls().await {
            Some((to, from)) => {
                let told = format!("it pushes to {to} and reads from {from}");
                self.failed(SharedFault::Elsewhere, &told)
            }
            None => self.failed(SharedFault::Hidden, ""),
        }
    }

    /// The commit that the ref is at, once that fits or was looked at often enough.
    async fn looked(
        &self,
        fits: impl Fn(Option<&str>) -> bool,
    ) -> Result<Option<String>, StoreError> {
        let mut looks = 1;
        loop {
            let (tip, _) = self.tip().await?;
            if looks == MOST_LOOKS || fits(tip.as_deref()) {
                return Ok(tip);
            }
            looks += 1;
            sleep(PAUSE).await;
        }
    }

    /// Whether a ref at `tip` has come by a commit: another run may have gone on from it.
    async fn leads_to(&self, tip: Option<&str>, commit: &str) -> Result<bool, StoreError> {
        let Some(tip) = tip else { return Ok(false) };
        if tip == commit {
            return Ok(true);
        }
        self.fetch().await?;
        let words = ["merge-base", "--is-ancestor", commit, tip];
        Ok(self.said(&words, Stdio::null()).await?.is_success)
    }

    /// Where the last push has gone and where is read from, unless that is one URL.
    async fn two_urls(&self) -> Option<(String, String)> {
        let words = ["ls-remote", "--get-url", "--", &self.remote];
        let from = self.answer(&words, Stdio::null()).await.unwrap_or_default();
        let from = without_user(String::from_utf8_lossy(&from).trim());
        let to = self.pushed_to.borrow();
        (*to != from).then(|| (shown(&to), shown(&from)))
    }
}

/// A URL as git tells it after a push.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_at(url.find("://").map_or(0, |at| at + 3));
    let authority = rest.split('/').next().unwrap_or_default();
    let rest = authority.find('@').map_or(rest, |at| &rest[at + 1..]);
    format!("{scheme}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_compared_without_who_asks() {
        for (url, expected) in [
            ("../remote.git", "../remote.git"),
            ("/srv/a@b/remote.git", "/srv/a@b/remote.git"),
            ("git@example.com:team/app.git", "example.com:team/app.git"),
            ("ssh://git@example.com/app.git", "ssh://example.com/app.git"),
            ("https://me:secret@example.com/a@b.git", "https://example.com/a@b.git"),
            ("https://example.com/a@b.git", "https://example.com/a@b.git"),
        ] {
            assert_eq!(without_user(url), expected);
        }
    }
}
