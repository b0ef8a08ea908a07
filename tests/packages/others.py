"""Packs what is no program but begins as one, for all platforms but this one: `others.py OUT OWN`. The
notices are left out, since what other systems need is not on this machine."""

import struct
import sys
from pathlib import Path

sys.dont_write_bytecode = True
PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
sys.path[:0] = [str(PACKAGING), str(PACKAGING / "npm")]
import notices
import pack
import packages

ELF = {"x64": 62, "arm64": 183}
MACH_O = {"x64": 0x01000007, "arm64": 0x0100000C}
PE = {"x64": 0x8664, "arm64": 0xAA64}


def beginning(target):
    """The header of a program for a target; that for Linux needs no loader."""
    if target.os == "linux":
        head = struct.pack("<HHIQQQIHHHHHH", 2, ELF[target.cpu], 1, 0, 64, 0, 0, 64, 56, 0, 0, 0, 0)
        return b"\x7fELF\x02\x01".ljust(16, b"\0") + head
    if target.os == "darwin":
        return b"\xcf\xfa\xed\xfe" + struct.pack("<I", MACH_O[target.cpu])
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    return dos + b"PE\0\0" + struct.pack("<H", PE[target.cpu])


def main():
    out, own = Path(sys.argv[1]), packages.TARGETS[sys.argv[2]].platform
    notices.text = lambda triple: f"Not gathered for {triple}.\n"
    for triple, target in packages.TARGETS.items():
        if target.platform == own or triple.endswith("-gnu"):
            continue
        file = out / "program"
        file.write_bytes(beginning(target))
        program = packages.read_program(triple, file)
        file.unlink()
        pack.write(out, pack.platform_package(target), pack.platform(triple, program))


if __name__ == "__main__":
    main()
