//! States in object stores, an object each: Amazon S3, Google Cloud Storage, Azure Blob Storage, and
//! what speaks like one of them.

mod again;
mod answer;
mod asking;
mod aws_config;
mod aws_signature;
mod azure;
mod azure_connection;
mod azure_credentials;
mod bucket;
mod environment;
mod exchange;
mod fault;
mod google;
mod google_aws;
mod google_credentials;
mod google_executable;
mod google_federation;
mod google_file;
mod google_impersonation;
mod google_subject;
mod google_user;
mod kept;
mod lending;
mod library;
mod open_bucket;
mod problem;
mod process;
mod s3;
mod s3_credentials;
mod s3_place;

use std::rc::Rc;

use object_store::path::Path;
use object_store::{
    Attribute, GetOptions, ObjectStore, PutMode, PutOptions, PutPayload, UpdateVersion,
};

use again::again;
use answer::{Purpose, is_missing, meaning};
use exchange::{Heard, Listener};
use open_bucket::{OpenBucket, StoreHost};
use problem::{ObjectProblem, causes, innermost};

use super::object_url::Platform;
use super::{KeptBytes, Register, Snapshot, StoreError, Version, Waiting, WriteProblem, Written};

pub use bucket::Bucket;
pub use fault::ObjectFault;

/// An `ETag` that no object has.
const NO_OBJECT_S_TAG: &str = "\"00000000000000000000000000000000\"";

/// A generation that no object has: they count microseconds.
const NO_OBJECT_S_GENERATION: &str = "1";

/// The object that holds one state.
#[derive(Debug)]
pub struct ObjectRegister {
    bucket: Rc<Bucket>,
    key: Path,
    location: String,
}

impl ObjectRegister {
    /// The state of that name in a bucket.
    pub fn new(bucket: Rc<Bucket>, name: &str, location: &str) -> Self {
        let key = bucket.url.key(name);
        let key = Path::parse(&key).unwrap_or_else(|_| Path::from(key));
        Self { bucket, key, location: location.to_owned() }
    }

    fn platform(&self) -> Platform {
        self.bucket.url.platform
    }

    fn located(&self, problem: ObjectProblem) -> StoreError {
        let ObjectProblem { fault, told } = problem;
        if fault == ObjectFault::TooLarge {
            return StoreError::TooLarge { location: self.location.clone() };
        }
        let told = if told.is_empty() { told } else { format!(": {told}") };
        let (location, platform) = (self.location.clone(), self.platform());
        StoreError::Object { location, platform, fault, told }
    }

    /// The problem with a request whose answer is not a success.
    fn problem(
        &self,
        opened: &OpenBucket,
        outcome: Option<&Heard>,
        error: &object_store::Error,
        purpose: Purpose,
    ) -> ObjectProblem {
        match outcome {
            // It was done, and what the head says of the object is not enough.
            Some(Heard::Answer(head)) if (200..300).contains(&head.status) => {
                ObjectProblem::new(ObjectFault::NoVersion, innermost(error))
            }
            Some(outcome) => meaning(outcome, self.platform(), purpose),
            // The store was not asked at all.
            None => without_credentials(opened, error),
        }
    }

    async fn look(&self) -> Result<Snapshot, ObjectProblem> {
        let opened = self.bucket.open().await?;
        let listener = Listener::default();
        let mut options = GetOptions::default();
        options.extensions.insert(listener.clone());
        let got = async {
            let got = opened.store.get_opts(&self.key, options).await?;
            let (tag, version) = (got.meta.e_tag.clone(), got.meta.version.clone());
            Ok((got.bytes().await?, self.version(tag, version)))
        };
        let got: Result<_, object_store::Error> = got.await;
        match (got, listener.heard()) {
            (Ok((_, None)), _) => Err(ObjectProblem::new(ObjectFault::NoVersion, "")),
            (Ok((bytes, Some(version))), Some(Heard::Answer(head))) => {
                let kept = Some(KeptBytes { bytes: bytes.to_vec(), version });
                Ok(Snapshot { kept, clock: head.clock })
            }
            (Err(_), Some(Heard::Answer(head))) if is_missing(&head, self.platform()) => {
                Ok(Snapshot { kept: None, clock: head.clock })
            }
            (Ok(_), heard) => {
                let told = format!("it came from nowhere: {heard:?}");
                Err(ObjectProblem::new(ObjectFault::Unexpected, told))
            }
            (Err(error), heard) => {
                Err(self.problem(&opened, heard.as_ref(), &error, Purpose::Reading))
            }
        }
    }

