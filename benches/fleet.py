#!/usr/bin/env python3
"""Times fleets: many targets, each with its own file, key and instance, against `clerkform sandbox`.

`benches/fleet.py [TARGETS [LATENCY_MS]]` applies TARGETS targets (1000 without it) of three sections
each, at several `--parallelism`, with the state on disk and in memory where there is a memory file
system, beside the limit: the time that is spent waiting for answers alone. Then it plans, validates
and compares 1, 100, 1000 and 10000 targets and prints seconds and peak memory.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

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


def table_of_sizes():
    print("targets   validate       plan      drift  MiB of plan")
    for targets in (1, 100, 1000, 10000):
        with tempfile.TemporaryDirectory() as folder, Sandbox(0):
            fleet(folder, targets)
            validated, _ = run(folder, targets, "validate", "-q")
            planned, memory = run(folder, targets, "plan", "-q", "--output-format", "json")
            drifted, _ = run(
                folder, targets, "drift", "-q", "--parallelism", "32", expected=(0, 2)
            )
        print(
            f"{targets:>7}{validated:>9.2f} s{planned:>9.2f} s{drifted:>9.2f} s{memory:>10.0f}",
            flush=True,
        )


def main():
    if not shutil.which(BINARY):
        sys.exit(f"{BINARY} is missing: cargo build --release")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    targets = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    latency = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    print(f"{os.cpu_count()} processors; the limit of open files was {soft} and is {hard}")
    table_of_applies(targets, latency)
    table_of_sizes()


if __name__ == "__main__":
    main()
