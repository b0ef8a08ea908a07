//! Where words go: results to standard output, everything else to standard error.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::ffi::OsString;
use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use super::activity::{Activity, Audience, PACE, Telling};
use super::args::GlobalArgs;
use super::failure::{Exit, Failure};
use super::terminal::{Stream, Verbosity, audience, palette};
use crate::api::{KeyRing, SecretKey};
use crate::failure::FailureCode;
use crate::render::text::escape::{Breaks, escaped, name, printable};
use crate::render::text::palette::Palette;
use crate::render::text::unified_diff::DiffReader;

/// The two streams, and how to write to them.
#[derive(Debug)]
pub struct Console {
    /// For standard output.
    pub palette: Palette,
    /// For standard error.
    pub error_palette: Palette,
    /// The secret keys of the run, which are kept out of all that is said.
    pub keys: KeyRing,
    verbosity: Verbosity,
    audience: Audience,
    activity: RefCell<Option<Activity>>,
    lost: OnceLock<io::Error>,
    effect: Cell<Effect>,
}

/// Whether anything that the run did outlasts it, so that it has not simply failed where its result
/// cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing, as far as it is known.
    None,
    /// The files that were asked for were written.
    Written,
    /// Calls were accepted, or may have been; or a state was written.
    Some,
}

impl Console {
    /// Reads the wishes on color from the options and the environment.
    pub fn new(global: &GlobalArgs) -> Self {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let verbosity = match global {
            GlobalArgs { quiet: true, .. } => Verbosity::Quiet,
            GlobalArgs { verbose: 0, .. } => Verbosity::Normal,
            GlobalArgs { .. } => Verbosity::Verbose,
        };
        Self {
            palette: palette(global.color, Stream::Output, &variable),
            error_palette: palette(global.color, Stream::Error, &variable),
            keys: keys_of_environment(),
            verbosity,
            audience: audience(verbosity, &variable),
            activity: RefCell::default(),
            lost: OnceLock::new(),
            effect: Cell::new(Effect::None),
        }
    }

    /// Writes a result to standard output.
    pub fn result(&self, text: &str) {
        let text = self.keys.scrub(text);
        let mut written = Ok(());
        self.apart(|| {
            let mut stream = io::stdout().lock();
            written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
        });
        match written {
            // A reader that has gone away, such as `head`, is no failure, unless it is to learn what
            // was done.
            Err(error)
                if error.kind() != io::ErrorKind::BrokenPipe
                    || self.effect.get() == Effect::Some =>
            {
                let _ = self.lost.set(error);
            }
            _ => {}
        }
    }

    /// Who reads standard output.
    #[expect(clippy::unused_self, reason = "whoever asks has been given the console")]
    pub fn reader(&self) -> DiffReader {
        if io::stdout().is_terminal() { DiffReader::Terminal } else { DiffReader::Program }
    }

    /// Why a result did not reach standard output, such as a disk that is full.
    pub fn lost(&self) -> Option<Failure> {
        let error = self.lost.get()?;
        let (exit, help) = match self.effect.get() {
            Effect::None => (Exit::Failed, "free some space there and run the command again"),
            Effect::Written => {
                (Exit::Partly, "the file is written; only the message about it is lost")
            }
            Effect::Some => (
                Exit::Partly,
                "what was done is recorded: `clerkform state show` and `clerkform plan` show what \
                 is left",
            ),
        };
        let problem = anyhow::anyhow!("cannot write to standard output: {error}");
        Some(Failure::new(FailureCode::UnwritableOutput, problem, help).exit(exit))
    }

    /// Remembers what the run did, for the case that its result cannot be told.
    pub fn did(&self, effect: Effect) {
        self.effect.set(effect);
    }

    /// Writes what went wrong to standard error.
    pub fn complain(&self, text: &str) {
        self.apart(|| {
            let _ = io::stderr().lock().write_all(self.keys.scrub(text).as_bytes());
        });
    }

    /// Writes beside what is drawn of the work that is going on.
    fn apart(&self, write: impl FnOnce()) {
        match self.activity.borrow().as_ref() {
            Some(activity) => activity.apart(write),
            None => write(),
        }
    }

    /// Whether nothing but results and errors is wanted.
    pub fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// Files have names, and services give answers, with what a terminal would act on.
    fn line(&self, line: &str) {
        self.complain(&format!("{}\n", escaped(line, Breaks::Kept)));
    }

