#!/usr/bin/env python3
"""Puts a finished binary into the archive that a release has for its target, with what belongs to
it: manual pages, completions, licences, the README. The same binary gives the same bytes.

    packaging/archive.py --binary FILE --target TARGET --out FOLDER [--run FILE]

Pages and completions are printed by the binary itself; where it does not run here, `--run` names
one of the same version that does. Prints the archive's path."""

import argparse
import gzip
import io
import pathlib
import subprocess
import tarfile
import tempfile
import time
import zipfile

import notices
import project

COMPLETIONS = {
    "bash": "clerkform.bash",
    "zsh": "_clerkform",
    "fish": "clerkform.fish",
    "elvish": "clerkform.elv",
    "powershell": "_clerkform.ps1",
}
DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]


def printed(program, *words):
    """What the program prints."""
    return subprocess.run([program, *words], check=True, stdout=subprocess.PIPE).stdout


def files(binary, program, target):
    """What the archive holds: bytes and mode by path."""
    said = printed(program, "--version").decode().strip()
    if said != f"clerkform {project.VERSION}":
        project.refuse(f"{program} is {said}, and Cargo.toml says {project.VERSION}")
    name = "clerkform.exe" if "windows" in target else "clerkform"
    held = {name: (binary.read_bytes(), 0o755)}
    for document in DOCUMENTS:
        held[document] = ((project.ROOT / document).read_bytes(), 0o644)
    held["LICENSES-THIRD-PARTY.txt"] = (notices.text(target).encode(), 0o644)
    for shell, file in COMPLETIONS.items():
        held[f"completions/{file}"] = (printed(program, "completions", shell), 0o644)
    with tempfile.TemporaryDirectory() as folder:
        printed(program, "man", "--out", folder)
        for page in pathlib.Path(folder).iterdir():
            held[f"man/{page.name}"] = (page.read_bytes(), 0o644)
    return held


def tar_gz(top, held, epoch):
    """A compressed tar of the files below a folder, of nobody and in their order."""
    packed = io.BytesIO()
    # A higher level takes three times as long and saves less than one percent.
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=packed, mtime=epoch) as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for path in sorted(held):
                content, mode = held[path]
                entry = tarfile.TarInfo(f"{top}/{path}")
                entry.size, entry.mode, entry.mtime = len(content), mode, epoch
                tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def zipped(top, held, epoch):
    """A zip of the files below a folder, in their order. A zip knows no time zone: it is UTC."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(held):
            content, mode = held[path]
            entry = zipfile.ZipInfo(f"{top}/{path}", time.gmtime(epoch)[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100000 | mode) << 16
            file.writestr(entry, content)
    return packed.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--target", choices=project.TARGETS, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--run", type=pathlib.Path)
    given = parser.parse_args()
    held = files(given.binary, (given.run or given.binary).resolve(), given.target)
    top = f"clerkform-{project.VERSION}-{given.target}"
    pack = zipped if project.TARGETS[given.target] == ".zip" else tar_gz
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / project.archive(given.target)
    path.write_bytes(pack(top, held, project.epoch()))
    print(path)


if __name__ == "__main__":
    main()
