#!/usr/bin/env python3
"""Tries a finished program as somebody would who has just installed it, on whatever system this is:
every exit code that matters, the sandbox in the process and on a port.

    packaging/smoke.py PROGRAM"""

import os
import pathlib
import subprocess
import sys
import tempfile

import project

KEY = "sk_test_madeUpForTheseTests"
CONFIG = "instance:\n  hibp: true\nrestrictions:\n  blocklist: true\n"


class Trial:
    """A program and a folder to run it in."""

    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        kept = {"PATH", "SYSTEMROOT", "TEMP", "TMP", "HOME", "USERPROFILE"}
        self.environment = {name: os.environ[name] for name in kept & os.environ.keys()}

    def start(self, *words, **variables):
        return subprocess.Popen(
            [self.program, *words],
            cwd=self.folder,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def run(self, expected, *words, **variables):
        """What a command prints that has to end with a code."""
        process = self.start(*words, **variables)
        said, _ = process.communicate(timeout=120)
        command = " ".join(words)
        if process.returncode != expected:
            project.refuse(f"`{command}` ended with {process.returncode}, not {expected}:\n{said}")
        print(f"ok: {command}")
        return said


def require(condition, what):
    if not condition:
        project.refuse(what)


def checks(trial):
    said = trial.run(0, "--version").strip()
    require(said == f"clerkform {project.VERSION}", f"--version says {said}")
    trial.run(64, "plna")
    (trial.folder / "clerk.yaml").write_text(CONFIG, encoding="utf-8")
    trial.run(0, "validate", "--strict")
    trial.run(2, "plan", "--detailed-exitcode", "--out", "plan.json")
    trial.run(0, "show", "plan.json", "--output-format", "markdown")
    trial.run(0, "apply", "--sandbox", "--yes")
    trial.run(0, "plan", "--sandbox", "--detailed-exitcode")
    (trial.folder / "wrong.yaml").write_text("instance: {hbip: true}\n", encoding="utf-8")
    require("hibp" in trial.run(1, "validate", "wrong.yaml"), "a near name is not told")


def over_a_port(trial):
    """Calls over real HTTP, and the state that records them."""
    served = trial.start("sandbox", "--port", "0")
    try:
        url = served.stdout.readline().strip()
        access = {"CLERK_SECRET_KEY": KEY, "CLERK_API_URL": url}
        trial.run(0, "apply", "--plan", "plan.json", **access)
        trial.run(0, "apply", **access)
        require(KEY not in trial.run(0, "drift", "-v", **access), "the key is shown")
    finally:
        served.kill()
        served.wait()


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(program, folder)
        checks(trial)
        over_a_port(trial)
    print(f"{program} works")


if __name__ == "__main__":
    main()
