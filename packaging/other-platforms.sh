#!/usr/bin/env bash
# Checks what one Linux machine can of other systems: `packaging/other-platforms.sh [STEP…]`. It is no
# part of the usual run, since it takes a system of its own (3 GB), root, and most of an hour.
#
#   chroot   Debian sid in a folder, with Rust, the sources of its standard library, and what
#            emulates Windows and ARM64
#   windows  builds the tests for x86-64 Windows and runs them under wine
#   arm64    builds the tests for ARM64 Linux and runs them under qemu
#   macos    type-checks for macOS on ARM64, with `zig` as the C compiler: nothing is run
#
# Settings are variables: OTHER_PLATFORMS is the folder (target/other-platforms), DEBIAN a mirror, TESTS
# what `cargo test` is told (`--lib --test cases`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=${OTHER_PLATFORMS:-$PWD/target/other-platforms}
root=$folder/sid
mirror=${DEBIAN:-http://deb.debian.org/debian}
read -r -a tests <<<"${TESTS:---lib --test cases}"
steps=(chroot windows arm64 macos)

# A command in that system, which sees these sources, and the crates of this machine.
inside() {
  mkdir -p "$root/project" "$root/crates" "$root/target" "$folder/target"
  # shellcheck disable=SC2016 # expanded by the shell that has mounts of its own
  unshare --mount bash -euc '
    root=$1
    mount --bind "$2" "$root/project" && mount --bind "$3" "$root/crates"
    mount --bind "$4" "$root/target" && mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    shift 4
    exec chroot "$root" "$@"
  ' - "$root" "$PWD" "${CARGO_HOME:-$HOME/.cargo}" "$folder/target" env --chdir=/project HOME=/root \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin CARGO_HOME=/crates CARGO_TARGET_DIR=/target \
    CARGO_PROFILE_DEV_DEBUG=0 "$@"
}

step_chroot() {
  if [ ! -e "$root/complete" ]; then
    [ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase sid "$root" "$mirror"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # A mirror may be one of a past day, whose lists have expired.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99mirror"
    chroot "$root" dpkg --add-architecture arm64
    chroot "$root" apt-get update -qq
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends build-essential ca-certificates cargo git python3-pip python3-venv \
      rustc rust-src gcc-mingw-w64-x86-64 wine wine64 libstd-rust-dev:arm64 gcc-aarch64-linux-gnu \
      libc6-dev-arm64-cross qemu-user
    # Whom this machine trusts: its way to the registries may have a certificate of its own.
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    : >"$root/complete"
  fi
  chroot "$root" rustc --version
}

# Where Debian has no finished standard library of a system, it is built from its sources.
step_windows() {
  inside CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine WINEDEBUG=-all RUSTC_BOOTSTRAP=1 \
    cargo test --locked -Zbuild-std --target x86_64-pc-windows-gnu "${tests[@]}"
}

step_arm64() {
  inside CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu" \
    cargo test --locked --target aarch64-unknown-linux-gnu "${tests[@]}"
}

step_macos() {
  # shellcheck disable=SC2016 # expanded inside
  inside bash -euc '
    [ -x /opt/zig/bin/python ] || python3 -m venv /opt/zig
    /opt/zig/bin/pip install --quiet ziglang==0.17.1
    printf "#!/bin/sh\nexec /opt/zig/bin/python -m ziglang cc -target aarch64-macos \"\$@\"\n" \
      >/opt/zig/cc
    printf "#!/bin/sh\nexec /opt/zig/bin/python -m ziglang ar \"\$@\"\n" >/opt/zig/ar
    chmod +x /opt/zig/cc /opt/zig/ar
    export CRATE_CC_NO_DEFAULTS=1 CC_aarch64_apple_darwin=/opt/zig/cc AR_aarch64_apple_darwin=/opt/zig/ar
    RUSTC_BOOTSTRAP=1 cargo check --locked -Zbuild-std --target aarch64-apple-darwin
  '
}

[ $# -gt 0 ] || set -- "${steps[@]}"
for step in "$@"; do
  declare -F "step_$step" >/dev/null || { echo "no step $step; there are: ${steps[*]}" >&2; exit 64; }
done
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
  echo "SKIPPED: other platforms need root and debootstrap" >&2
  exit 0
fi
for step in "$@"; do
  printf '\n== %s\n' "$step"
  "step_$step"
done
