//! A part of many targets, so that several jobs can share them.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::fingerprint;

/// The I-th of N parts. Serializes as `I/N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Shard {
    /// From 1 on.
    index: u64,
    of: u64,
}

impl Shard {
    /// Whether the target of that name is in this part. Every target is in exactly one of the N, and
    /// stays in it whatever other targets come and go.
    pub fn holds(self, name: &str) -> bool {
        let digits = fingerprint(name);
        // Sixteen hexadecimal digits are a number of 64 bits.
        let number = digits.get(..16).and_then(|it| u64::from_str_radix(it, 16).ok());
        number.unwrap_or_default() % self.of == self.index - 1
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (index, of) = text.split_once('/')?;
            let number = |text: &str| {
                let is_plain = text.bytes().all(|digit| digit.is_ascii_digit());
                text.parse::<u64>().ok().filter(|_| is_plain)
            };
            let shard = Self { index: number(index)?, of: number(of)? };
            (1..=shard.of).contains(&shard.index).then_some(shard)
        };
        read().ok_or_else(|| {
            "a shard is I/N, the I-th of N parts, such as `1/4`; I is from 1 to N".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shard_is_one_of_n() {
        for text in ["1/1", "3/3", "2/10"] {
            assert!(text.parse::<Shard>().is_ok(), "{text}");
        }
        for text in ["", "1", "/", "0/1", "2/1", "1/0", "+1/2", "1/2/3", " 1/2", "-1/2", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_target_is_in_exactly_one_shard(name in ".{0,40}", of in 1_u64..50) {
            let parts = (1..=of).map(|index| format!("{index}/{of}").parse::<Shard>().unwrap());
            prop_assert_eq!(parts.filter(|part| part.holds(&name)).count(), 1);
        }
    }

    #[test]
    fn shards_are_about_as_large_as_each_other() {
        let shard: Shard = "2/4".parse().unwrap();
        let names = (0..4000).map(|number| format!("apps/{number}/clerk.yaml [production]"));
        let held = names.filter(|name| shard.holds(name)).count();
        assert!((850..1150).contains(&held), "{held}");
    }
}
