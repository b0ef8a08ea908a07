#!/usr/bin/env python3
"""Prints the Homebrew formula of a release, from the checksums of its archives.

    packaging/homebrew.py SHA256SUMS >Formula/clerkform.rb"""

import sys

import project

FORMULA = """\
# Written by packaging/homebrew.py of clerkform.
class Clerkform < Formula
  desc "{description}"
  homepage "{homepage}"
  version "{version}"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
{macos}
  end

  on_linux do
{linux}
  end

  def install
    bin.install "clerkform"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/clerkform.bash" => "clerkform"
    zsh_completion.install "completions/_clerkform"
    fish_completion.install "completions/clerkform.fish"
    doc.install "README.md", "LICENSES-THIRD-PARTY.txt"
  end

  test do
    (testpath/"clerk.yaml").write "instance: {{hibp: true}}\\n"
    system bin/"clerkform", "validate", "--strict"
    assert_match version.to_s, shell_output("#{{bin}}/clerkform --version")
  end
end
"""


def choices(system, checksums):
    """Where the archive of each processor of a system is."""
    parts = []
    for words, machine in (("on_arm", "aarch64"), ("on_intel", "x86_64")):
        target = f"{machine}-{system}"
        parts.append(
            f"    {words} do\n"
            f'      url "{project.url(project.archive(target))}"\n'
            f'      sha256 "{checksums[target]}"\n'
            "    end"
        )
    return "\n".join(parts)


def main():
    checksums = project.archives(sys.argv[1])
    formula = FORMULA.format(
        description=project.PACKAGE["description"],
        homepage=project.PACKAGE["homepage"],
        version=project.VERSION,
        macos=choices("apple-darwin", checksums),
        linux=choices("unknown-linux-musl", checksums),
    )
    print(formula, end="")


if __name__ == "__main__":
    main()
