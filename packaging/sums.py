#!/usr/bin/env python3
"""Writes `SHA256SUMS` for the files of a folder, as `sha256sum --check` reads it.

    packaging/sums.py FOLDER"""

import hashlib
import pathlib
import sys

NAME = "SHA256SUMS"


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != NAME)
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / NAME).write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
