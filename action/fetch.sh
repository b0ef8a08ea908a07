#!/usr/bin/env bash
# `fetch.sh CACHE`: brings the program of the release that was built of these sources into a folder below
# CACHE, unless it is there already, and prints that folder. Prints nothing where there is no such
# release, or none for this machine. `action/release` knows the release and its checksums, so the commit
# of this checkout says what is run, and nobody can change that later.
#
#   CLERKFORM_BASE_URL  a copy of the releases' pages; without it, those of the repository that
#                       Cargo.toml names
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$1

note() { echo "$*" >&2; }

die() {
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    note "::error title=clerkform::$*"
  else
    note "error: $*"
  fi
  exit 1
}

# A value of `action/release`, whose lines are `NAME VALUE`.
recorded() { sed -n "s/^$1 //p" "$root/action/release"; }

# Sets `target` and `ending` to what the archive for this machine is called by.
detect() {
  local system=${RUNNER_OS:-$(uname -s)} machine=${RUNNER_ARCH:-$(uname -m)}
  case $machine in
    X64 | x86_64 | amd64) machine=x86_64 ;;
    ARM64 | aarch64 | arm64) machine=aarch64 ;;
    *) return 1 ;;
  esac
  ending=tar.gz
  case $system in
    Linux) target=$machine-unknown-linux-musl ;;
    macOS | Darwin) target=$machine-apple-darwin ;;
    Windows | MINGW* | MSYS*) target=$machine-pc-windows-msvc ending=zip ;;
    *) return 1 ;;
  esac
}

checksum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi
}

# Plain http can be changed on its way, which the checksum would tell, but not be read by others.
download() {
  local protocol='=https'
  case $base in http://127.0.0.1:* | http://localhost:*) protocol='=http' ;; esac
  curl --proto "$protocol" --fail --silent --show-error --location --retry 4 --output "$2" "$1" ||
    die "$1 could not be fetched. A copy of the releases may stand elsewhere, which" \
      "CLERKFORM_BASE_URL names; or put clerkform on the path in a step before this one"
}

# What the runner's variables call a folder, as this shell calls it.
own() { if command -v cygpath >/dev/null; then cygpath --unix "$1"; else echo "$1"; fi; }

if [ ! -f "$root/action/release" ] || [ "$(recorded sources)" != "$("$root/action/sources.sh")" ]; then
  note "No release was built of these sources."
  exit 0
fi
version=$(recorded version)
expected='' archive=''
if detect; then
  archive=clerkform-$version-$target.$ending
  expected=$(recorded "$archive")
fi
if [ -z "$expected" ]; then
  note "The release $version has nothing for this machine."
  exit 0
fi

# The folder is called by the checksum too: no other program can be found under its name.
folder=$(own "$cache")/clerkform/$version-${expected:0:16}
if [ ! -d "$folder" ]; then
  base=${CLERKFORM_BASE_URL:-$(sed -n 's/^repository = "\(.*\)"$/\1/p' "$root/Cargo.toml")/releases}
  mkdir -p "$(dirname "$folder")"
  temporary=$(mktemp -d "$(dirname "$folder")/.fetch.XXXXXX")
  trap 'rm -rf -- "$temporary"' EXIT
  download "${base%/}/download/v$version/$archive" "$temporary/$archive"
  actual=$(checksum "$temporary/$archive")
  if [ "${actual%% *}" != "$expected" ]; then
    die "$archive has another checksum than action/release says: it was cut off or changed on its way"
  fi
  case $ending in
    zip) unzip -q "$temporary/$archive" -d "$temporary" ;;
    *) tar -xzf "$temporary/$archive" -C "$temporary" ;;
  esac
  unpacked=$temporary/${archive%".$ending"}
  "$unpacked/clerkform" --version >&2
  # Whole or not at all. Where another job brought it meanwhile, it is the same.
  [ -d "$folder" ] || mv -- "$unpacked" "$folder"
fi
echo "$folder"
