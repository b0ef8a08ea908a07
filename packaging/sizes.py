#!/usr/bin/env python3
"""Holds the artefacts of a release against the sizes that they may have: `sizes.py FILE…`. A folder
counts as all of its files. The limits are here and nowhere else; an artefact that none of them is for
is refused, so that none goes unmeasured."""

import fnmatch
import sys
from pathlib import Path

MB = 1_000_000

# The first pattern that a file's name matches counts.
LIMITS = [
    ("clerkform-[0-9]*.tgz", 0.05 * MB),
    ("clerkform-*.tgz", 7 * MB),
    ("clerkform-*.whl", 7 * MB),
    ("clerkform-*.tar.gz", 8 * MB),
    ("clerkform-*.zip", 8 * MB),
    # The layout of an image for two machines.
    ("image", 14 * MB),
]


def limit(name):
    """What a file of that name may have, in bytes, or nothing."""
    matching = (most for pattern, most in LIMITS if fnmatch.fnmatchcase(name, pattern))
    return next(matching, None)


def size_of(path):
    """The bytes of a file, or of all files in a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


def problem(path):
    """What is wrong with an artefact, or nothing."""
    size, most = size_of(path), limit(path.name)
    if most is None:
        return f"{path}: there is no limit for this artefact in sizes.py"
    told = f"{path}: {size / MB:.2f} MB of at most {most / MB:.2f} MB"
    if size > most:
        return told
    print(told)
    return None


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: sizes.py FILE…")
    problems = [found for found in map(problem, map(Path, sys.argv[1:])) if found]
    if problems:
        sys.exit("\n".join(f"error: {found}" for found in problems))


if __name__ == "__main__":
    main()
