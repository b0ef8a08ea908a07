#!/usr/bin/env bash
# Checks what one Linux machine can of other systems: `packaging/other-platforms.sh [STEP…]`. It is no
# part of the usual run, since it takes a system of its own (13 GB), root, and an hour and a half. The
# minutes were counted on two cores that others were using as well.
#
#   chroot   Debian sid in a folder, with Rust, the sources of its standard library, and what
#            emulates Windows and ARM64 (3 min, or 20 where the mirror is slow)
#   windows  builds the tests for x86-64 Windows and runs them under wine, then presses Ctrl-C for the
#            program in a terminal (25 min)
#   arm64    builds the tests for ARM64 Linux and runs them under qemu (50 min)
#   macos    type-checks for macOS on ARM64, with `zig` as the C compiler (14 min)
#
# What nothing here can do: run a program for macOS; press Ctrl-Break under wine, which ends whatever is
# running; have qemu run a test that starts itself anew, or tell that a program is not there. Each step
# names what it skips. Nor is there a git, a shell or a Python under wine, so that the tests which need one
# run on a real Windows only.
#
# Settings are variables: OTHER_PLATFORMS is the folder (target/other-platforms), DEBIAN a mirror, TESTS
# what `cargo test` is told of the tests to run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=${OTHER_PLATFORMS:-$PWD/target/other-platforms}
root=$folder/sid
mirror=${DEBIAN:-http://deb.debian.org/debian}
steps=(chroot windows arm64 macos)

# What cargo is told of the tests to run: TESTS, or else this.
tests() { read -r -a tests <<<"${TESTS:-$1}"; }

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
  tests "--lib --test cases --test faults --test fleet_runs --test races --test refresh --test unharmed"
  inside CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine WINEDEBUG=-all RUSTC_BOOTSTRAP=1 \
    cargo test --locked --no-fail-fast -Zbuild-std --target x86_64-pc-windows-gnu "${tests[@]}" -- \
    --skip ctrl_break
  echo "SKIPPED: the tests of Ctrl-Break, which wine takes for the end of any program" >&2
  local program=/target/x86_64-pc-windows-gnu/debug/clerkform.exe
  # Such as after TESTS="--lib": no test there starts the program.
  [ -e "$folder$program" ] || return 0
  inside WINEDEBUG=-all TERM=xterm packaging/console.py wine "$program"
}

step_arm64() {
  local not_here=(the_second_signal_ends_the_process_when_the_last_thread_has_its_file_whole
    a_disk_that_is_full_in_mid_write_leaves_the_old_state_and_nothing_else
    a_lock_keeps_another_process_out_and_goes_with_its_process
    a_new_state_has_the_mode_that_the_umask_leaves a_command_that_cannot_be_started_tells_nothing)
  # The kernel does not run the program that the tests start: a script in its place does.
  cat >"$root/opt/arm64" <<'RUNNER'
#!/bin/sh
program=$CARGO_TARGET_DIR/aarch64-unknown-linux-gnu/debug/clerkform
if [ -e "$program" ] && [ "$(head -c 4 "$program" | tail -c 3)" = ELF ]; then
  mv "$program" "$program.elf"
  printf '#!/bin/sh\nexec qemu-aarch64 "%s" "$@"\n' "$program.elf" >"$program"
  chmod +x "$program"
fi
exec qemu-aarch64 "$@"
RUNNER
  chmod +x "$root/opt/arm64"
  tests "--lib --test cases"
  inside CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=/opt/arm64 \
    cargo test --locked --no-fail-fast --target aarch64-unknown-linux-gnu "${tests[@]}" -- \
    "${not_here[@]/#/--skip=}"
  echo "SKIPPED: ${not_here[*]}; these tests start themselves anew, which the kernel cannot do with" \
    "ARM64, or a program that is not there, which qemu does not tell" >&2
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
  echo "SKIPPED: the tests for macOS, whose programs nothing here runs" >&2
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
  started=$SECONDS
  printf '\n== %s\n' "$step"
  "step_$step"
  echo "== $step: $((SECONDS - started)) s"
done
