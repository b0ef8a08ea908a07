#!/usr/bin/env python3
"""Holds the program against the `rust-version` of Cargo.toml: builds it with that toolchain where
rustup has it, and looks in any case that no dependency asks for a newer one. What of the standard
library is newer is found by the lint `clippy::incompatible_msrv`."""

import json
import shutil
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def numbers(version):
    """A version as three numbers: `1.89` is `1.89.0`."""
    return tuple(int(number) for number in f"{version}.0.0".split(".")[:3])


def main():
    packages = json.loads(output("cargo", "metadata", "--locked", "--format-version", "1"))
    packages = packages["packages"]
    [own] = [it["rust_version"] for it in packages if it["name"] == "clerkform"]
    asking = [it for it in packages if it["rust_version"]]
    newer = [it for it in asking if numbers(it["rust_version"]) > numbers(own)]
    for it in newer:
        wants = f"{it['name']} {it['version']} needs Rust {it['rust_version']}"
        print(f"{wants}, and Cargo.toml promises {own}", file=sys.stderr)
    print(f"{len(asking)} of {len(packages)} packages say which Rust they need")
    if newer:
        sys.exit(1)
    installed = output("rustup", "toolchain", "list") if shutil.which("rustup") else ""
    names = [line.split()[0] for line in installed.splitlines()]
    matching = [it for it in names if it.startswith((f"{own}-", f"{own}.0-"))]
    if not matching:
        print(f"SKIPPED: a build with Rust {own}, which is not installed", file=sys.stderr)
        return
    check = ["cargo", f"+{matching[0]}", "check", "--locked", "--target-dir", "target/msrv"]
    subprocess.run(check, check=True)


if __name__ == "__main__":
    main()
