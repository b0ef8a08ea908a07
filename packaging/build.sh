#!/usr/bin/env bash
# Builds a target's binary as a release has it: `packaging/build.sh TARGET FOLDER` puts it into the
# folder. For Linux it needs the programs of requirements.txt on the path: `zig` brings each C library,
# so that a static binary and one for glibc 2.17 come from any machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$1 folder=$2

rustup target add "$target" >&2
# The binary tells nothing of the machine that made it, wherever that had its files.
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export RUSTFLAGS="--remap-path-prefix=$PWD=clerkform --remap-path-prefix=$cargo_home=cargo"
program=clerkform
case $target in
  *-linux-gnu) cargo zigbuild --release --locked --target "$target.2.17" ;;
  *-linux-musl) cargo zigbuild --release --locked --target "$target" ;;
  *-apple-darwin)
    # What Rust itself promises of the two.
    case $target in x86_64-*) oldest=10.12 ;; *) oldest=11.0 ;; esac
    MACOSX_DEPLOYMENT_TARGET=$oldest cargo build --release --locked --target "$target"
    ;;
  *-windows-msvc)
    program=clerkform.exe
    # No library of the compiler's has to be installed first.
    RUSTFLAGS="$RUSTFLAGS -C target-feature=+crt-static" \
      cargo build --release --locked --target "$target"
    ;;
  *)
    echo "error: no release is built for $target" >&2
    exit 64
    ;;
esac
mkdir -p "$folder"
cp "${CARGO_TARGET_DIR:-target}/$target/release/$program" "$folder/$program"
