//! The protocol of shared states, searched to its end: two runs, calls that land late or never, writes
//! that arrive late, answers that are lost, a crash, a stall, and clocks that are apart. The steps by
//! which a state moves and the rules on leases and answers are those of the program; what sends and
//! waits is modelled. With any rule broken, the search finds a state that claims what the service does
//! not hold.
//!
//! The limits. A call takes effect within 60 seconds of being sent or not at all, since the service
//! knows no leases; a try is sent at the moment at which it was found to be permitted; clocks are at
//! most 60 seconds apart. Time goes on in steps of 60 seconds. Each run makes one call in one try. The
//! first run may crash or stall anywhere, renews once, and its writes may arrive late; the second may
//! stall between its read and its intent, and is prompt after that.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "lease_model/table.rs"]
mod table;
#[path = "lease_model/world.rs"]
mod world;

use std::collections::{BTreeMap, HashMap, HashSet};

use clerkform::state::{
    ClockReading, InstanceRef, IntendedCall, Intent, Settlement, State, TAIL, WriteEnd,
    is_renewal_due, may_try,
};
use serde_json::{Map, Value, json};
use table::{FIELDS, Number, SECTION, Table};
use world::{Phase, Purpose, Run, Travelling, World, answers, crashed, start, tidy, wrote};

/// How long a step of time is in seconds, how many of them are searched, and how long a call may be
/// under way.
const STEP: u64 = 60;
const STEPS: u8 = 7;
const LANDING: u8 = 1;

/// What keeps the claims true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// No try is sent with less than a minute left.
    Slack,
    /// After a try without an answer nobody else acts for a minute.
    Tail,
    /// A record depends on what was written before it.
    ConditionalRecord,
    /// What an abandoned intent was about to send is uncertain.
    Doubt,
    /// The store heeds conditions.
    ConditionalStore,
    /// Where clocks may be apart, a lease is over only later.
    Margin,
    /// What was not clearly answered is read back.
    ReadBack,
}

/// One search: the field that the second run sets, how far its clock is ahead, and what is broken.
struct Search {
    fields: [usize; 2],
    ahead: [u64; 2],
    broken: Option<Rule>,
    table: Table,
    /// The outcome of a step that was taken before.
    steps: HashMap<StepKey, Number>,
}

/// A step of a state: what for, of which state, by which run, at what time or until when, after
/// which serial, and for a record what came of the call.
type StepKey = (Purpose, Number, usize, Option<u64>, u64, Option<bool>);

/// What was seen of a search that found nothing false.
#[derive(Debug, Default)]
struct Seen {
    worlds: usize,
    renewed: bool,
    taken_over: bool,
    late_call: bool,
}

impl Search {
    fn new(fields: [usize; 2], ahead: [u64; 2], broken: Option<Rule>) -> Self {
        Self { fields, ahead, broken, table: Table::default(), steps: HashMap::new() }
    }

    fn heeds(&self, rule: Rule) -> bool {
        self.broken != Some(rule)
    }

    /// The verdict on a write that was not clearly answered.
    fn write_end(
        &mut self,
        now: Option<Number>,
        wanted: Number,
        own: &[Option<Number>],
    ) -> WriteEnd {
        if self.heeds(Rule::ReadBack) {
            self.table.write_end(now, wanted, own)
        } else {
            WriteEnd::Written
        }
    }

    fn clock(&self, run: usize, now: u8) -> ClockReading {
        let shown = 1_000_000 + u64::from(now) * STEP + self.ahead[run];
        let margin = if self.heeds(Rule::Margin) { 60 } else { 0 };
        ClockReading { earliest: shown - margin, latest: shown }
    }

    fn body(&self, run: usize) -> Map<String, Value> {
        Map::from_iter([(FIELDS[self.fields[run]].to_owned(), json!(run + 1))])
    }

    fn start(&mut self) -> World {
        let fresh = State::fresh("l".to_owned(), None, InstanceRef::default());
        let values = FIELDS.map(|field| (field.to_owned(), json!(0)));
        let applied = BTreeMap::from([(SECTION.to_owned(), BTreeMap::from(values))]);
        let first = self.table.number(State { applied, serial: 1, ..fresh });
        start(first)
    }

    /// Whether the state claims a value that the service does not hold.
    fn is_false(&self, world: &World) -> bool {
        let Some(number) = world.register else { return false };
        let claims = self.table.claims[usize::from(number)];
        (0..2).any(|at| claims[at].is_some_and(|claimed| claimed != world.service[at]))
    }

    /// All worlds that can be reached, or the first one with a false claim.
    fn run(&mut self) -> Result<Seen, Box<World>> {
        let mut seen = Seen::default();
        let start = self.start();
        let mut known = HashSet::from([start.clone()]);
        let mut open = vec![start];
        while let Some(world) = open.pop() {
            if self.is_false(&world) {
                return Err(Box::new(world));
            }
            let [first, second] = &world.runs;
            seen.renewed |= first.renewals > 0;
            seen.taken_over |= first.phase == Phase::Holding && second.phase == Phase::Holding;
            seen.late_call |= world.calls.iter().any(|call| !call.is_awaited)
                && (first.phase, second.phase) == (Phase::Done, Phase::Idle);
            for mut next in self.after(&world) {
                tidy(&mut next);
                if !known.contains(&next) {
                    known.insert(next.clone());
                    open.push(next);
                }
            }
        }
        seen.worlds = known.len();
        Ok(seen)
    }

