#!/usr/bin/env python3
"""Times whole processes: clerkform beside the least that a Rust program can do.

Each command runs in turn with the others, so that a machine whose speed drifts does so for all;
medians of the processor time (user and system) are printed with their ratios to the baseline, and
the peak memory where GNU time is installed. Run it from anywhere: `python3 benches/process.py [RUNS]`.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, "target", "release", "clerkform")
EXAMPLE = os.path.join(ROOT, "examples", "quickstart", "clerk.yaml")

TIME = "/usr/bin/time"

EMPTY = "fn main() {}"
READS = "fn main() { println!(\"{}\", std::fs::read(std::env::args().nth(1).unwrap()).unwrap().len()); }"


class Service(BaseHTTPRequestHandler):
    """Answers at once, as the real service would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, b'{"object":"instance","id":"ins_1","environment_type":"development"}')

    def do_PATCH(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/v1/instance":
            self.answer(204, b"")
        else:
            self.answer(200, body)

    def answer(self, status, body):
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def compiled(folder, name, source):
    path = os.path.join(folder, name)
    with open(path + ".rs", "w", encoding="utf-8") as file:
        file.write(source)
    subprocess.run(["rustc", "-O", "-o", path, path + ".rs"], check=True)
    return path


def peak(command, environment):
    """Peak memory of one run in MB, by GNU time; None where it is not installed.

    What Python itself reads of a child's peak includes Python's own, which the child begins as.
    """
    if not os.access(TIME, os.X_OK):
        return None
    run = subprocess.run(
        [TIME, "-f", "%M", *command], env=environment, capture_output=True, text=True, check=True
    )
    return int(run.stderr.split()[-1]) / 1024


def measured(command, environment):
    """Processor milliseconds of one run."""
    null = os.open(os.devnull, os.O_RDWR)
    pid = os.posix_spawn(
        command[0], command, environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)],
    )
    _, status, usage = os.wait4(pid, 0)
    os.close(null)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} failed")
    return (usage.ru_utime + usage.ru_stime) * 1000


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "CLERK_SECRET_KEY": "sk_test_madeUpForThisBenchmark",
        "CLERK_API_URL": f"http://127.0.0.1:{server.server_port}",
    }
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "clerk.yaml")
        shutil.copy(EXAMPLE, file)
        empty = compiled(folder, "empty", EMPTY)
        reads = compiled(folder, "reads", READS)
        commands = {
            "an empty Rust program": [empty],
            "a Rust program that reads the file": [reads, file],
            "clerkform --version": [BINARY, "--version"],
            "clerkform validate": [BINARY, "validate", file],
            "clerkform plan": [BINARY, "plan", file],
            "clerkform apply, 3 calls": [BINARY, "apply", "--yes", file],
        }
        state = os.path.join(folder, "clerk.state.json")
        taken = {name: [] for name in commands}
        peaks = {}
        for turn in range(runs + 1):
            for name, command in commands.items():
                # The first turn warms up, and is the one whose memory is read.
                if turn == 0:
                    peaks[name] = peak(command, environment)
                else:
                    taken[name].append(measured(command, environment))
                if os.path.exists(state):
                    os.remove(state)
    server.shutdown()
    base = statistics.median(taken["an empty Rust program"])
    print(f"{'':36} {'cpu ms':>8} {'ratio':>7} {'MB':>6}   medians of {runs} runs")
    for name, samples in taken.items():
        cpu = statistics.median(samples)
        memory = "" if peaks[name] is None else f"{peaks[name]:.1f}"
        print(f"{name:36} {cpu:8.2f} {cpu / base:7.2f} {memory:>6}")


if __name__ == "__main__":
    main()
