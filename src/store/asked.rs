//! Asking the system by way of its commands. One that hangs, as they do on a machine under load or
//! without rights, is given up.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a command of the system may take. What it tells is worth no longer wait.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// What a command prints before it ends by itself; `None` where it cannot be started, or takes too
/// long.
pub(super) fn printed(command: &mut Command, longest: Duration) -> Option<String> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let bytes = read_within(&mut child, longest);
    // Harmless where it has ended. Its own children may still hold the pipe: nobody waits for them.
    let _ = child.kill();
    let _ = child.wait();
    Some(String::from_utf8_lossy(&bytes?).into_owned())
}

fn read_within(child: &mut Child, longest: Duration) -> Option<Vec<u8>> {
    let mut stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    let read = move || {
        let mut bytes = Vec::new();
        let read = stdout.read_to_end(&mut bytes);
        // Nobody listens any more where it took too long.
        let _ = sender.send(read.map(|_| bytes));
    };
    thread::Builder::new().spawn(read).ok()?;
    receiver.recv_timeout(longest).ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str, longest: Duration) -> Option<String> {
        let mut words = line.split(' ');
        printed(Command::new(words.next().unwrap()).args(words), longest)
    }

    #[test]
    fn a_command_tells_what_it_prints_unless_it_takes_too_long() {
        let echo = if cfg!(windows) { "cmd /C echo one" } else { "echo one" };
        assert_eq!(told(echo, LONGEST).as_deref().map(str::trim), Some("one"));
        // This ends long after the test, unless it is ended.
        let endless = if cfg!(windows) { "ping -n 600 127.0.0.1" } else { "sleep 600" };
        assert_eq!(told(endless, Duration::from_millis(1)), None);
    }

    #[test]
    fn a_command_that_cannot_be_started_tells_nothing() {
        assert_eq!(told("clerkform-has-no-such-command", LONGEST), None);
    }
}
