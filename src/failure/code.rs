//! The codes of failures. Each is declared once, with its exit code and with what `explain` and
//! `docs/codes.md` show. Codes that the service gives are its own, and data.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Exit;

macro_rules! codes {
    ($($variant:ident $word:literal $exit:ident {
        meaning: $meaning:literal,
        remedy: $remedy:literal,
    })*) => {
        /// Why a command failed as a whole, or one call of it. The words are stable; scripts tell
        /// failures by them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FailureCode {
            $(#[doc = $meaning] #[serde(rename = $word)] $variant,)*
        }

        impl FailureCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that documents use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What the process ends with.
            pub const fn exit(self) -> Exit {
                match self { $(Self::$variant => Exit::$exit,)* }
            }

            /// What it means, in a few sentences.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What to do about it, in a few sentences.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    Configuration "configuration" Failed {
        meaning: "The configuration has problems, and nothing was planned or done. The findings say \
            which they are, each with a code of its own.",
        remedy: "Mend what is listed; `clerkform validate` lists it again.",
    }
    Warnings "warnings" Failed {
        meaning: "The plan has warnings, and `--strict` makes them fail. Nothing was changed.",
        remedy: "Mend what they are about, or leave out `--strict`.",
    }
    Usage "usage" Usage {
        meaning: "The command line asks for something that cannot be, such as standard input twice.",
        remedy: "Change the arguments; `--help` lists them.",
    }
    UnknownName "unknown-name" Failed {
        meaning: "There is no setting, section or code of that name, or the state knows nothing of \
            it.",
        remedy: "`clerkform explain` lists every name, and `clerkform state show` what is recorded.",
    }
    EnvironmentNeeded "environment-needed" Failed {
        meaning: "The file has environments, and the command line names none of them.",
        remedy: "Choose with `-e NAME`, or take every one with `--all-envs`.",
    }
    UnknownEnvironment "unknown-environment" Failed {
        meaning: "The file has no environment of the name that was given with `-e`.",
        remedy: "Use one of those that the message lists, or add it to `environments` in the file.",
    }
    FileExists "file-exists" Failed {
        meaning: "The file that was to be written is there already. `init` and `import` never write \
            over one.",
        remedy: "Name another file, or move that one away.",
    }
    FileInUse "file-in-use" Usage {
        meaning: "The run was asked to write to a file that it also reads, keeps its state in, or \
            writes something else to. Nothing was written.",
        remedy: "Name another file.",
    }
    UnwritableFile "unwritable-file" Failed {
        meaning: "A file that the run was asked to write cannot be written, such as a report or a \
            saved plan.",
        remedy: "Check that its folder exists, may be written to and has room left.",
    }
    UnwritableOutput "unwritable-output" Failed {
        meaning: "The result could not be written to standard output, such as to a disk that is full. \
            The run ends with 3 where calls were accepted before, or may have been.",
        remedy: "Make room and run the command again. Where calls were made, `clerkform state show` \
            and `clerkform plan` tell what was done and what is left.",
    }
    FormatUnsafe "format-unsafe" Failed {
        meaning: "`fmt` cannot change the layout of the file without changing what it means. The \
            file was left alone.",
        remedy: "Indent it by hand.",
    }
    KeyMissing "key-missing" Failed {
        meaning: "There is no secret key for a target. No request was made.",
        remedy: "Set the variable that the message names, or name a file with `--secret-key-file` or \
            a folder with `--secrets-dir`. `--sandbox` needs no key.",
    }
    KeyInvalid "key-invalid" Failed {
        meaning: "What stands where the secret key belongs is none. No request was made.",
        remedy: "Put the secret key of the instance there: it is in the Clerk Dashboard, under API \
            keys, and begins with `sk_test_` or `sk_live_`.",
    }
    KeyUnreadable "key-unreadable" Failed {
        meaning: "The file or the folder that holds the secret key cannot be read. No request was \
            made.",
        remedy: "Check the path and its permissions.",
    }
    KeyEnvironment "key-environment" Failed {
        meaning: "The secret key is for a development instance and the target is for production, or \
            the other way round. No request was made.",
        remedy: "Use the key of the right instance, or mend `target.environment_type` in the file.",
    }
    ApiUrl "api-url" Usage {
        meaning: "The URL of the service cannot be used: it is no URL, or a key would be sent to it \
            in the clear.",
        remedy: "Mend `--api-url` or CLERK_API_URL, or leave both out.",
    }
    InstanceMismatch "instance-mismatch" Failed {
        meaning: "The secret key opens another instance than the one that the file, the state or the \
            plan names. Nothing was changed.",
        remedy: "Use the key of the right instance.",
    }
    InstanceEnvironment "instance-environment" Failed {
        meaning: "The service says that its instance is for another environment than the prefix of \
            the secret key does. Nothing was changed.",
        remedy: "Use the key of the right instance.",
    }
    InstanceUnknown "instance-unknown" Failed {
        meaning: "A certain instance is asked for, and the service does not tell which one the secret \
            key opens. Nothing was changed.",
        remedy: "Check `--api-url`: the service there does not offer `GET /v1/instance`. Where it is \
            right, take `target.instance_id` out of the file or use another state.",
    }
    PreflightFailed "preflight-failed" Failed {
        meaning: "A request that only reads was refused or not answered, so nothing was changed.",
        remedy: "The message says what came; mend that and run the command again.",
    }
    SameKey "same-key" Failed {
        meaning: "Two targets of one run are given the same secret key, so they mean one instance \
            and would undo each other's changes.",
        remedy: "Give each its own key with `target.secret_key_env`, or name only one of them.",
    }
    SameInstance "same-instance" Failed {
        meaning: "Two targets of one run turned out to be the same instance, so they would undo each \
            other's changes. Nothing was changed.",
        remedy: "Give each the key of its own instance, or name only one of them.",
    }
    Locked "locked" Busy {
        meaning: "Another run holds the state. Two runs on one state cannot both go on.",
        remedy: "Try again once that run has ended, or wait for it with `--lock-timeout SECONDS`.",
    }
    LockForeign "lock-foreign" Failed {
        meaning: "The file that stands where the lock of the state goes was not made by clerkform, \
            so it is left alone.",
        remedy: "Move that file away, or name another place for the state with `--state`.",
    }
    StateMissing "state-missing" Failed {
        meaning: "There is no state at that place, and the command needs one.",
        remedy: "Nothing was applied yet, or the state lives elsewhere: name an environment with \
            `-e`, the place with `--state`, or `--sandbox`.",
    }
    StateExists "state-exists" Failed {
        meaning: "`import` would write a state where there is one already. Nothing was written.",
        remedy: "Name another file with `-o`, or another place for the state with `--state`.",
    }
    StateMismatch "state-mismatch" Failed {
        meaning: "The state is of another environment or another instance than the target.",
        remedy: "Name the state of this target with `--state`, or mend `target` in the file.",
    }
    StateLocation "state-location" Failed {
        meaning: "A target has no place for its state: `--state` names something that cannot be one, \
            or none can be found by the configuration's name.",
        remedy: "Name a file with `--state FILE`, or for several targets a folder with a final `/`.",
    }
    StateShared "state-shared" Failed {
        meaning: "Two targets of one run would have the same state.",
        remedy: "Name each target once, and rename one of two configurations that differ only in how \
            their names end.",
    }
    StateDamaged "state-damaged" Failed {
        meaning: "The file that should hold the state is not one, or not whole. It is left alone.",
        remedy: "Restore the state from git or from a backup. Where there is none, move it away: \
            everything then counts as new and is sent once more.",
    }
    StateNewer "state-newer" Failed {
        meaning: "A newer version of clerkform wrote the state, in a format that this one does not \
            read.",
        remedy: "Upgrade clerkform, here and wherever else this state is used.",
    }
    StateNotAFile "state-not-a-file" Failed {
        meaning: "What is at the place of the state or of its lock is a folder, a device or something \
            else that is not a regular file. It is left alone.",
        remedy: "Move it away, or name another place with `--state`. To keep states in a folder, end \
            the value of `--state` with `/`.",
    }
    StateTooLarge "state-too-large" Failed {
        meaning: "The state has more than 16 MiB, or would have. It is neither read nor written.",
        remedy: "No settings need that much: look at what the file holds, and restore the state from \
            git or from a backup.",
    }
    StateReplaced "state-replaced" Failed {
        meaning: "Something else replaced the state while the run held it. What is there now is left \
            alone.",
        remedy: "Look at it with `clerkform state show`, and compare it with the instance by \
            `clerkform plan --refresh`.",
    }
    StateIo "state-io" Failed {
        meaning: "The operating system did not let the state be read, locked or written.",
        remedy: "The message says what it said. Check permissions and room, or name another place \
            for the state with `--state`.",
    }
    StateUnwritten "state-unwritten" Failed {
        meaning: "The state could not be written before the first call, so no call was made.",
        remedy: "Make the place writable and apply again.",
    }
    PlanUnreadable "plan-unreadable" Failed {
        meaning: "The file of a saved plan cannot be read.",
        remedy: "Check the path; `clerkform plan --out FILE` saves a plan.",
    }
    PlanDamaged "plan-damaged" Failed {
        meaning: "The file is no saved plan, or only a part of one.",
        remedy: "Make the plan anew with `clerkform plan --out FILE`.",
    }
    PlanNewer "plan-newer" Failed {
        meaning: "A newer version of clerkform saved the plan, in a format that this one does not \
            read.",
        remedy: "Make the plan anew, or use the version of clerkform that made it.",
    }
    PlanEdited "plan-edited" Failed {
        meaning: "The saved plan was changed after it was saved: its digest does not fit what it \
            holds. Nothing was changed.",
        remedy: "Make the plan anew, and review it. Nobody may edit a saved one.",
    }
    PlanMismatch "plan-mismatch" Failed {
        meaning: "The saved plan was made for another place than the options name: for another state, \
            or for the sandbox and not for an instance. Nothing was changed.",
        remedy: "Give `apply` the same `--state` and `--sandbox` as `plan`, in the same folder.",
    }
    PlanStale "plan-stale" Failed {
        meaning: "The state is no longer the one that the saved plan was made for. Nothing was \
            changed.",
        remedy: "Run `clerkform plan` again and review the new plan.",
    }
    PlanApplied "plan-applied" Failed {
        meaning: "The saved plan was applied already: the state records all that it asks for.",
        remedy: "There is nothing left to do for it; `clerkform plan` shows what the file asks for \
            now.",
    }
    PlanChanged "plan-changed" Failed {
        meaning: "Another run changed the state after the plan was shown, so that more would be done \
            now than was shown. Nothing was changed.",
        remedy: "Run `clerkform plan` again and review what is left.",
    }
    ChecksumMismatch "checksum-mismatch" Failed {
        meaning: "The plan is not the one that `--checksum` names, so it is not the one that was \
            reviewed. Nothing was changed.",
        remedy: "Review the plan as it is now and use its checksum. It may have been applied already: \
            `clerkform state show` tells.",
    }
    ConfirmationNeeded "confirmation-needed" Failed {
        meaning: "`apply` asks before it changes anything, and standard input is not a terminal. \
            Nothing was changed.",
        remedy: "Read the plan and apply it with `--yes`, or save it with `plan --out PLAN` and use \
            `apply --plan PLAN`.",
    }
    Declined "declined" Failed {
        meaning: "The answer to the question was not `yes`. Nothing was changed.",
        remedy: "Run it again and answer `yes` where the plan is what is meant.",
    }
    Interrupted "interrupted" Interrupted {
        meaning: "SIGINT, SIGTERM or SIGHUP ended the run. Where calls were made the result of each \
            is recorded, unless a second signal ended it at once.",
        remedy: "Run it again. `clerkform plan` tells whether anything is uncertain now.",
    }
    SandboxInstance "sandbox-instance" Failed {
        meaning: "The file that keeps the emulated instance of `--sandbox` cannot be used.",
        remedy: "Delete the file to start with a fresh instance.",
    }
    SandboxFailed "sandbox-failed" Failed {
        meaning: "`clerkform sandbox` cannot serve: its port is taken, or its file cannot be used.",
        remedy: "Choose another `--port` (0 takes any that is free) or another `--data` file.",
    }
    System "system" Failed {
        meaning: "The operating system refused what any program needs, such as a handle for the \
            network.",
        remedy: "Try again; check the limits of the process (`ulimit -a`).",
    }
    NoAnswer "no-answer" Failed {
        meaning: "No answer to a call came, at any try. It may have taken effect all the same; where \
            it may, its settings are uncertain and are sent again.",
        remedy: "Check the network and `--api-url`, and apply again.",
    }
    Redirected "redirected" Failed {
        meaning: "The service answered a call with a redirect. It was not followed, since that would \
            take the secret key to another place.",
        remedy: "Name the API's real address with `--api-url`.",
    }
    HttpStatus "http-STATUS" Failed {
        meaning: "The service answered a call with that HTTP status, such as `http-502`, and with no \
            code of its own. What answered may be a proxy and not the service.",
        remedy: "Look at the message. With 429 or from 500 on run the same command again later; with \
            401 or 403 check the key, and with 404 check `--api-url`.",
    }
}

impl FailureCode {
    /// The code of that word, where there is one; any status in the place of the one that stands
    /// for all of them.
    pub fn named(word: &str) -> Option<Self> {
        let is_status = |status: &str| status.len() == 3 && status.parse::<u16>().is_ok();
        if word.strip_prefix(STATUS_PREFIX).is_some_and(is_status) {
            return Some(Self::HttpStatus);
        }
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// Whether it is the code of one call, and not of a command as a whole.
    pub const fn is_of_call(self) -> bool {
        matches!(self, Self::NoAnswer | Self::Redirected | Self::HttpStatus)
    }

    /// Whether a target lacks a secret key that can be its.
    pub const fn is_about_key(self) -> bool {
        matches!(
            self,
            Self::KeyMissing | Self::KeyInvalid | Self::KeyUnreadable | Self::KeyEnvironment
        )
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What stands before the status of an answer that has no code.
pub(super) const STATUS_PREFIX: &str = "http-";
