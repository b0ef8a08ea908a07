//! Work that takes its time, as people see it: a spinner on a terminal, a bar where there are many
//! targets, and a plain line now and then in a log.

use std::collections::HashMap;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use crate::render::progress::so_far;

/// How often a log is told how far the work is.
pub(super) const PACE: Duration = Duration::from_secs(10);

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// One target: for how long, and what is being done.
const SPINNER: &str = "{spinner} {elapsed} {wide_msg}";
/// Many of them: how many are done as well.
const BAR: &str = "{spinner} {elapsed} [{bar:24}] {pos}/{len} {wide_msg}";

/// Who watches standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Nobody: only errors are wanted.
    Nobody,
    /// A log, or a person later on: plain lines.
    Log,
    /// A person at a terminal that can draw.
    Terminal,
}

/// What is to be written of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// A line of its own.
    Line,
    /// Nothing: it is drawn, or told with what comes later.
    Nothing,
}

/// Seconds, rounded up: nobody waits for 0 s.
pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Work that is going on.
#[derive(Debug)]
pub(super) struct Activity {
    bar: Option<ProgressBar>,
    targets: usize,
    done: usize,
    now: String,
    /// What each target waits for, and since when.
    open: HashMap<String, (String, Instant)>,
    began: Instant,
    moved: Instant,
}

impl Activity {
    /// Begins to show work on targets. `now` is the first step.
    pub(super) fn begin(audience: Audience, targets: usize, now: &str) -> Self {
        let template = if targets > 1 { BAR } else { SPINNER };
        let bar = (audience == Audience::Terminal).then(|| {
            let length = u64::try_from(targets).ok();
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(now.to_owned());
            bar.enable_steady_tick(TURN);
            bar
        });
        let began = Instant::now();
        let open = HashMap::new();
        Self { bar, targets, done: 0, now: now.to_owned(), open, began, moved: began }
    }

    /// The next step.
    pub(super) fn step(&mut self, now: String) {
        self.moved = Instant::now();
        if let Some(bar) = &self.bar {
            bar.set_message(now.clone());
        }
        self.now = now;
    }

    /// A target waits for an answer.
    pub(super) fn asks(&mut self, target: &str, what: String) {
        self.open.insert(target.to_owned(), (what, Instant::now()));
    }

    /// It waits no longer.
    pub(super) fn hears(&mut self, target: &str) {
        self.open.remove(target);
    }

    /// A step that is a wait. A log is told of it at once where there is one target; with many, it
    /// is told with how far they are.
    pub(super) fn wait(&mut self, target: &str, now: String) -> Telling {
        self.step(now.clone());
        self.asks(target, now);
        if self.bar.is_none() && self.targets <= 1 { Telling::Line } else { Telling::Nothing }
    }

    /// One target is done.
    pub(super) fn done(&mut self) {
        self.moved = Instant::now();
        self.done += 1;
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// [`PACE`] has passed again: what a log is told. On a terminal the time is there to see, and
    /// only a step that takes long is said to.
    pub(super) fn pace(&self) -> Option<String> {
        // Of many the one that has waited longest holds up the run.
        let longest = self.open.values().min_by_key(|(_, since)| *since);
        let now = longest.map_or(self.now.as_str(), |(what, _)| what);
        let Some(bar) = &self.bar else {
            let passed = whole_seconds(self.began.elapsed());
            return Some(so_far(self.done, self.targets, passed, now));
        };
        let passed = self.moved.elapsed();
        if passed >= PACE {
            bar.set_message(so_far(self.done, 1, whole_seconds(passed), now));
        }
        None
    }

    /// Writes something else than the spinner, which makes room for it.
    pub(super) fn apart(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the spinner away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_log_is_told_of_each_wait_of_one_target_and_of_many_only_how_far_they_are() {
        let mut one = Activity::begin(Audience::Log, 1, "checking");
        assert_eq!(one.wait("a.yaml", "a.yaml: 503".to_owned()), Telling::Line);
        let mut many = Activity::begin(Audience::Log, 36, "checking");
        assert_eq!(many.wait("b.yaml", "b.yaml: 503".to_owned()), Telling::Nothing);
        many.done();
        tokio::time::advance(PACE).await;
        assert_eq!(many.pace().as_deref(), Some("1 of 36 targets done after 10 s; b.yaml: 503"));
        assert_eq!(one.pace().as_deref(), Some("a.yaml: 503, for 10 s"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_names_the_target_that_has_waited_longest() {
        let mut activity = Activity::begin(Audience::Log, 3, "checking");
        let told =
            |activity: &Activity| activity.pace().unwrap().split_once("; ").unwrap().1.to_owned();
        for name in ["slow", "b", "c"] {
            activity.asks(name, format!("{name}: GET /v1/instance"));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        activity.hears("b");
        activity.step("b: PATCH /v1/instance applied (200)".to_owned());
        assert_eq!(told(&activity), "slow: GET /v1/instance");
        activity.hears("slow");
        activity.asks("slow", "slow: PATCH /v1/instance".to_owned());
        assert_eq!(told(&activity), "c: GET /v1/instance");
        activity.hears("c");
        activity.hears("slow");
        assert_eq!(told(&activity), "b: PATCH /v1/instance applied (200)");
    }
}
