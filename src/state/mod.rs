//! What was last applied, what is uncertain, and the intent of a run that has not ended.

mod echo;
mod format;
mod known;
mod lease;
mod live;
mod name;
mod steps;
mod strict;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalog::EnvironmentType;

pub use echo::{Shown, compare, shown, verified};
pub use format::{FIRST_BYTES, StateError};
pub use known::{Known, KnownFields, known_of};
pub use lease::{
    CLOCKS_APART, ClockReading, RENEWED_BELOW, TAIL, Takeover, WriteEnd, is_renewal_due, may_try,
    seconds_of, seconds_of_date, time_of, write_end,
};
pub use live::{Live, Seen, Source};
pub use name::{REFS, ServiceKind, beside, from_root, instance_beside, is_shared, shared_place};
pub use steps::Settlement;

/// The newest format that this version reads and the one that it writes.
pub const FORMAT_VERSION: u64 = 1;

/// A value for each field, for each section. A section without fields is left out.
pub type Values = BTreeMap<String, BTreeMap<String, Value>>;

/// The state of one target, as it stands in its file. Every member has to be there, also those
/// that may be null: hence the `deserialize_with`, without which serde would fill them in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Always [`FORMAT_VERSION`].
    pub format_version: u64,
    /// A UUID that stays the same for as long as the state lives.
    pub lineage: String,
    /// Grows with every write.
    pub serial: u64,
    /// The overlay that the state belongs to.
    #[serde(deserialize_with = "Option::deserialize")]
    pub environment: Option<String>,
    /// The instance that it describes.
    #[serde(deserialize_with = "strict::object")]
    pub instance: InstanceRef,
    /// What the server was seen to accept, or what `state adopt` was told.
    pub applied: Values,
    /// Fields that may or may not have taken effect.
    pub uncertain: BTreeMap<String, BTreeSet<String>>,
    /// What was sent and accepted though the echo showed something else.
    pub unreflected: Values,
    /// The intent of a run that has not ended, or was killed.
    #[serde(deserialize_with = "strict::object_or_null")]
    pub in_flight: Option<Intent>,
}

/// Which instance a state describes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceRef {
    /// Its id; `None` where the service has no `GET /v1/instance`.
    #[serde(deserialize_with = "Option::deserialize")]
    pub id: Option<String>,
    /// Its environment, from the answer or from the key's prefix.
    #[serde(deserialize_with = "Option::deserialize")]
    pub environment_type: Option<EnvironmentType>,
}

/// The calls that a run is about to make, durable before its first call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// A UUID of the run.
    pub run: String,
    /// Who runs it: process id and host.
    pub by: String,
    /// When another run may take over, RFC 3339; `None` where a lock of the operating system tells.
    #[serde(deserialize_with = "Option::deserialize")]
    pub lease_until: Option<String>,
    /// The calls that it is about to make.
    #[serde(deserialize_with = "strict::objects")]
    pub calls: Vec<IntendedCall>,
}

/// One call of an intent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntendedCall {
    /// The section's name.
    pub section: String,
    /// The fields that it sends.
    pub body: Map<String, Value>,
}
