//! The stores of a run's targets, none of them looked at yet.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::Store;
use super::descriptors::KeptDescriptors;
use super::file::FileStore;
use super::git::GitRegister;
use super::location::{LocationError, Named, StatePlacement};
use super::object::{Bucket, ObjectRegister};
use super::root::repository_root;
use super::shared::SharedStore;
use super::url::StateUrl;
use crate::state::ServiceKind;

/// The stores of all targets of one run, in their order.
pub fn open(
    placement: &StatePlacement,
    targets: &[Named<'_>],
    service: ServiceKind,
    working_directory: &Path,
) -> Result<Vec<Box<dyn Store>>, LocationError> {
    let located = placement.locate(targets, service, working_directory)?;
    let kept = Arc::new(KeptDescriptors::of(located.len()));
    let bucket = match placement {
        StatePlacement::Shared(StateUrl::Object(url)) => {
            Some(Rc::new(Bucket::new((**url).clone())))
        }
        _ => None,
    };
    let stores = located.into_iter().map(|located| -> Box<dyn Store> {
        match (placement, &bucket) {
            (StatePlacement::Shared(StateUrl::Git { remote }), _) => {
                let root = repository_root(working_directory);
                let folder = root.as_deref().unwrap_or(working_directory);
                let register = GitRegister::new(remote, &located.name, &located.location, folder);
                Box::new(SharedStore::new(located.location, Box::new(register)))
            }
            (_, Some(bucket)) => {
                let bucket = Rc::clone(bucket);
                let register = ObjectRegister::new(bucket, &located.name, &located.location);
                Box::new(SharedStore::new(located.location, Box::new(register)))
            }
            (_, None) => Box::new(FileStore::new(located.location).keeping(Arc::clone(&kept))),
        }
    });
    Ok(stores.collect())
}
