#!/bin/sh
# Installs clerkform on Linux or macOS: fetches the release's archive for this machine, holds it
# against the release's checksums, and puts the program into a folder. Settings are variables:
#
#   CLERKFORM_VERSION      such as 0.1.0; without it, the newest release
#   CLERKFORM_INSTALL_DIR  where the program goes; without it, ~/.local/bin
#   CLERKFORM_BASE_URL     a copy of the releases' pages, with the same paths below it
#
# Nothing is left behind but the program, and not even that where something goes wrong.
set -eu

say() { printf 'clerkform: %s\n' "$*"; }

die() {
  printf 'clerkform: error: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Sets `target` to the name that the release has for this machine.
detect() {
  system=$(uname -s)
  machine=$(uname -m)
  # A shell that macOS translates says that it runs on an Intel machine.
  if [ "$system" = Darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then
    machine=arm64
  fi
  case $machine in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) die "there is no release for $machine; build it with \`cargo install clerkform\`" ;;
  esac
  case $system in
    Linux) target=$machine-unknown-linux-musl ;;
    Darwin) target=$machine-apple-darwin ;;
    MINGW* | MSYS* | CYGWIN*) die "on Windows, use install.ps1 in PowerShell" ;;
    *) die "there is no release for $system; build it with \`cargo install clerkform\`" ;;
  esac
}

# Plain http can be read and changed on its way, so it goes to this machine alone.
check_base() {
  case $base in
    https://*) protocol='=https' ;;
    http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) protocol='=http' ;;
    *) die "CLERKFORM_BASE_URL has to begin with https://" ;;
  esac
}

# `download PATH FILE`
download() {
  if has curl; then
    curl --proto "$protocol" --tlsv1.2 --fail --silent --show-error --location --retry 3 \
      --output "$2" "$base/$1" || die "$base/$1 could not be fetched"
  elif has wget; then
    wget -q -O "$2" "$base/$1" || die "$base/$1 could not be fetched"
  else
    die "neither curl nor wget is installed"
  fi
}

checksum() {
  if has sha256sum; then
    sha256sum "$1"
  elif has shasum; then
    shasum -a 256 "$1"
  elif has openssl; then
    openssl dgst -sha256 -r "$1"
  else
    die "none of sha256sum, shasum and openssl is installed, so the archive cannot be checked"
  fi
}

# Sets `archive` to the archive for this machine that the checksums name, `expected` to its checksum.
choose() {
  line=$(grep -E "^[0-9a-f]{64} [ *]clerkform-[0-9A-Za-z.+-]*-$target\.tar\.gz\$" "$temporary/SHA256SUMS") ||
    die "$base/$from/SHA256SUMS names no archive for $target"
  archive=${line#*[ *]}
  archive=${archive#[ *]}
  expected=${line%% *}
  found=${archive#clerkform-}
  found=${found%-"$target".tar.gz}
  if [ -n "$version" ] && [ "$found" != "$version" ]; then
    die "$base/$from/SHA256SUMS is of version $found, not $version"
  fi
  version=$found
}

main() {
  version=${CLERKFORM_VERSION:-}
  version=${version#v}
  base=${CLERKFORM_BASE_URL:-https://github.com/OWNER/clerkform/releases}
  base=${base%/}
  folder=${CLERKFORM_INSTALL_DIR:-${HOME:?is not set, so set CLERKFORM_INSTALL_DIR}/.local/bin}
  case $version in *[!0-9A-Za-z.+-]*) die "CLERKFORM_VERSION is no version: $version" ;; esac
  check_base
  detect

  temporary=$(mktemp -d)
  placed=
  trap 'rm -rf "$temporary" ${placed:+"$placed"}' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  from=${version:+download/v$version}
  from=${from:-latest/download}
  download "$from/SHA256SUMS" "$temporary/SHA256SUMS"
  choose
  # By its version, since a newer release may have come meanwhile.
  download "download/v$version/$archive" "$temporary/$archive"
  actual=$(checksum "$temporary/$archive")
  if [ "${actual%% *}" != "$expected" ]; then
    die "$archive has another checksum than its release says, so nothing was installed: it was cut" \
      "off or changed on its way"
  fi

  tar -xzf "$temporary/$archive" -C "$temporary"
  mkdir -p "$folder"
  # A rename takes the old program's place at once, even while that runs.
  placed=$(mktemp "$folder/.clerkform.XXXXXX")
  cp "$temporary/${archive%.tar.gz}/clerkform" "$placed"
  chmod 755 "$placed"
  "$placed" --version >/dev/null || die "the program does not run on this machine"
  mv -f "$placed" "$folder/clerkform"
  placed=
  say "installed version $version as $folder/clerkform"
  case :${PATH:-}: in
    *:"$folder":*) ;;
    *) say "$folder is not on your PATH: add it in your shell's startup file" ;;
  esac
}

# Last, so that half of this file does nothing.
main