    fn after(&mut self, world: &World) -> Vec<World> {
        let mut found = Vec::new();
        let is_due = |call: &Travelling| !call.has_landed && call.deadline <= world.now;
        // What begins later is the same at a later time.
        let has_begun = |run: &Run| !matches!(run.phase, Phase::Idle | Phase::HasRead);
        // A write that takes long is one that nobody waits for any more.
        let is_writing = |run: &Run| matches!(run.phase, Phase::Writing(..));
        let may_pass = world.now < STEPS
            && world.runs.iter().any(has_begun)
            && !world.runs.iter().any(is_writing)
            && matches!(world.runs[1].phase, Phase::Idle | Phase::HasRead | Phase::Done);
        if may_pass && !world.calls.iter().any(is_due) {
            found.push(World { now: world.now + 1, ..world.clone() });
        }
        for at in 0..world.calls.len() {
            found.extend(self.landings(world, at));
        }
        for at in 0..world.delayed.len() {
            let mut next = world.clone();
            let (wanted, over) = next.delayed.remove(at);
            if next.register == over || !self.heeds(Rule::ConditionalStore) {
                next.register = Some(wanted);
            }
            found.push(next);
        }
        for run in 0..2 {
            self.acts(world, run, &mut found);
        }
        found
    }

    fn landings(&self, world: &World, at: usize) -> Vec<World> {
        let call = world.calls[at];
        if call.has_landed {
            return Vec::new();
        }
        let mut landed = world.clone();
        landed.service[self.fields[call.run]] = u8::try_from(call.run + 1).unwrap();
        let mut lost = world.clone();
        lost.calls.remove(at);
        if call.is_awaited {
            landed.calls[at].has_landed = true;
            // Its run learns of it when it gives up.
            return vec![landed];
        }
        landed.calls.remove(at);
        // Until then one that is lost is like one that has not landed yet.
        if call.deadline > world.now { vec![landed] } else { vec![landed, lost] }
    }

    fn acts(&mut self, world: &World, at: usize, found: &mut Vec<World>) {
        match world.runs[at].phase {
            Phase::Idle => found.extend(self.read(world, at)),
            Phase::HasRead => {
                let begun = self.begin(world, at);
                found.push(begun);
            }
            Phase::Writing(purpose, wanted) => self.writes(world, at, (purpose, wanted), found),
            Phase::Unclear(purpose, wanted) => {
                let settled = self.settle(world, at, purpose, wanted);
                found.push(settled);
            }
            Phase::Holding => self.holds(world, at, found),
            Phase::Calling => found.extend(answers(world, at)),
            Phase::Done => return,
        }
        // Before it has begun that is the same as if it never did.
        if at == 0 && !matches!(world.runs[at].phase, Phase::Idle | Phase::HasRead) {
            found.push(crashed(world, at));
        }
    }

    fn read(&self, world: &World, at: usize) -> Option<World> {
        let number = world.register?;
        let state = &self.table.states[usize::from(number)];
        let now = self.clock(at, world.now);
        if state.in_flight.as_ref().is_some_and(|intent| intent.is_held(now)) {
            return None;
        }
        let mut next = world.clone();
        let run = &mut next.runs[at];
        (run.own, run.over, run.last) = (vec![Some(number)], Some(number), Some(number));
        (run.serial, run.phase) = (state.serial, Phase::HasRead);
        Some(next)
    }

    fn begin(&mut self, world: &World, at: usize) -> World {
        let intent = Intent {
            run: at.to_string(),
            by: at.to_string(),
            lease_until: None,
            calls: vec![IntendedCall { section: SECTION.to_owned(), body: self.body(at) }],
        };
        let until = self.clock(at, world.now).lease_until();
        let is_doubted = self.heeds(Rule::Doubt);
        self.write(world, at, (Purpose::Begin, Some(until), None), until, |mut found| {
            if !is_doubted {
                found.in_flight = None;
            }
            found.begin(intent, InstanceRef::default()).leased(until)
        })
    }

    fn write(
        &mut self,
        of: &World,
        at: usize,
        (what, time, settled): (Purpose, Option<u64>, Option<bool>),
        until: u64,
        step: impl FnOnce(State) -> State,
    ) -> World {
        let mut next = of.clone();
        let run = &mut next.runs[at];
        let last = run.last.unwrap();
        let key = (what, last, at, time, run.serial, settled);
        let wanted = if let Some(wanted) = self.steps.get(&key) {
            *wanted
        } else {
            let state = step(self.table.states[usize::from(last)].clone()).after(run.serial);
            let wanted = self.table.number(state);
            self.steps.insert(key, wanted);
            wanted
        };
        run.serial = self.table.states[usize::from(wanted)].serial;
        run.own.push(Some(wanted));
        run.next_until = until;
        (run.has_retried, run.phase) = (false, Phase::Writing(what, wanted));
        next
    }

