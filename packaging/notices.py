"""The licences of everything that is linked into the binary: who hands on a program that holds the
work of others hands on their notices too."""

import json
import pathlib
import re
import subprocess

import project

NOTICE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def linked(metadata):
    """The packages that a target's binary is linked with: no build scripts, macros or tests."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    found, due = set(), [metadata["resolve"]["root"]]
    while due:
        one = due.pop()
        is_macro = any("proc-macro" in target["kind"] for target in packages[one]["targets"])
        if one in found or is_macro:
            continue
        found.add(one)
        for needed in nodes[one]["deps"]:
            if any(kind["kind"] is None for kind in needed["dep_kinds"]):
                due.append(needed["pkg"])
    found.remove(metadata["resolve"]["root"])
    ordered = (packages[one] for one in found)
    return sorted(ordered, key=lambda package: (package["name"], package["version"]))


def text(target):
    """The notices for a target, in the order of the packages' names."""
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=project.ROOT)
    parts = ["clerkform is linked with the packages below, each under the license that it names.\n"]
    shown = {}
    for package in linked(json.loads(ran.stdout)):
        title = f"{package['name']} {package['version']}"
        parts.append(f"\n{'=' * 80}\n{title}: {package['license'] or 'see below'}\n")
        folder = pathlib.Path(package["manifest_path"]).parent
        for file in sorted(folder.iterdir()):
            if not (file.is_file() and NOTICE.match(file.name)):
                continue
            notice = file.read_text(encoding="utf-8", errors="replace").strip()
            same = shown.setdefault(notice, title)
            said = notice if same == title else f"the same text as that of {same}"
            parts.append(f"\n{file.name}:\n\n{said}\n")
    return "".join(parts)
