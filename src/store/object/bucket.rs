//! A bucket as one run sees it: opened at the first request, shared by the states of all targets.

use std::cell::{Cell, RefCell};

use tokio::sync::OnceCell;

use super::open_bucket::OpenBucket;
use super::problem::ObjectProblem;
use super::{azure, google, s3};
use crate::store::object_url::{ObjectUrl, Platform};

/// A bucket.
#[derive(Debug)]
pub struct Bucket {
    pub(super) url: ObjectUrl,
    /// What came of opening it, once a run.
    opened: OnceCell<Result<OpenBucket, ObjectProblem>>,
    /// Whether it was seen to heed the conditions of writes.
    pub(super) is_proven: Cell<bool>,
    source: RefCell<Option<String>>,
}

impl Bucket {
    /// The bucket of a URL. Nothing is looked at yet.
    pub fn new(url: ObjectUrl) -> Self {
        let (opened, source) = (OnceCell::new(), RefCell::default());
        Self { url, opened, is_proven: Cell::new(false), source }
    }

    /// A bucket that was opened already.
    #[cfg(test)]
    pub(super) fn ready(url: ObjectUrl, opened: OpenBucket) -> Self {
        let bucket = Self::new(url);
        Self { opened: OnceCell::new_with(Some(Ok(opened))), ..bucket }
    }

    /// Where its credentials come from; told once, after they were looked for.
    pub(super) fn source(&self) -> Option<String> {
        self.source.take()
    }

    /// Opens it the first time.
    pub(super) async fn open(&self) -> Result<&OpenBucket, ObjectProblem> {
        let opened = self.opened.get_or_init(|| async {
            let opened = match self.url.platform {
                Platform::S3 => s3::open(&self.url).await?,
                Platform::Google => google::open(&self.url)?,
                Platform::Azure => azure::open(&self.url).await?,
            };
            self.source.replace(Some(opened.source.clone()));
            Ok(opened)
        });
        opened.await.as_ref().map_err(Clone::clone)
    }
}
