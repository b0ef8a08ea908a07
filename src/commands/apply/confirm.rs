//! The question that `apply` asks before it changes anything.

use std::io::{BufRead, IsTerminal};

use anyhow::anyhow;

use crate::api::Stop;
use crate::apply::ApplyError;
use crate::commands::args::ApplyArgs;
use crate::commands::console::Console;
use crate::commands::failure::Failure;
use crate::failure::FailureCode;

/// Whether nobody has to be asked.
pub(super) fn is_confirmed(args: &ApplyArgs) -> bool {
    args.yes || args.plan.is_some()
}

/// Asks whether the changes are to be made, where somebody has to be asked.
pub(super) async fn confirm(
    args: &ApplyArgs,
    console: &Console,
    stop: &Stop,
) -> Result<(), Failure> {
    if is_confirmed(args) {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            FailureCode::ConfirmationNeeded,
            anyhow!("cannot ask for confirmation: standard input is not a terminal"),
            "nothing was changed; review the plan and apply it with `--yes`, or save it with `plan \
             --out PLAN` and run `apply --plan PLAN`",
        ));
    }
    console.complain("Make these changes? Only `yes` is accepted: ");
    let (sender, answer) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().lock().read_line(&mut line);
        let _ = sender.send(line);
    });
    let answer = tokio::select! {
        _ = stop.tripped() => return Err(ApplyError::Interrupted.into()),
        answer = answer => answer.unwrap_or_default(),
    };
    if answer.trim().eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(Failure::new(FailureCode::Declined, anyhow!("not confirmed"), "nothing was changed"))
    }
}
