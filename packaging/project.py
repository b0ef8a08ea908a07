"""What the scripts of this folder have in common: version, targets, the time that files get."""

import os
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
VERSION = PACKAGE["version"]
REPOSITORY = PACKAGE["repository"]

# Each target that is released, and how its archive ends.
TARGETS = {
    "x86_64-unknown-linux-musl": ".tar.gz",
    "aarch64-unknown-linux-musl": ".tar.gz",
    "x86_64-apple-darwin": ".tar.gz",
    "aarch64-apple-darwin": ".tar.gz",
    "x86_64-pc-windows-msvc": ".zip",
    "aarch64-pc-windows-msvc": ".zip",
}


def archive(target):
    """The name of a target's archive."""
    return f"clerkform-{VERSION}-{target}{TARGETS[target]}"


def epoch():
    """The time that every file in an artefact gets: SOURCE_DATE_EPOCH, else that of the commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        log = ["git", "-C", ROOT, "log", "-1", "--format=%ct"]
        given = subprocess.run(log, check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(given)


def sums(path):
    """The checksums of a file such as `sha256sum` writes, by the name of what they are of."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines)
    return {name.lstrip("*"): checksum for checksum, name in pairs}


def archives(path):
    """The checksum of each target's archive, from a release's checksums. One that lacks a target is
    refused."""
    known = sums(path)
    missing = [archive(target) for target in TARGETS if archive(target) not in known]
    if missing:
        refuse(f"{path} has no checksum of {', '.join(missing)}")
    return {target: known[archive(target)] for target in TARGETS}


def url(name):
    """Where a file of this version's release is."""
    return f"{REPOSITORY}/releases/download/v{VERSION}/{name}"


def refuse(message):
    """Ends the script with what is wrong."""
    sys.exit(f"error: {message}")
