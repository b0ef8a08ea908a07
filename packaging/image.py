#!/usr/bin/env python3
"""Writes a container image, as an OCI layout and without an engine: static binaries, certificates,
and nothing else. The same files give the same bytes.

    packaging/image.py --binary amd64=FILE [--binary arm64=FILE] --certificates FILE --out FOLDER

`skopeo copy --all oci:FOLDER:VERSION docker://…` pushes it. Prints the digest of the index, by
which it is known wherever it is pushed."""

import argparse
import datetime
import gzip
import hashlib
import io
import json
import pathlib
import struct
import tarfile

import project

# What an ELF file says of the machine that it is for.
MACHINES = {"amd64": 62, "arm64": 183}
INTERPRETER = 3

PROGRAM = "usr/bin/clerkform"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
# Nobody, by number: there is no file that could give a name.
USER = "65532:65532"

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def check(binary, machine):
    """Refuses a binary that could not run alone in a root of its own."""
    content = binary.read_bytes()
    if content[:6] != b"\x7fELF\x02\x01":
        project.refuse(f"{binary} is no 64-bit program for Linux")
    [of] = struct.unpack_from("<H", content, 18)
    if of != MACHINES[machine]:
        project.refuse(f"{binary} is not for {machine}")
    [start] = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    kinds = [struct.unpack_from("<I", content, start + at * size)[0] for at in range(count)]
    if INTERPRETER in kinds:
        project.refuse(f"{binary} is linked dynamically, and the image has no libraries")
    return content


def layer(program, certificates, epoch):
    """A tar of the root's files, of root and with the folders above them."""
    held = {PROGRAM: (program, 0o755), CERTIFICATES: (certificates, 0o644)}
    folders = {str(above) for path in held for above in pathlib.PurePosixPath(path).parents}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted((folders - {"."}) | held.keys()):
            entry = tarfile.TarInfo(path)
            entry.mtime, entry.mode = epoch, 0o755
            if path in held:
                content, entry.mode = held[path]
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
            else:
                entry.type = tarfile.DIRTYPE
                tar.addfile(entry)
    return packed.getvalue()


def digest(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Layout:
    """A folder of blobs, each under its digest."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "blobs" / "sha256").mkdir(parents=True)

    def add(self, kind, content, **further):
        """Writes a blob; gives back what others know it by."""
        if not isinstance(content, bytes):
            content = encoded(content)
        name = digest(content)
        (self.folder / "blobs" / name.replace(":", "/")).write_bytes(content)
        return {"mediaType": kind, "digest": name, "size": len(content), **further}


def encoded(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def config(machine, tar, created):
    """How the image is run."""
    return {
        "architecture": machine,
        "os": "linux",
        "created": created,
        "config": {
            "User": USER,
            "Entrypoint": [f"/{PROGRAM}"],
            "Env": ["PATH=/usr/bin"],
            "WorkingDir": "/project",
            "Labels": labels(created),
        },
        "rootfs": {"type": "layers", "diff_ids": [digest(tar)]},
        "history": [{"created": created, "created_by": "packaging/image.py"}],
    }


def labels(created):
    return {
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.description": project.PACKAGE["description"],
        "org.opencontainers.image.licenses": project.PACKAGE["license"],
        "org.opencontainers.image.source": project.REPOSITORY,
        "org.opencontainers.image.title": "clerkform",
        "org.opencontainers.image.version": project.VERSION,
    }


def write(folder, binaries, certificates):
    """Writes the layout; gives back the digest of the index."""
    epoch = project.epoch()
    created = datetime.datetime.fromtimestamp(epoch, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    layout = Layout(folder)
    images = []
    for machine, program in sorted(binaries.items()):
        tar = layer(program, certificates, epoch)
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": layout.add(CONFIG, config(machine, tar, created)),
            "layers": [layout.add(LAYER, gzip.compress(tar, 6, mtime=0))],
            "annotations": labels(created),
        }
        platform = {"architecture": machine, "os": "linux"}
        images.append(layout.add(MANIFEST, manifest, platform=platform))
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": images}
    name = {"org.opencontainers.image.ref.name": project.VERSION}
    known = layout.add(INDEX, index, annotations=name)
    (folder / "index.json").write_bytes(
        encoded({"schemaVersion": 2, "mediaType": INDEX, "manifests": [known]})
    )
    (folder / "oci-layout").write_bytes(encoded({"imageLayoutVersion": "1.0.0"}))
    return known["digest"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", action="append", required=True, metavar="MACHINE=FILE")
    parser.add_argument("--certificates", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    given = parser.parse_args()
    binaries = {}
    for pair in given.binary:
        machine, _, path = pair.partition("=")
        if machine not in MACHINES:
            project.refuse(f"{machine} is none of {', '.join(MACHINES)}")
        binaries[machine] = check(pathlib.Path(path), machine)
    certificates = given.certificates.read_bytes()
    if b"-----BEGIN CERTIFICATE-----" not in certificates:
        project.refuse(f"{given.certificates} holds no certificate")
    if given.out.exists():
        project.refuse(f"{given.out} is there already")
    print(write(given.out, binaries, certificates))


if __name__ == "__main__":
    main()