    /// Writes a line that helps and is no result to standard error.
    pub fn note(&self, line: &str) {
        if self.verbosity > Verbosity::Quiet {
            self.line(line);
        }
    }

    /// Does work on a number of targets, and shows how it goes. `now` is its first step.
    pub async fn working<T>(&self, targets: usize, now: &str, work: impl Future<Output = T>) -> T {
        *self.activity.borrow_mut() = Some(Activity::begin(self.audience, targets, now));
        let _ended = WorkEnd { console: self };
        tokio::select! {
            biased;
            done = work => done,
            never = self.pacing() => match never {},
        }
    }

    /// Tells now and then how far the work is.
    async fn pacing(&self) -> Infallible {
        loop {
            tokio::time::sleep(PACE).await;
            let told = self.activity.borrow().as_ref().and_then(Activity::pace);
            if let Some(told) = told.filter(|_| self.audience == Audience::Log) {
                self.line(&told);
            }
        }
    }

    /// A step of the work on a target.
    pub fn progress(&self, target: &str, what: &str) {
        let step = format!("{}: {what}", name(target));
        if self.verbosity == Verbosity::Verbose {
            self.line(&step);
        }
        if let Some(activity) = self.activity.borrow_mut().as_mut() {
            activity.step(self.shown(&step));
        }
    }

    /// A target waits for the answer to a request.
    pub fn asks(&self, target: &str, what: &str) {
        if let Some(activity) = self.activity.borrow_mut().as_mut() {
            activity.asks(target, self.shown(&format!("{}: {what}", name(target))));
        }
    }

    /// The target waits no longer.
    pub fn hears(&self, target: &str) {
        if let Some(activity) = self.activity.borrow_mut().as_mut() {
            activity.hears(target);
        }
    }

    /// A step that is a wait, which everybody should know of but who wants to be left alone.
    pub fn wait(&self, target: &str, what: &str) {
        let step = format!("{}: {what}", name(target));
        let shown = self.shown(&step);
        let telling = match self.activity.borrow_mut().as_mut() {
            Some(activity) => activity.wait(target, shown),
            None => Telling::Line,
        };
        let is_told = telling == Telling::Line && self.audience == Audience::Log;
        if is_told || self.verbosity == Verbosity::Verbose {
            self.line(&step);
        }
    }

    /// The work on one target is done.
    pub fn finished_one(&self) {
        if let Some(activity) = self.activity.borrow_mut().as_mut() {
            activity.done();
        }
    }

    /// A text as one line without what a terminal would act on, and without secrets.
    fn shown(&self, text: &str) -> String {
        printable(&self.keys.scrub(text)).into_owned()
    }

    /// Writes a line on a target that only `-v` asks for to standard error.
    pub fn detail(&self, target: &str, what: &str) {
        if self.verbosity == Verbosity::Verbose {
            self.line(&format!("{}: {what}", name(target)));
        }
    }
}

/// The end of work that was shown.
struct WorkEnd<'a> {
    console: &'a Console,
}

impl Drop for WorkEnd<'_> {
    fn drop(&mut self) {
        if let Some(activity) = self.console.activity.borrow_mut().take() {
            activity.end();
        }
    }
}

/// Says what is wrong with the arguments, or the help that they ask for. An argument that holds
/// what a terminal would act on, or a line break, is shown in one line and without colors.
pub fn refuse(error: &clap::Error, arguments: &[OsString]) {
    let rendered = error.render().to_string();
    let text = keys_of_environment().scrub(&rendered);
    let mut is_plain = matches!(text, Cow::Borrowed(_));
    let mut text = text.into_owned();
    for argument in arguments {
        let argument = argument.to_string_lossy();
        let value = argument.split_once('=').map_or(&*argument, |(_, value)| value);
        for shown in [&*argument, value] {
            if let Cow::Owned(visible) = printable(shown) {
                text = text.replace(shown, &visible);
                is_plain = false;
            }
        }
    }
    if is_plain {
        let _ = error.print();
    } else {
        let _ = io::stderr().lock().write_all(escaped(&text, Breaks::Kept).as_bytes());
    }
}

/// Whatever looks like a secret key in the environment, whichever target it is for.
fn keys_of_environment() -> KeyRing {
    let keys = KeyRing::default();
    let values = std::env::vars_os().filter_map(|(_, value)| value.into_string().ok());
    for key in values.filter_map(|value| SecretKey::parse(&value).ok()) {
        keys.add(&key);
    }
    keys
}
