#!/usr/bin/env python3
"""Makes the npm packages of finished programs: `clerkform`, which starts the program, and one for
each platform, which holds it. They have no install script, since package managers block those. The
same input makes the same bytes. Name all six platforms for a release: `clerkform` asks for each."""

import gzip
import io
import json
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import packages
import project


def manifest(name, description, **fields):
    """The text of a `package.json`."""
    common = {
        "name": name,
        "version": project.VERSION,
        "description": description,
        "license": project.PACKAGE["license"],
        "homepage": project.PACKAGE["homepage"],
        "repository": {"type": "git", "url": f"git+{project.REPOSITORY}.git"},
        "publishConfig": {"access": "public"},
    }
    return (json.dumps(common | fields, indent=2) + "\n").encode()


def platform_package(target):
    """The name of the package with the program."""
    return f"@{packages.NAME}/{target.platform}"


def readable(texts):
    """Files that are not run: content and mode by name."""
    return {name: (content, 0o644) for name, content in texts.items()}


def launcher():
    """The files of the package that people install."""
    platforms = sorted({platform_package(target) for target in packages.TARGETS.values()})
    described = manifest(
        packages.NAME,
        project.PACKAGE["description"],
        keywords=project.PACKAGE["keywords"],
        bin={packages.NAME: "clerkform.js"},
        engines={"node": ">=18"},
        optionalDependencies={name: project.VERSION for name in platforms},
    )
    texts = {
        "package.json": described,
        "README.md": (HERE / "README.md").read_bytes(),
        packages.SCHEMA.name: packages.SCHEMA.read_bytes(),
    }
    script = (HERE / "clerkform.js").read_bytes()
    return readable(texts | packages.licenses()) | {"clerkform.js": (script, 0o755)}


def platform(triple, program):
    """The files of the package that holds the program."""
    target = packages.TARGETS[triple]
    described = manifest(
        platform_package(target),
        f"The program of the package {packages.NAME} for {target.platform}",
        os=[target.os],
        cpu=[target.cpu],
        # A program cannot be started out of yarn's archives.
        preferUnplugged=True,
    )
    about = f"The program of the npm package `{packages.NAME}` for {target.platform}.\n"
    texts = {"package.json": described, "README.md": about.encode()} | packages.licenses(triple)
    return readable(texts) | {target.program: (program, 0o755)}


def write(out, name, files):
    """A tarball as `npm publish` takes it."""
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, packed, mtime=0) as pressed:
        with tarfile.open(fileobj=pressed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for inside, (content, mode) in sorted(files.items()):
                entry = tarfile.TarInfo(f"package/{inside}")
                entry.size, entry.mode, entry.mtime = len(content), mode, packages.MODIFIED
                archive.addfile(entry, io.BytesIO(content))
    path = out / f"{name.removeprefix('@').replace('/', '-')}-{project.VERSION}.tgz"
    path.write_bytes(packed.getvalue())
    print(path)


def main():
    out, programs = packages.read_arguments()
    write(out, packages.NAME, launcher())
    for triple, program in programs.items():
        write(out, platform_package(packages.TARGETS[triple]), platform(triple, program))


if __name__ == "__main__":
    main()
