#!/usr/bin/env python3
"""Holds every artefact of a release against the version of Cargo.toml, and looks that none is
missing that the checksums name. One that it knows nothing of is refused.

    packaging/agree.py FILE…"""

import json
import pathlib
import re
import sys
import tarfile
import zipfile

import project


def of_npm(path):
    """The versions that an npm package names: its own, and those that it asks for."""
    with tarfile.open(path) as packed:
        described = json.load(packed.extractfile("package/package.json"))
    return [described["version"], *described.get("optionalDependencies", {}).values()]


def of_wheel(path):
    """The version that a wheel names, as Cargo writes it."""
    with zipfile.ZipFile(path) as packed:
        [name] = [it for it in packed.namelist() if it.endswith(".dist-info/METADATA")]
        lines = packed.read(name).decode().splitlines()
    [version] = [line.split(": ")[1] for line in lines if line.startswith("Version: ")]
    stages = {"a": "alpha", "b": "beta", "rc": "rc"}
    return [re.sub(r"(a|b|rc)(\d+)$", lambda it: f"-{stages[it[1]]}.{it[2]}", version)]


def of_name(path):
    """The version in the name of an archive or an SBOM."""
    version = re.sub(r"-(?:x86_64|aarch64)-.*$|\.cdx\.json$", "", path.name)
    return [version.removeprefix("clerkform-")]


def of_sums(path):
    """The versions of the archives that checksums name, each of which has to be there."""
    project.archives(path)
    missing = [name for name in project.sums(path) if not path.with_name(name).exists()]
    if missing:
        project.refuse(f"{path} names what is not there: {', '.join(missing)}")
    return [project.VERSION]


def of_text(path):
    """Each version that a formula or manifest names."""
    return re.findall(r"/download/v([^/$]+)/", path.read_text(encoding="utf-8"))


# The first ending that fits says how a version is found.
KINDS = {
    ".tgz": of_npm,
    ".whl": of_wheel,
    ".tar.gz": of_name,
    ".zip": of_name,
    ".cdx.json": of_name,
    "SHA256SUMS": of_sums,
    ".rb": of_text,
    ".json": of_text,
}


def main():
    paths = [pathlib.Path(word) for word in sys.argv[1:]]
    if not paths:
        sys.exit("usage: agree.py FILE…")
    for path in paths:
        kinds = (kind for ending, kind in KINDS.items() if path.name.endswith(ending))
        kind = next(kinds, None)
        if kind is None:
            project.refuse(f"{path} is no artefact that a version is known of")
        versions = kind(path)
        if set(versions) != {project.VERSION}:
            told = ", ".join(sorted(set(versions))) or "no version"
            project.refuse(f"{path} is of {told}, and Cargo.toml of {project.VERSION}")
    print(f"{len(paths)} artefacts are of version {project.VERSION}")


if __name__ == "__main__":
    main()