    /// The write arrives or not, and so does its answer.
    fn writes(
        &self,
        world: &World,
        at: usize,
        (what, wanted): (Purpose, Number),
        found: &mut Vec<World>,
    ) {
        let over = world.runs[at].over;
        let is_unconditional = !self.heeds(Rule::ConditionalStore)
            || what == Purpose::Record && !self.heeds(Rule::ConditionalRecord);
        let mut unclear = world.clone();
        unclear.runs[at].phase = Phase::Unclear(what, wanted);
        if world.register == over || is_unconditional {
            let mut written = world.clone();
            written.register = Some(wanted);
            let mut unheard = unclear.clone();
            unheard.register = Some(wanted);
            wrote(&mut written.runs[at], what, wanted);
            found.extend([written, unheard]);
        } else {
            found.push(unclear.clone());
        }
        if at == 0 {
            unclear.delayed.push((wanted, over));
        }
        found.push(unclear);
    }

    /// What was not clearly answered is read back.
    fn settle(&mut self, world: &World, at: usize, what: Purpose, wanted: Number) -> World {
        let end = self.write_end(world.register, wanted, &world.runs[at].own);
        let mut next = world.clone();
        let run = &mut next.runs[at];
        match end {
            WriteEnd::Written => wrote(run, what, wanted),
            WriteEnd::Again if what == Purpose::Record && !run.has_retried => {
                (run.over, run.has_retried) = (world.register, true);
                run.phase = Phase::Writing(what, wanted);
            }
            WriteEnd::Again if what == Purpose::Renew => {
                (run.over, run.phase) = (world.register, Phase::Holding);
            }
            WriteEnd::Again | WriteEnd::Taken => run.phase = Phase::Done,
        }
        next
    }

    fn holds(&mut self, world: &World, at: usize, found: &mut Vec<World>) {
        let run = &world.runs[at];
        let now = self.clock(at, world.now);
        let left = now.left(run.until);
        let may = !self.heeds(Rule::Slack) || may_try(left);
        if may && !run.is_accepted && run.tries == 0 {
            let mut next = world.clone();
            let deadline = world.now + LANDING;
            next.calls.push(Travelling { run: at, deadline, has_landed: false, is_awaited: true });
            let run = &mut next.runs[at];
            (run.tries, run.sent, run.phase) = (run.tries + 1, world.now, Phase::Calling);
            found.push(next);
        }
        if at == 0 && is_renewal_due(left) && run.renewals == 0 {
            let until = now.lease_until();
            let what = (Purpose::Renew, Some(until), None);
            let mut next = self.write(world, at, what, until, |last| last.leased(until));
            next.runs[at].renewals += 1;
            found.push(next);
        }
        let (settlement, settled) = match (run.is_accepted, run.open) {
            (true, _) => (Settlement::Accepted(BTreeMap::new()), Some(true)),
            (false, Some(_)) => (Settlement::Unknown, Some(false)),
            (false, None) => (Settlement::Refused, None),
        };
        let body = self.body(at);
        let sent = |open: u8| now.latest - u64::from(world.now - open) * STEP;
        let tail = run.open.map(|open| sent(open) + TAIL).filter(|tail| *tail >= now.earliest);
        let tail = tail.filter(|_| self.heeds(Rule::Tail));
        let until = run.until;
        let recorded = self.write(world, at, (Purpose::Record, tail, settled), until, |last| {
            let settled = last.settle(SECTION, &body, &settlement);
            match tail {
                Some(tail) => settled.end_after(tail),
                None => settled.end(),
            }
        });
        found.push(recorded);
    }
}

const SETTINGS: [([usize; 2], [u64; 2]); 3] =
    [([0, 0], [0, 0]), ([0, 0], [0, 60]), ([0, 1], [0, 60])];

#[test]
fn with_every_rule_no_state_ever_claims_what_the_service_does_not_hold() {
    for (fields, ahead) in SETTINGS {
        let seen = Search::new(fields, ahead, None).run();
        let seen = seen.unwrap_or_else(|world| panic!("{fields:?} {ahead:?}: {world:#?}"));
        let is_whole = seen.renewed && seen.taken_over && seen.late_call;
        assert!(is_whole && seen.worlds > 200_000, "{seen:?}");
    }
}

#[test]
fn without_any_one_rule_some_state_does() {
    let [alike, apart, elsewhere] = SETTINGS;
    for (rule, (fields, ahead)) in [
        (Rule::Slack, apart),
        (Rule::Tail, alike),
        (Rule::ConditionalRecord, alike),
        (Rule::Doubt, elsewhere),
        (Rule::ConditionalStore, alike),
        (Rule::Margin, apart),
        (Rule::ReadBack, alike),
    ] {
        let is_seen = Search::new(fields, ahead, Some(rule)).run().is_err();
        assert!(is_seen, "nothing becomes false without {rule:?}");
    }
}
