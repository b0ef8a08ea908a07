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
        meaning: "The configuration has problems, so nothing was planned or applied. Each problem \
            is a finding with its own code.",
        remedy: "Fix the findings; `clerkform validate` checks the file again.",
    }
    Warnings "warnings" Failed {
        meaning: "The plan has warnings, and `--strict` treats them as errors. Nothing was changed.",
        remedy: "Resolve the warnings, or omit `--strict`.",
    }
    Usage "usage" Usage {
        meaning: "The command line asks for something impossible, such as reading standard input \
            twice.",
        remedy: "Change the arguments; `--help` lists them.",
    }
    UnknownName "unknown-name" Failed {
        meaning: "No setting, section or code has that name, or the state does not record it.",
        remedy: "`clerkform explain` lists every name; `clerkform state show` shows what is \
            recorded.",
    }
    EnvironmentNeeded "environment-needed" Failed {
        meaning: "The file has environments, and the command line does not say which to use.",
        remedy: "Use `-e NAME`, or `--all-envs` for all of them.",
    }
    UnknownEnvironment "unknown-environment" Failed {
        meaning: "The file has no environment with the name given with `-e`.",
        remedy: "Use one of those listed in the message, or add it to `environments` in the file.",
    }
    UnknownRevision "unknown-revision" Failed {
        meaning: "git does not know the revision given with `--changed-since`, or there is no git \
            repository, or no git.",
        remedy: "Name a commit, branch or tag that the clone has, and fetch it first in a shallow \
            clone.",
    }
    FileExists "file-exists" Failed {
        meaning: "The file to write already exists. `init` and `import` never overwrite a file.",
        remedy: "Name another file, or move that one away.",
    }
    FileInUse "file-in-use" Usage {
        meaning: "The run was asked to write to a file that it also reads, uses as its state, or \
            writes something else to. Nothing was written.",
        remedy: "Name another file.",
    }
    UnwritableFile "unwritable-file" Failed {
        meaning: "A report, a saved plan or another output file cannot be written.",
        remedy: "Check that its folder exists, is writable and has space left.",
    }
    UnwritableOutput "unwritable-output" Failed {
        meaning: "The result could not be written to standard output, for example because a disk \
            is full. The run exits with 3 if calls had already been accepted, or may have been.",
        remedy: "Free some space and run the command again. If calls were made, `clerkform state \
            show` and `clerkform plan` show what was done and what is left.",
    }
    FormatUnsafe "format-unsafe" Failed {
        meaning: "`fmt` cannot change the layout of the file without changing what it means. The \
            file was left alone.",
        remedy: "Indent it by hand.",
    }
    KeyMissing "key-missing" Failed {
        meaning: "A target has no secret key. No request was made for it.",
        remedy: "Set the variable named in the message, or use `--secret-key-file`, \
            `--secrets-dir` or `--env-file`. `--sandbox` needs no key.",
    }
    KeyInvalid "key-invalid" Failed {
        meaning: "The value given as the secret key is not one. No request was made for its target.",
        remedy: "Use the instance's secret key: it is in the Clerk Dashboard, under API keys, and \
            starts with `sk_test_` or `sk_live_`.",
    }
    KeyUnreadable "key-unreadable" Failed {
        meaning: "The file or the folder that holds the secret key cannot be read. No request was \
            made for its target.",
        remedy: "Check the path and its permissions.",
    }
    KeyEnvironment "key-environment" Failed {
        meaning: "The secret key is for a development instance and the target is for production, \
            or vice versa. No request was made for the target.",
        remedy: "Use the key of the right instance, or correct `target.environment_type` in the \
            file.",
    }
    ApiUrl "api-url" Usage {
        meaning: "The API URL cannot be used: it is not a URL, or the key would be sent to it \
            unencrypted.",
        remedy: "Correct `--api-url` or CLERK_API_URL, or remove both.",
    }
    InstanceMismatch "instance-mismatch" Failed {
        meaning: "The secret key belongs to a different instance than the one named by the file, \
            the state or the plan. Nothing was changed.",
        remedy: "Use the key of the right instance.",
    }
    InstanceEnvironment "instance-environment" Failed {
        meaning: "The service reports a different kind of instance than the prefix of the secret \
            key. Nothing was changed.",
        remedy: "Use the key of the right instance.",
    }
    InstanceUnknown "instance-unknown" Failed {
        meaning: "A particular instance is required, and the service does not report which one the \
            secret key belongs to. Nothing was changed.",
        remedy: "Check `--api-url`: the service there does not offer `GET /v1/instance`. If the \
            URL is right, remove `target.instance_id` from the file or use another state.",
    }
    PreflightFailed "preflight-failed" Failed {
        meaning: "A read request was refused or not answered, so nothing was changed.",
        remedy: "The message says why. Fix that and run the command again.",
    }
    SameKey "same-key" Failed {
        meaning: "Two targets of the run have the same secret key. They are the same instance and \
            would undo each other's changes.",
        remedy: "Give each its own key with `target.secret_key_env`, or run only one of them.",
    }
    SameInstance "same-instance" Failed {
        meaning: "Two targets of the run turned out to be the same instance and would undo each \
            other's changes. Nothing was changed.",
        remedy: "Give each the key of its own instance, or run only one of them.",
    }
    Locked "locked" Busy {
        meaning: "Another run holds the state. Two runs cannot use one state at the same time.",
        remedy: "Try again when that run has ended, or wait for it with `--lock-timeout SECONDS`.",
    }
    LeaseLost "lease-lost" Busy {
        meaning: "The run held a state in a shared place for a limited time, could not renew its \
            hold, and stopped making calls. Another run may have taken over. The run exits with 3 \
            if it had already made calls.",
        remedy: "`clerkform status` shows what is uncertain. Run `apply` again.",
    }
    LockForeign "lock-foreign" Failed {
        meaning: "The file where the state's lock belongs was not written by clerkform, so it is \
            left alone.",
        remedy: "Move that file away, or keep the state elsewhere with `--state`.",
    }
    StateMissing "state-missing" Failed {
        meaning: "There is no state at that place, and the command needs one.",
        remedy: "Nothing has been applied yet, or the state is elsewhere: use `-e NAME`, `--state \
            PATH` or `--sandbox`.",
    }
    StateExists "state-exists" Failed {
        meaning: "`import` would overwrite an existing state. Nothing was written.",
        remedy: "Use another file with `-o`, or another place for the state with `--state`.",
    }
    StateMismatch "state-mismatch" Failed {
        meaning: "The state belongs to a different environment or instance than the target.",
        remedy: "Name this target's state with `--state`, or correct `target` in the file.",
    }
    StateLocation "state-location" Failed {
        meaning: "A target has no place for its state: `--state` names something that cannot be a \
            state, or no place follows from the configuration's name.",
        remedy: "Name a file with `--state FILE`, or for several targets a folder ending in `/`.",
    }
    StateShared "state-shared" Failed {
        meaning: "Two targets of the run would share a state.",
        remedy: "Name each target once, and rename one of two configurations whose names differ \
            only in their extension.",
    }
    StateDamaged "state-damaged" Failed {
        meaning: "The state file is damaged or is not a state. It is left alone.",
        remedy: "Restore the state from git or a backup. If there is none, move the file away: \
            everything then counts as new and is sent again once.",
    }
    StateNewer "state-newer" Failed {
        meaning: "A newer version of clerkform wrote the state, in a format that this version \
            cannot read.",
        remedy: "Upgrade clerkform, here and wherever else the state is used.",
    }
    StateNotAFile "state-not-a-file" Failed {
        meaning: "The state, or its lock, is a folder, a device or something else that is not a \
            regular file. It is left alone.",
        remedy: "Move it away, or keep the state elsewhere with `--state`. To keep states in a \
            folder, end the value of `--state` with `/`.",
    }
    StateTooLarge "state-too-large" Failed {
        meaning: "The state is, or would be, larger than 16 MiB. It is neither read nor written.",
        remedy: "No settings need that much: check what the file contains, and restore the state \
            from git or a backup.",
    }
    StateReplaced "state-replaced" Failed {
        meaning: "Something else replaced the state during the run. The new file is left alone.",
        remedy: "Look at it with `clerkform state show`, and compare it with the instance using \
            `clerkform plan --refresh`.",
    }
    ClocksApart "clocks-apart" Failed {
        meaning: "This machine's clock differs from that of the remote, or of another machine that \
            used the state, by more than runs allow for; or the clock of an object store was set back \
            while a run held the state. So nobody can tell whether a lease is over. No call was made.",
        remedy: "Set both clocks by a time server. If the other one was ahead, the state can be \
            used once its time has come. If you made sure that the run that holds the state has \
            ended, `clerkform state unlock --yes` clears what it left.",
    }
    StateIo "state-io" Failed {
        meaning: "The operating system refused to read, lock or write the state.",
        remedy: "The message says why. Check permissions and free space, or keep the state \
            elsewhere with `--state`.",
    }
    StateNoStore "state-no-store" Failed {
        meaning: "The shared place that `--state` names is not there, or nothing on this machine \
            can reach it: no such remote or bucket, a bucket in another region, no repository \
            around the working directory or one of another user, no `git`.",
        remedy: "The message says which. Correct `--state`, or run clerkform in a clone of the \
            repository.",
    }
    StateUnreachable "state-unreachable" Failed {
        meaning: "The shared place of the state did not answer, or not in a way that is \
            understood.",
        remedy: "Check the network and try again. If calls were made, the state still holds the \
            intent, and the next plan treats its settings as uncertain.",
    }
    StateDenied "state-denied" Failed {
        meaning: "There are no credentials for the shared place of the state, they have expired or \
            are not accepted there, they may not read or write the state, or a rule there refuses \
            the write. This is never taken for a missing state.",
        remedy: "The message says which. Sign in, or give the credentials that right: reading for \
            `plan`, writing for `apply`.",
    }
    StateUnsafe "state-unsafe" Failed {
        meaning: "The place of the state cannot keep two runs apart. An object store ignores the \
            conditions of a write, or does not tell versions of an object apart; or what is pushed to \
            a git remote is not what is read from it. No call was made.",
        remedy: "Keep the state in a store that heeds `If-Match` and `If-None-Match`, or in a git \
            remote that pushes to where it reads from and shows the refs below `refs/clerkform/`.",
    }
    StateConflict "state-conflict" Failed {
        meaning: "`state push` would replace a state by an older one or by one of another \
            lineage. Nothing was written.",
        remedy: "`clerkform state pull` prints what is there. Push a state of the same lineage \
            with a higher serial.",
    }
    StateUnwritten "state-unwritten" Failed {
        meaning: "The state could not be written before the first call, so no call was made.",
        remedy: "Make that place writable and apply again.",
    }
    PlanUnreadable "plan-unreadable" Failed {
        meaning: "The file of a saved plan cannot be read.",
        remedy: "Check the path; `clerkform plan --out FILE` saves a plan.",
    }
    PlanDamaged "plan-damaged" Failed {
        meaning: "The file is not a saved plan, or is incomplete.",
        remedy: "Run `clerkform plan --out FILE` again.",
    }
    PlanNewer "plan-newer" Failed {
        meaning: "A newer version of clerkform saved the plan, in a format that this version \
            cannot read.",
        remedy: "Run `clerkform plan` again, or use the version of clerkform that saved it.",
    }
    PlanEdited "plan-edited" Failed {
        meaning: "The saved plan was edited: its digest does not match its content. Nothing was \
            changed.",
        remedy: "Run `clerkform plan` again and review it. A saved plan cannot be edited.",
    }
    PlanMismatch "plan-mismatch" Failed {
        meaning: "The saved plan was made for another state than the options name, or for the \
            sandbox rather than an instance. Nothing was changed.",
        remedy: "Pass `apply` the same `--state` and `--sandbox` as `plan`, in the same folder.",
    }
    PlanStale "plan-stale" Failed {
        meaning: "The state has changed since the plan was saved. Nothing was changed.",
        remedy: "Run `clerkform plan` again and review the new plan.",
    }
    PlanApplied "plan-applied" Failed {
        meaning: "The saved plan has already been applied: the state records everything in it.",
        remedy: "Nothing is left to do; `clerkform plan` shows what the file asks for now.",
    }
    PlanChanged "plan-changed" Failed {
        meaning: "Another run changed the state after the plan was shown, so this run would now do \
            more than was shown. Nothing was changed.",
        remedy: "Run `clerkform plan` again and review what is left.",
    }
    ChecksumMismatch "checksum-mismatch" Failed {
        meaning: "The plan's checksum is not the one given with `--checksum`, so it is not the \
            plan that was reviewed. Nothing was changed.",
        remedy: "Review the current plan and use its checksum. It may have been applied already: \
            see `clerkform state show`.",
    }
    ConfirmationNeeded "confirmation-needed" Failed {
        meaning: "`apply` asks before it changes anything, and standard input is not a terminal. \
            Nothing was changed.",
        remedy: "Review the plan and apply it with `--yes`, or save it with `plan --out PLAN` and \
            run `apply --plan PLAN`.",
    }
    Declined "declined" Failed {
        meaning: "The answer was not `yes`. Nothing was changed.",
        remedy: "Run it again and answer `yes` if the plan is right.",
    }
    NotStarted "not-started" Failed {
        meaning: "A target was left as it was, or not compared, since another one had failed and \
            `--fail-fast` ends the run at the first failure.",
        remedy: "Correct what failed and run the same command again: it sends only what is left.",
    }
    Interrupted "interrupted" Interrupted {
        meaning: "SIGINT, SIGTERM or SIGHUP ended the run. The result of each call that was made \
            is recorded, unless a second signal ended the run at once.",
        remedy: "Run it again. `clerkform plan` shows whether anything is uncertain.",
    }
    SandboxInstance "sandbox-instance" Failed {
        meaning: "The file that stores the sandbox's instance cannot be used.",
        remedy: "Delete the file to start over with a new instance.",
    }
    SandboxFailed "sandbox-failed" Failed {
        meaning: "`clerkform sandbox` cannot start: its port is in use, or its file cannot be used.",
        remedy: "Choose another `--port` (0 takes any that is free) or another `--data` file.",
    }
    System "system" Failed {
        meaning: "The operating system refused something the program needs, such as a network \
            handle.",
        remedy: "Try again; check the limits of the process (`ulimit -a`).",
    }
    NoAnswer "no-answer" Failed {
        meaning: "No try of a call was answered. It may still have taken effect; if so, its \
            settings are uncertain and are sent again.",
        remedy: "Check the network and `--api-url`, and apply again.",
    }
    Redirected "redirected" Failed {
        meaning: "The service answered a call with a redirect. It was not followed, since that \
            would send the secret key elsewhere.",
        remedy: "Name the API's real address with `--api-url`.",
    }
    HttpStatus "http-STATUS" Failed {
        meaning: "The service answered a call with that HTTP status, such as `http-502`, and no \
            code of its own. The answer may come from a proxy rather than the service.",
        remedy: "See the message. For 429 and 5xx, run the same command again later; for 401 and \
            403, check the key; for 404, check `--api-url`.",
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
