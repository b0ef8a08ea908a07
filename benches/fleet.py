#!/usr/bin/env python3
"""Times fleets: many targets, each with its own file, key and instance, against `clerkform sandbox`.

`benches/fleet.py [TARGETS [LATENCY_MS]]` applies TARGETS targets (1000 without it; 0 for none) of
three sections each, at several `--parallelism`, with the state on disk and in memory where there is a
memory file system, beside the limit: the time that is spent waiting for answers alone. Then it
validates, plans, applies (all, nothing, one field) and compares 1, 100, 1000 and 10000 targets
(`--sizes`) against a service that answers at once, and prints seconds and peak memory. At last
octoDNS and OpenTofu or Terraform do the same with as many things of theirs, where they are on the path:
`pip install octodns`.
"""

import argparse
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


def run(folder, targets, command, *options, expected=(0,)):
    """Seconds of the wall clock and peak memory in MiB of one run."""
    files = [f"app{number:05}/clerk.yaml" for number in range(targets)]
    # Thousands of keys take more room in the environment than some systems allow: a file each.
    with tempfile.TemporaryDirectory() as secrets:
        for name, key in keys(targets).items():
            with open(os.path.join(secrets, name), "w", encoding="utf-8") as file:
                file.write(key)
        has_keys = command in ("apply", "drift")
        arguments = ["--secrets-dir", secrets] if has_keys else []
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
    with tempfile.TemporaryDirectory(dir=parent) as folder, Sandbox(latency):
        fleet(folder, targets)
        seconds, memory = run(folder, targets, "apply", "-y", "-q", "--parallelism", str(parallelism))
    return seconds, memory


def table_of_applies(targets, latency):
    places = [("disk", tempfile.gettempdir())]
    if os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK):
        places.append(("memory", MEMORY))
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
    """Seconds of each command on so many targets, and the peak memory of the plan in MiB."""
    many = ("-y", "-q", "--parallelism", "32")
    with tempfile.TemporaryDirectory() as folder, Sandbox(0):
        fleet(folder, targets)
        seconds = {"validate": run(folder, targets, "validate", "-q")[0]}
        seconds["plan"], memory = run(folder, targets, "plan", "-q", "--output-format", "json")
        seconds["apply all"], _ = run(folder, targets, "apply", *many)
        seconds["apply nothing"], _ = run(folder, targets, "apply", *many)
        fleet(folder, targets, members=6)
        seconds["apply one field"], _ = run(folder, targets, "apply", *many)
        drift = ("-q", "--parallelism", "32")
        seconds["drift"], _ = run(folder, targets, "drift", *drift, expected=(0, 2))
    return seconds, memory


def row(words, widths):
    print("  ".join(word.rjust(width) for word, width in zip(words, widths)), flush=True)


def table_of_sizes(sizes):
    """What each command takes by the number of targets. Gives back the seconds, by size."""
    columns = ("validate", "plan", "apply nothing", "apply one field", "apply all", "drift")
    widths = [7, *(max(9, len(column)) for column in columns), 11]
    row(("targets", *columns, "MiB of plan"), widths)
    found = {}
    for targets in sizes:
        found[targets], memory = sized(targets)
        seconds = (f"{found[targets][column]:.2f} s" for column in columns)
        row((str(targets), *seconds, f"{memory:.0f}"), widths)
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
    if given.targets > 0:
        table_of_applies(given.targets, given.latency_ms)
    table_of_peers(table_of_sizes(given.sizes))


if __name__ == "__main__":
    main()