    /// Which of an object's versions an answer is about.
    fn version(&self, tag: Option<String>, version: Option<String>) -> Option<Version> {
        match self.platform() {
            Platform::S3 | Platform::Azure => tag,
            Platform::Google => version,
        }
        .filter(|version| !version.is_empty())
        .map(Version)
    }

    fn mode(&self, over: Option<&Version>) -> PutMode {
        let Some(Version(over)) = over else { return PutMode::Create };
        let (e_tag, version) = match self.platform() {
            Platform::S3 | Platform::Azure => (Some(over.clone()), None),
            Platform::Google => (None, Some(over.clone())),
        };
        PutMode::Update(UpdateVersion { e_tag, version })
    }

    async fn put(&self, bytes: &[u8], mode: PutMode) -> Result<Option<Version>, ObjectProblem> {
        let opened = self.bucket.open().await?;
        let listener = Listener::default();
        let mut options = PutOptions::from(mode);
        options.extensions.insert(listener.clone());
        options.attributes.insert(Attribute::ContentType, "application/json".into());
        let payload = PutPayload::from(bytes.to_vec());
        let put = opened.store.put_opts(&self.key, payload, options).await;
        let error = match put {
            Ok(put) => return Ok(self.version(put.e_tag, put.version)),
            Err(error) => error,
        };
        Err(self.problem(&opened, listener.heard().as_ref(), &error, Purpose::Writing))
    }

    /// Writes over a version that the object does not have, which a store has to refuse.
    async fn must_refuse(&self, bytes: &[u8], over: Option<&Version>) -> Result<(), ObjectProblem> {
        match self.put(bytes, self.mode(over)).await {
            Ok(_) => Err(ObjectProblem::new(ObjectFault::Unconditional, "")),
            Err(ObjectProblem { fault: ObjectFault::NotReplaced, .. }) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn prove_again(&self, written: Written<'_>) -> Result<(), ObjectProblem> {
        let is_custom = self.bucket.open().await?.host == StoreHost::Custom;
        if !written.is_first && (!is_custom || self.bucket.is_proven.get()) {
            return Ok(());
        }
        let wrong = match self.platform() {
            Platform::S3 | Platform::Azure => NO_OBJECT_S_TAG,
            Platform::Google => NO_OBJECT_S_GENERATION,
        };
        for over in [None, Some(&Version(wrong.to_owned()))] {
            again(is_the_store_s, || self.must_refuse(written.bytes, over)).await?;
        }
        self.bucket.is_proven.set(true);
        Ok(())
    }
}

/// Whether a problem is one of the store that may pass. Credentials were asked for again already.
fn is_the_store_s(fault: ObjectFault) -> bool {
    fault.may_pass() && fault != ObjectFault::LenderFailing
}

/// The problem with a request that was not sent, since it could not be signed.
fn without_credentials(opened: &OpenBucket, error: &object_store::Error) -> ObjectProblem {
    let lender = causes(error).find_map(|it| it.downcast_ref::<ObjectProblem>()).cloned();
    let problem = lender.unwrap_or_else(|| ObjectProblem::not_lent(innermost(error)));
    ObjectProblem::new(problem.fault, format!("{}: {}", opened.source, problem.told))
}

impl Register for ObjectRegister {
    fn credentials(&self) -> Option<String> {
        self.bucket.source()
    }

    fn prove<'a>(&'a self, written: Written<'a>) -> Waiting<'a, Result<(), StoreError>> {
        Box::pin(
            async move { self.prove_again(written).await.map_err(|problem| self.located(problem)) },
        )
    }

    fn disown<'a>(&'a self, bytes: &'a [u8]) -> Waiting<'a, ()> {
        Box::pin(async {
            let _ = self.put(bytes, PutMode::Overwrite).await;
        })
    }

    fn read(&self) -> Waiting<'_, Result<Snapshot, StoreError>> {
        Box::pin(async {
            let looked = again(is_the_store_s, || self.look()).await;
            looked.map_err(|problem| self.located(problem))
        })
    }

    fn write<'a>(
        &'a self,
        bytes: &'a [u8],
        over: Option<&'a Version>,
    ) -> Waiting<'a, Result<Version, WriteProblem>> {
        Box::pin(async move {
            let problem = match self.put(bytes, self.mode(over)).await {
                Ok(Some(version)) => return Ok(version),
                Ok(None) => ObjectProblem::new(ObjectFault::NoVersion, ""),
                Err(problem) => problem,
            };
            let may_pass = problem.fault.may_pass() || problem.fault == ObjectFault::NoVersion;
            let error = self.located(problem);
            Err(if may_pass { WriteProblem::Unclear(error) } else { WriteProblem::Refused(error) })
        })
    }
}

#[cfg(test)]
mod tests;
