"""What the packers for npm and Python have in common: what a package is made for, the program that goes
into it, and the licences."""

import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

import notices
import project

NAME = project.PACKAGE["name"]
SCHEMA = project.ROOT / "schema/clerkform.schema.json"

# The date of every file, the one that `npm pack` writes: every kind of archive can hold it.
MODIFIED = 499162500


@dataclass(frozen=True)
class Target:
    """A system and a kind of machine, as npm and Python call them."""

    os: str
    cpu: str
    wheel: str

    @property
    def platform(self):
        """As in the name of the npm package."""
        return f"{self.os}-{self.cpu}"

    @property
    def program(self):
        """What the program's file is called there."""
        return f"{NAME}.exe" if self.os == "win32" else NAME


# A static program (musl) runs on every Linux. One for glibc is what `manylinux` promises, which older
# versions of pip know by another name.
TARGETS = {
    "x86_64-unknown-linux-musl": Target("linux", "x64", "musllinux_1_1_x86_64"),
    "aarch64-unknown-linux-musl": Target("linux", "arm64", "musllinux_1_1_aarch64"),
    "x86_64-unknown-linux-gnu": Target("linux", "x64", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
    "aarch64-unknown-linux-gnu": Target(
        "linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64"
    ),
    "x86_64-apple-darwin": Target("darwin", "x64", "macosx_10_12_x86_64"),
    "aarch64-apple-darwin": Target("darwin", "arm64", "macosx_11_0_arm64"),
    "x86_64-pc-windows-msvc": Target("win32", "x64", "win_amd64"),
    "aarch64-pc-windows-msvc": Target("win32", "arm64", "win_arm64"),
}

_ELF = {62: "x64", 183: "arm64"}
_MACH_O = {0x01000007: "x64", 0x0100000C: "arm64"}
_PE = {0x8664: "x64", 0xAA64: "arm64"}
_PT_INTERP = 3


def _platform(program):
    """Where a program runs, by its header."""
    try:
        if program[:6] == b"\x7fELF\x02\x01":
            return f"linux-{_ELF.get(struct.unpack_from('<H', program, 18)[0])}"
        if program[:4] == b"\xcf\xfa\xed\xfe":
            return f"darwin-{_MACH_O.get(struct.unpack_from('<I', program, 4)[0])}"
        if program[:2] == b"MZ":
            at = struct.unpack_from("<I", program, 60)[0]
            if program[at : at + 4] == b"PE\0\0":
                return f"win32-{_PE.get(struct.unpack_from('<H', program, at + 4)[0])}"
    except struct.error:
        pass
    return None


def _is_static(elf):
    """Whether no loader has to be there for it."""
    [table] = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    kinds = (struct.unpack_from("<I", elf, table + size * index)[0] for index in range(count))
    return _PT_INTERP not in kinds


def read_program(triple, path):
    """The finished program, held against what it is to be."""
    program = Path(path).read_bytes()
    wanted = TARGETS[triple].platform
    if _platform(program) != wanted:
        project.refuse(f"{path} is not a program for {wanted}")
    if triple.endswith("-musl") and not _is_static(program):
        project.refuse(f"{path} is not static, and would not run on every Linux")
    return program


def read_arguments():
    """`OUT [TRIPLE=PROGRAM]…` of the command line: the folder, and the programs by their target."""
    words = sys.argv[1:]
    programs = dict(word.partition("=")[::2] for word in words[1:])
    if not words or len(programs) != len(words) - 1 or not all(programs.values()):
        sys.exit(f"usage: {Path(sys.argv[0]).name} OUT [TRIPLE=PROGRAM]…")
    for triple in programs.keys() - TARGETS.keys():
        project.refuse(f"no packages are made for `{triple}`; there are: {', '.join(TARGETS)}")
    out = Path(words[0])
    out.mkdir(parents=True, exist_ok=True)
    return out, {triple: read_program(triple, path) for triple, path in programs.items()}


def licenses(triple=None):
    """The licences by their file's name: the program's own, and for a target those of what is linked
    into it."""
    own = {name: (project.ROOT / name).read_bytes() for name in ("LICENSE-APACHE", "LICENSE-MIT")}
    if triple is None:
        return own
    return own | {"LICENSES-THIRD-PARTY.txt": notices.text(triple).encode()}


def python_version():
    """The version as Python writes it: `1.2.0-rc.1` is `1.2.0rc1`."""
    parts = re.fullmatch(r"(\d+\.\d+\.\d+)(?:-(alpha|beta|rc)\.(\d+))?", project.VERSION)
    if not parts:
        project.refuse(f"Python has no way to write the version {project.VERSION}")
    release, stage, number = parts.groups()
    letters = {"alpha": "a", "beta": "b", "rc": "rc"}
    return f"{release}{letters[stage]}{number}" if stage else release
