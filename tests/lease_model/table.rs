//! The states of a search by numbers, so that worlds are small, and what is asked of them again and
//! again.

use std::collections::HashMap;

use clerkform::state::{State, WriteEnd, write_end};
use serde_json::Value;

/// States are known by numbers.
pub type Number = u16;

pub const SECTION: &str = "s";
pub const FIELDS: [&str; 2] = ["f", "g"];

/// A write by what is there now, what it was to be, and what its run knows.
type Question = (Option<Number>, Number, Vec<Option<Number>>);

#[derive(Default)]
pub struct Table {
    pub states: Vec<State>,
    /// What each state claims of each field.
    pub claims: Vec<[Option<u8>; 2]>,
    bytes: Vec<Vec<u8>>,
    numbers: HashMap<Vec<u8>, Number>,
    ends: HashMap<Question, WriteEnd>,
}

impl Table {
    /// The number of a state.
    pub fn number(&mut self, state: State) -> Number {
        let next = Number::try_from(self.states.len()).unwrap();
        let bytes = state.to_bytes();
        let number = *self.numbers.entry(bytes.clone()).or_insert(next);
        if number == next {
            let known = state.known();
            let claimed = |field| known.get(&(SECTION, field)).and_then(|known| known.certain());
            let claims = FIELDS.map(|field| claimed(field).and_then(Value::as_u64));
            self.claims.push(claims.map(|claim| claim.map(|it| u8::try_from(it).unwrap())));
            self.states.push(state);
            self.bytes.push(bytes);
        }
        number
    }

    fn bytes(&self, number: Option<Number>) -> Option<Vec<u8>> {
        number.map(|number| self.bytes[usize::from(number)].clone())
    }

    /// The program's own verdict on a write, by what is there now.
    pub fn write_end(
        &mut self,
        now: Option<Number>,
        wanted: Number,
        own: &[Option<Number>],
    ) -> WriteEnd {
        let key = (now, wanted, own.to_vec());
        if let Some(end) = self.ends.get(&key) {
            return *end;
        }
        let own: Vec<_> = own.iter().map(|own| self.bytes(*own)).collect();
        let wanted = self.bytes(Some(wanted)).unwrap();
        let end = write_end(self.bytes(now).as_deref(), &wanted, &own);
        self.ends.insert(key, end);
        end
    }
}
