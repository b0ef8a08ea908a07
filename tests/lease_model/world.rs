//! What there is at one moment of the search: a register, a service, two runs and what is under way
//! between them.

use super::table::Number;

/// What a write is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    Begin,
    Renew,
    Record,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    Idle,
    HasRead,
    Writing(Purpose, Number),
    Unclear(Purpose, Number),
    Holding,
    Calling,
    Done,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    pub phase: Phase,
    pub own: Vec<Option<Number>>,
    pub over: Option<Number>,
    pub last: Option<Number>,
    pub serial: u64,
    pub until: u64,
    pub next_until: u64,
    /// When its last unanswered try was sent.
    pub open: Option<u8>,
    pub sent: u8,
    pub is_accepted: bool,
    pub tries: u8,
    pub renewals: u8,
    pub has_retried: bool,
}

/// A call under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Travelling {
    pub run: usize,
    pub deadline: u8,
    pub has_landed: bool,
    pub is_awaited: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub now: u8,
    pub register: Option<Number>,
    pub service: [u8; 2],
    pub runs: [Run; 2],
    pub calls: Vec<Travelling>,
    /// Writes that nobody waits for, and that may still arrive.
    pub delayed: Vec<(Number, Option<Number>)>,
}

pub fn wrote(run: &mut Run, what: Purpose, wanted: Number) {
    (run.own, run.over, run.last) = (vec![Some(wanted)], Some(wanted), Some(wanted));
    run.until = run.next_until;
    run.phase = if what == Purpose::Record { Phase::Done } else { Phase::Holding };
}

/// The answer to a call arrives where it has landed, or is lost.
pub fn answers(world: &World, at: usize) -> Vec<World> {
    let of = world.calls.iter().position(|call| call.run == at && call.is_awaited).unwrap();
    let mut unheard = world.clone();
    unheard.runs[at].phase = Phase::Holding;
    unheard.runs[at].open = Some(world.runs[at].sent);
    if !world.calls[of].has_landed {
        unheard.calls[of].is_awaited = false;
        return vec![unheard];
    }
    unheard.calls.remove(of);
    let mut heard = world.clone();
    heard.calls.remove(of);
    (heard.runs[at].is_accepted, heard.runs[at].phase) = (true, Phase::Holding);
    vec![heard, unheard]
}

/// The run ends at once: what it sent goes on without it.
pub fn crashed(world: &World, at: usize) -> World {
    let mut next = world.clone();
    if let Phase::Writing(_, wanted) = world.runs[at].phase {
        next.delayed.push((wanted, world.runs[at].over));
    }
    next.calls.retain(|call| !(call.run == at && call.is_awaited && call.has_landed));
    for call in next.calls.iter_mut().filter(|call| call.run == at) {
        call.is_awaited = false;
    }
    next.runs[at].phase = Phase::Done;
    next
}

/// Leaves out of a world what can matter no more: what a run knew that has ended, and writes over
/// what is there no more, since nothing comes back that was once written over.
pub fn tidy(world: &mut World) {
    let register = world.register;
    world.delayed.retain(|(_, over)| *over == register);
    world.delayed.sort_unstable();
    world.delayed.dedup();
    world.calls.sort_unstable();
    for run in world.runs.iter_mut().filter(|run| run.phase == Phase::Done) {
        (run.own, run.over, run.last, run.open) = (Vec::new(), None, None, None);
        (run.serial, run.until, run.next_until, run.sent) = (0, 0, 0, 0);
        (run.is_accepted, run.has_retried, run.tries) = (false, false, 0);
    }
}

/// Neither run has begun.
pub fn start(first: Number) -> World {
    let run = Run {
        phase: Phase::Idle,
        own: Vec::new(),
        over: None,
        last: None,
        serial: 0,
        until: 0,
        next_until: 0,
        open: None,
        sent: 0,
        is_accepted: false,
        tries: 0,
        renewals: 0,
        has_retried: false,
    };
    World {
        now: 0,
        register: Some(first),
        service: [0, 0],
        runs: [run.clone(), run],
        calls: Vec::new(),
        delayed: Vec::new(),
    }
}
