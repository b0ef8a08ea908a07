#!/usr/bin/env python3
"""Times fleets: many targets, each with its own file, key and instance, against `clerkform sandbox`.

`benches/fleet.py [TARGETS [LATENCY_MS]]` applies TARGETS targets (1000 without it; 0 for none) of
three sections each, at several `--parallelism`, with the state on disk and in memory where there is a
memory file system, beside the limit: the time that is spent waiting for answers alone. Then it
validates, plans, applies (all, nothing, one field) and compares 1, 100, 1000 and 10000 targets
(`--sizes`) against a service that answers at once, and prints seconds and peak memory of each. At last
octoDNS and OpenTofu or Terraform do the same with as many things of theirs, where they are on the path:
`pip install octodns`.
"""

import argparse
import contextlib
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import peers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("CLERKFORM", os.path.join(ROOT, "target", "release", "clerkform"))
MEMORY = "/dev/shm"
SECTIONS = """target: {secret_key_env: KEY_%d, environment_type: development}
restrictions: {allowlist: false, blocklist: true}
organization_settings: {enabled: true, max_allowed_memberships: %d}
instance_settings: {restricted_to_allowlist: false}
"""
CALLS = 3
PARALLELISM = (10, 50, 200)


def fleet(folder, targets, members=5):
    for number in range(targets):
        name = os.path.join(folder, f"app{number:05}")
        os.makedirs(name, exist_ok=True)
        with open(os.path.join(name, "clerk.yaml"), "w", encoding="utf-8") as file:
            file.write(SECTIONS % (number, members))


def keys(targets):
    return {f"KEY_{number}": f"sk_test_fleet{number:05}" for number in range(targets)}


def secrets(targets):
    """A folder of keys, made once: thousands of them take more room in the environment than some
    systems allow, so it is a file each."""
    folder = os.path.join(tempfile.gettempdir(), f"keys{targets}")
    if not os.path.isdir(folder):
        os.makedirs(folder)
        for name, key in keys(targets).items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(key)
    return folder


def run(folder, targets, command, *options, expected=(0,)):
    """Seconds of the wall clock and peak memory in MiB of one run."""
    files = [f"app{number:05}/clerk.yaml" for number in range(targets)]
    has_keys = command in ("apply", "drift")
    arguments = ["--secrets-dir", secrets(targets)] if has_keys else []
    started = time.monotonic()
    process = subprocess.Popen(
        [BINARY, command, *options, *arguments, *files],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "CLERK_API_URL": os.environ.get("FLEET_URL", "")},
    )
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in expected:
        sys.exit(f"{command} ended with {code}: {errors.decode()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


class Sandbox:
    def __init__(self, latency):
        self.process = subprocess.Popen(
            [BINARY, "sandbox", "--port", "0", "--latency-ms", str(latency)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)

    def __enter__(self):
        os.environ["FLEET_URL"] = self.url
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def applied(parent, targets, latency, parallelism):
    folder = tempfile.mkdtemp(dir=parent)
    with Sandbox(latency):
        fleet(folder, targets)
        seconds, memory = run(folder, targets, "apply", "-y", "-q", "--parallelism", str(parallelism))
    return seconds, memory


def table_of_applies(targets, latency, memory):
    places = [("disk", tempfile.gettempdir())]
    if memory is not None:
        places.append(("memory", memory))
    print(f"apply, {targets} targets x (1 read + {CALLS} calls) at {latency} ms")
    print("parallelism     limit" + "".join(f"{name:>10}     ratio" for name, _ in places) + "   MiB")
    for parallelism in PARALLELISM:
        limit = targets * (1 + CALLS) * latency / 1000 / min(parallelism, targets)
        row, memory = f"{parallelism:>11}{limit:>8.1f} s", 0
        for _, parent in places:
            seconds, memory = applied(parent, targets, latency, parallelism)
            row += f"{seconds:>8.1f} s{seconds / limit:>9.2f}x"
        print(f"{row}{memory:>6.0f}", flush=True)


def sized(targets):
    """Seconds of each command on so many targets, and the peak memory of each in MiB."""
    many = ("-y", "-q", "--parallelism", "32")
    folder, seconds, memory = tempfile.mkdtemp(), {}, {}

    def timed(name, *command, **expected):
        seconds[name], memory[name] = run(folder, targets, *command, **expected)

    with Sandbox(0):
        fleet(folder, targets)
        timed("validate", "validate", "-q")
        timed("plan", "plan", "-q", "--output-format", "json")
        timed("apply all", "apply", *many)
        timed("apply nothing", "apply", *many)
        fleet(folder, targets, members=6)
        timed("apply one field", "apply", *many)
        timed("drift", "drift", "-q", "--parallelism", "32", expected=(0, 2))
    return seconds, memory


def row(words, widths):
    print("  ".join(word.rjust(width) for word, width in zip(words, widths)), flush=True)


def table_of_sizes(sizes):
    """What each command takes by the number of targets. Gives back the seconds, by size."""
    columns = ("validate", "plan", "apply nothing", "apply one field", "apply all", "drift")
    widths = [7, *(max(len("10.00 s, 100 MiB"), len(column)) for column in columns)]
    row(("targets", *columns), widths)
    found = {}
    for targets in sizes:
        found[targets], memory = sized(targets)
        cells = (f"{found[targets][it]:.2f} s, {memory[it]:.0f} MiB" for it in columns)
        row((str(targets), *cells), widths)
    return found


def table_of_peers(found):
    """The seconds of others on as many things, and how many times ours they are."""
    for peer in (kind() for kind in peers.PEERS):
        if not peer.is_there():
            print(f"SKIPPED: {peer.name} is not on the path")
            continue
        print(f"{peer.name}: seconds, and how many times those of clerkform they are (which asks a")
        print("service on loopback and makes each state durable, where the other writes files)")
        widths = [7, *(max(16, len(step)) for step in peers.STEPS)]
        row(("number", *peers.STEPS), widths)
        for number, ours in found.items():
            with tempfile.TemporaryDirectory() as folder:
                theirs = peers.timed(peer, folder, number)
            ratio = (f"{theirs[it]:.2f} s {theirs[it] / ours[it]:>6.1f}x" for it in peers.STEPS)
            row((str(number), *ratio), widths)


def machine():
    """What a number depends on: the day, the processors, the memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    version = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True)
    name = platform.processor() or platform.machine()
    day = time.strftime("%Y-%m-%d")
    return f"{version.stdout.strip()}, {day}, {os.cpu_count()} processors ({name}), {memory:.0f} GiB"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("targets", nargs="?", type=int, default=1000)
    arguments.add_argument("latency_ms", nargs="?", type=int, default=40)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[1, 100, 1000, 10000])
    given = arguments.parse_args()
    if not shutil.which(BINARY):
        sys.exit(f"{BINARY} is missing: cargo build --release")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{machine()}; the limit of open files was {soft} and is {hard}")
    # All is taken away at the end only: for a while ext4 looks at each file that was removed before
    # it makes another one beside it, and a run is not to pay for the one before.
    with contextlib.ExitStack() as stack:
        tempfile.tempdir = stack.enter_context(tempfile.TemporaryDirectory())
        memory = None
        if os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK):
            memory = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        if given.targets > 0:
            table_of_applies(given.targets, given.latency_ms, memory)
        table_of_peers(table_of_sizes(given.sizes))


if __name__ == "__main__":
    main()
