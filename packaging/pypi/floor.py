#!/usr/bin/env python3
"""Holds wheels against the glibc that their names promise, by what `auditwheel` finds in them:
`floor.py WHEEL…`. It takes the `auditwheel` on the path, or that of the variable AUDITWHEEL. A wheel
for another system, or for musl (whose program is static), promises no glibc and is passed over."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path


def glibc(tags):
    """The version of the first `manylinux_X_Y`, or nothing."""
    found = re.search(r"manylinux_(\d+)_(\d+)_", tags)
    return tuple(int(number) for number in found.groups()) if found else None


def problem(wheel):
    """What is wrong with a wheel, or nothing."""
    promised = glibc(Path(wheel).name)
    if promised is None:
        print(f"{wheel}: promises no glibc")
        return None
    auditwheel = os.environ.get("AUDITWHEEL", "auditwheel")
    command = [auditwheel, "show", "--json", wheel]
    shown = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    needed = glibc(shown["overall_tag"])
    if needed is None or needed > promised:
        return f"{wheel} needs {shown['overall_tag']}"
    print(f"{wheel}: fits {shown['overall_tag']}")
    return None


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: floor.py WHEEL…")
    problems = [found for found in map(problem, sys.argv[1:]) if found]
    if problems:
        sys.exit("\n".join(f"error: {found}" for found in problems))


if __name__ == "__main__":
    main()
