//! A bucket as one run sees it: opened at the first request, shared by the states of all targets.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::kept::KeptForRun;
use super::open_bucket::OpenBucket;
use super::problem::ObjectProblem;
use super::{azure, google, s3};
use crate::store::object_url::{ObjectUrl, Platform};

/// A bucket.
#[derive(Debug)]
pub struct Bucket {
    pub(super) url: ObjectUrl,
    opened: KeptForRun<Rc<OpenBucket>>,
    /// Whether it was seen to heed the conditions of writes.
    pub(super) is_proven: Cell<bool>,
    source: RefCell<Option<String>>,
}

impl Bucket {
    /// The bucket of a URL. Nothing is looked at yet.
    pub fn new(url: ObjectUrl) -> Self {
        let (opened, source) = (KeptForRun::nothing(), RefCell::default());
        Self { url, opened, is_proven: Cell::new(false), source }
    }

    /// A bucket that was opened already.
    #[cfg(test)]
    pub(super) fn ready(url: ObjectUrl, opened: OpenBucket) -> Self {
        Self { opened: KeptForRun::ready(Rc::new(opened)), ..Self::new(url) }
    }

    /// Where its credentials come from; told once, after they were looked for.
    pub(super) fn source(&self) -> Option<String> {
        self.source.take()
    }

    /// Opens it the first time.
    pub(super) async fn open(&self) -> Result<Rc<OpenBucket>, ObjectProblem> {
        let open = async || {
            let opened = match self.url.platform {
                Platform::S3 => s3::open(&self.url).await?,
                Platform::Google => google::open(&self.url)?,
                Platform::Azure => azure::open(&self.url)?,
            };
            self.source.replace(Some(opened.source.clone()));
            Ok((Rc::new(opened), None))
        };
        self.opened.get(open).await
    }
}
