#!/usr/bin/env python3
"""Writes the files of the repository from which pre-commit takes the hooks with the finished program:
`pack.py OUT`. Commit them there, and tag the commit `v` and the version."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import packages
import project

HOOKS = ".pre-commit-hooks.yaml"


def hooks():
    """The project's own hooks, which build the program, with the wheel instead."""
    own = (project.ROOT / HOOKS).read_text(encoding="utf-8")
    packed, count = re.subn(r"^  language: rust$", "  language: python", own, flags=re.MULTILINE)
    if count != own.count("- id: "):
        project.refuse(f"{HOOKS} has a hook whose language is not rust")
    return packed


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: pack.py OUT")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    texts = {name: text.decode() for name, text in packages.licenses().items()} | {HOOKS: hooks()}
    for name in ("README.md", "pyproject.toml"):
        text = (HERE / name).read_text(encoding="utf-8").replace("@TAG@", f"v{project.VERSION}")
        texts[name] = text.replace("@VERSION@", packages.python_version())
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
