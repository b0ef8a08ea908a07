//! Signals, raised in a process of their own.

use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level;

use super::flag::INTERRUPTED;
use super::*;

#[test]
fn the_second_signal_ends_the_process_when_the_last_thread_has_its_file_whole() {
    let child = "interrupt::tests::child_of_three_threads";
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", child, "--ignored", "--nocapture"]);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(INTERRUPTED), "{told}");
    let told: Vec<&str> = told.lines().filter(|line| line.ends_with("whole")).collect();
    assert_eq!(told, ["the first is whole", "the second is whole"]);
}

#[test]
#[ignore = "run by another test, in a process of its own"]
fn child_of_three_threads() {
    install();
    let _heeded = heeded();
    let first = deferred();
    low_level::raise(SIGTERM).unwrap();
    let ((begun, begins), (go, wait)) = (channel(), channel::<()>());
    thread::spawn(move || {
        let second = deferred();
        begun.send(()).unwrap();
        wait.recv().unwrap();
        println!("the second is whole");
        drop(second);
    });
    begins.recv().unwrap();
    low_level::raise(SIGINT).unwrap();
    println!("the first is whole");
    drop(first);
    thread::spawn(|| {
        let _third = deferred();
        println!("the third is whole");
    });
    go.send(()).unwrap();
    loop {
        thread::park();
    }
}
