#!/usr/bin/env python3
"""Makes wheels of finished programs, without a compiler: each puts its program among the scripts of an
environment. The same input makes the same bytes."""

import base64
import hashlib
import io
import sys
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import packages
import project

VERSION = packages.python_version()
INFO = f"{packages.NAME}-{VERSION}.dist-info"


def metadata(licenses):
    """What an index shows of the project."""
    package = project.PACKAGE
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", packages.NAME),
        ("Version", VERSION),
        ("Summary", package["description"]),
        ("Keywords", ",".join(package["keywords"])),
        ("License-Expression", package["license"]),
        *(("License-File", name) for name in licenses),
        ("Project-URL", f"Homepage, {package['homepage']}"),
        ("Project-URL", f"Repository, {project.REPOSITORY}"),
        ("Project-URL", f"Documentation, {package['documentation']}"),
        ("Requires-Python", ">=3.8"),
        ("Description-Content-Type", "text/markdown"),
    ]
    page = (HERE / "PAGE.md").read_text(encoding="utf-8")
    return "".join(f"{name}: {value}\n" for name, value in fields) + f"\n{page}"


def wheel(tags):
    """How the wheel is to be installed."""
    fields = [
        ("Wheel-Version", "1.0"),
        ("Generator", f"{packages.NAME} ({project.VERSION})"),
        ("Root-Is-Purelib", "false"),
        *(("Tag", f"py3-none-{tag}") for tag in tags.split(".")),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields)


def record(files):
    """The checksum and size of each file, and the list's own line without either."""
    lines = []
    for name, (content, _) in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(content)}\n")
    return "".join([*lines, f"{INFO}/RECORD,,\n"])


def files(triple, program):
    """What a wheel holds: content and mode by name."""
    target = packages.TARGETS[triple]
    licenses = packages.licenses(triple)
    texts = {f"{INFO}/licenses/{name}": content for name, content in licenses.items()}
    texts[f"{INFO}/METADATA"] = metadata(licenses).encode()
    texts[f"{INFO}/WHEEL"] = wheel(target.wheel).encode()
    script = f"{packages.NAME}-{VERSION}.data/scripts/{target.program}"
    held = {script: (program, 0o755)} | {name: (text, 0o644) for name, text in texts.items()}
    return held | {f"{INFO}/RECORD": (record(held).encode(), 0o644)}


def write(out, triple, program):
    """The wheel of a target."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, mode) in files(triple, program).items():
            entry = zipfile.ZipInfo(name, time.gmtime(packages.MODIFIED)[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, content)
    tags = packages.TARGETS[triple].wheel
    path = out / f"{packages.NAME}-{VERSION}-py3-none-{tags}.whl"
    path.write_bytes(packed.getvalue())
    print(path)


def main():
    out, programs = packages.read_arguments()
    for triple, program in programs.items():
        write(out, triple, program)


if __name__ == "__main__":
    main()
