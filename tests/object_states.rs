//! States in object stores: the real binary and the library against real servers on loopback. Nothing
//! here waits for a lease: what is over is written into the store as being over.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "object_states/faults.rs"]
mod faults;
#[path = "object_states/job.rs"]
mod job;
#[path = "object_states/kill.rs"]
mod kill;
#[path = "object_states/permissions.rs"]
mod permissions;
#[path = "object_states/place.rs"]
mod place;
#[path = "object_states/refusals.rs"]
mod refusals;
mod support;
#[path = "object_states/writers.rs"]
mod writers;

use std::process::{Command, exit};

use support::object_servers::{Kind, SIGNED_IN, Server};
use support::tools::{self, Test};

const KINDS: [Kind; 4] = [Kind::S3, Kind::Google, Kind::Azure, Kind::Unsafe];

/// The variable that holds the address of a server, for the process that runs the tests.
fn variable(kind: Kind) -> String {
    format!("CLERKFORM_TESTS_{}", kind.tool().to_uppercase().replace('-', "_"))
}

/// The address of a server.
fn address(kind: Kind) -> String {
    std::env::var(variable(kind)).expect("the server was started")
}

fn main() {
    // The library is signed in by the environment, which only another process can set.
    if std::env::var_os("CLERKFORM_TESTS").is_some() {
        run();
    }
    let is_listed = std::env::args().any(|argument| argument == "--list");
    let installed = KINDS.into_iter().filter(|kind| !tools::is_missing(kind.tool(), kind.tool()));
    let installed: Vec<Kind> = installed.filter(|_| !is_listed).collect();
    let starting =
        installed.into_iter().map(|kind| std::thread::spawn(move || Server::start(kind)));
    let starting: Vec<_> = starting.collect();
    let servers: Vec<Server> = starting.into_iter().map(|it| it.join().unwrap()).collect();
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(std::env::args_os().skip(1)).env("CLERKFORM_TESTS", "1").envs(SIGNED_IN);
    tests.envs(servers.iter().map(|server| (variable(server.kind), &server.address)));
    let status = tests.status().unwrap();
    drop(servers);
    exit(status.code().unwrap_or(1));
}

fn run() -> ! {
    let missing = KINDS.map(|kind| std::env::var_os(variable(kind)).is_none());
    tools::run(works(missing).into_iter().chain(refuses(missing)))
}

/// What goes well, whatever goes wrong.
fn works([s3, google, azure, _]: [bool; 4]) -> Vec<Test> {
    vec![
        ("the_whole_job_is_done_in_s3", || job::whole(Kind::S3), s3),
        ("the_whole_job_is_done_in_google_s", || job::whole(Kind::Google), google),
        ("the_whole_job_is_done_in_azure_s", || job::whole(Kind::Azure), azure),
        ("of_sixteen_writers_one_wins_each_round_in_s3", || writers::race(Kind::S3), s3),
        (
            "of_sixteen_writers_one_wins_each_round_in_google_s",
            || writers::race(Kind::Google),
            google,
        ),
        ("of_sixteen_writers_one_wins_each_round_in_azure_s", || writers::race(Kind::Azure), azure),
        ("whatever_becomes_of_a_write_to_s3_nothing_false_is_told", || faults::each(Kind::S3), s3),
        (
            "whatever_becomes_of_a_write_to_google_s_nothing_false_is_told",
            || faults::each(Kind::Google),
            google,
        ),
        (
            "whatever_becomes_of_a_write_to_azure_s_nothing_false_is_told",
            || faults::each(Kind::Azure),
            azure,
        ),
        ("a_run_killed_at_any_request_to_s3_loses_nothing", || kill::at_requests(Kind::S3), s3),
        (
            "a_run_killed_at_any_request_to_google_s_loses_nothing",
            || kill::at_requests(Kind::Google),
            google,
        ),
        (
            "a_run_killed_at_any_request_to_azure_s_loses_nothing",
            || kill::at_requests(Kind::Azure),
            azure,
        ),
        (
            "a_move_killed_at_any_request_to_s3_is_finished_by_the_same_command",
            || kill::at_requests_of_a_move(Kind::S3),
            s3,
        ),
        (
            "a_move_killed_at_any_request_to_azure_s_is_finished_by_the_same_command",
            || kill::at_requests_of_a_move(Kind::Azure),
            azure,
        ),
        (
            "a_fleet_of_which_one_state_cannot_be_moved_is_moved_by_the_same_command",
            faults::half_a_move,
            s3,
        ),
        ("a_run_killed_during_any_call_leaves_it_in_doubt_in_s3", || kill::at_calls(Kind::S3), s3),
        (
            "a_run_killed_during_any_call_leaves_it_in_doubt_in_google_s",
            || kill::at_calls(Kind::Google),
            google,
        ),
        (
            "a_run_killed_during_any_call_leaves_it_in_doubt_in_azure_s",
            || kill::at_calls(Kind::Azure),
            azure,
        ),
    ]
}

/// What is told.
fn refuses([s3, google, azure, unsafe_one]: [bool; 4]) -> Vec<Test> {
    vec![
        ("a_store_that_ignores_conditions_is_refused", refusals::unsafe_store, unsafe_one),
        (
            "a_store_that_tells_no_versions_apart_is_refused_and_no_intent_stays_behind",
            refusals::store_without_versions,
            s3,
        ),
        (
            "a_hold_by_a_clock_of_the_store_that_was_set_back_can_be_cleared",
            refusals::clock_set_back,
            s3,
        ),
        ("what_s3_refuses_is_told_and_no_call_is_made", || refusals::told(Kind::S3), s3),
        (
            "what_google_s_refuses_is_told_and_no_call_is_made",
            || refusals::told(Kind::Google),
            google,
        ),
        ("what_azure_s_refuses_is_told_and_no_call_is_made", || refusals::told(Kind::Azure), azure),
        ("what_a_user_of_s3_may_not_do_is_told_and_no_call_is_made", permissions::of_s3, s3),
        (
            "what_a_signature_for_azure_s_does_not_allow_is_told_and_no_call_is_made",
            permissions::of_azure,
            azure,
        ),
        ("a_bucket_that_is_not_there_is_told_by_s3", || refusals::missing(Kind::S3), s3),
        (
            "a_bucket_that_is_not_there_is_told_by_google",
            || refusals::missing(Kind::Google),
            google,
        ),
        (
            "a_container_that_is_not_there_is_told_by_azure",
            || refusals::missing(Kind::Azure),
            azure,
        ),
        ("a_state_that_cannot_be_this_target_s_is_left_alone", refusals::foreign_state, s3),
    ]
}
