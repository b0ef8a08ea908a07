#!/usr/bin/env python3
"""Prints what `action/release` says of a release, from its checksums. To be run in a checkout of
the release's tag, since it tells which sources the release was built of: see RELEASING.md.

    packaging/record.py SHA256SUMS >action/release"""

import subprocess
import sys

import project


def main():
    checksums = project.archives(sys.argv[1])
    script = project.ROOT / "action" / "sources.sh"
    sources = subprocess.run([script], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    print(f"version {project.VERSION}")
    print(f"sources {sources}")
    for target, checksum in checksums.items():
        print(f"{project.archive(target)} {checksum}")


if __name__ == "__main__":
    main()
