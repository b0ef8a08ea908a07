#!/usr/bin/env python3
"""Prints the Scoop manifest of a release, from the checksums of its archives.

    packaging/scoop.py SHA256SUMS >bucket/clerkform.json"""

import json
import sys

import project


def of(target, checksums):
    """Where an archive is, and the folder in it."""
    name = project.archive(target)
    return {
        "url": project.url(name),
        "hash": checksums[target],
        "extract_dir": name.removesuffix(".zip"),
    }


def main():
    checksums = project.archives(sys.argv[1])
    base = f"{project.REPOSITORY}/releases/download/v$version/clerkform-$version"
    newer = {
        "64bit": "x86_64-pc-windows-msvc",
        "arm64": "aarch64-pc-windows-msvc",
    }
    manifest = {
        "version": project.VERSION,
        "description": project.PACKAGE["description"],
        "homepage": project.PACKAGE["homepage"],
        "license": "MIT|Apache-2.0",
        "architecture": {name: of(target, checksums) for name, target in newer.items()},
        "bin": "clerkform.exe",
        "checkver": {"github": project.REPOSITORY},
        "autoupdate": {
            "architecture": {
                name: {
                    "url": f"{base}-{target}.zip",
                    "extract_dir": f"clerkform-$version-{target}",
                }
                for name, target in newer.items()
            },
            "hash": {"url": "$baseurl/SHA256SUMS"},
        },
    }
    print(json.dumps(manifest, indent=4))


if __name__ == "__main__":
    main()
