#!/usr/bin/env python3
"""Prints what the changelog says of the version that a tag names, for the release's page. Refuses a
tag that is not of the version of Cargo.toml and Cargo.lock, and a version that the changelog lacks.

    packaging/notes.py v0.1.0"""

import re
import sys
import tomllib

import project


def main():
    tag = sys.argv[1]
    if tag != f"v{project.VERSION}":
        project.refuse(f"the tag is {tag}, and Cargo.toml is of version {project.VERSION}")
    lock = tomllib.loads((project.ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    [locked] = [it["version"] for it in lock["package"] if it["name"] == "clerkform"]
    if locked != project.VERSION:
        project.refuse(f"Cargo.lock is of version {locked}, and Cargo.toml of {project.VERSION}")
    changelog = (project.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = rf"^## \[{re.escape(project.VERSION)}\].*\n"
    parts = re.split(heading, changelog, maxsplit=1, flags=re.MULTILINE)
    if len(parts) == 1:
        project.refuse(f"CHANGELOG.md has no section for {project.VERSION}")
    notes = re.split(r"^(?:## |\[[^]]+\]: )", parts[1], maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not notes:
        project.refuse(f"CHANGELOG.md says nothing of {project.VERSION}")
    print(notes)


if __name__ == "__main__":
    main()
