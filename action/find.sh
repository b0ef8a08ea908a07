#!/usr/bin/env bash
# Takes the program that is on the path. Where there is none, tells the folder that it is to be in,
# and the key by which a cache finds what was built of the very same sources.
set -euo pipefail

if command -v clerkform >/dev/null; then
  echo "Taking the clerkform that is on the path."
  exit 0
fi
cd "$GITHUB_ACTION_PATH"
sources=$(find Cargo.toml Cargo.lock src -type f | LC_ALL=C sort | tr '\n' '\0' |
  xargs -0 cat | git hash-object --stdin)
{
  echo "folder=${RUNNER_TEMP:-/tmp}/clerkform-program"
  echo "key=clerkform-$RUNNER_OS-$RUNNER_ARCH-${ImageOS:-own}-$sources"
} >>"$GITHUB_OUTPUT"
