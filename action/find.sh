#!/usr/bin/env bash
# Takes the program that is on the path, else that of the release, which the runner's cache of tools
# keeps. Where there is neither, tells the folder that it is to be built in, and the key by which a cache
# finds what was built of the very same sources.
set -euo pipefail

if command -v clerkform >/dev/null; then
  echo "Using the clerkform on the path."
  exit 0
fi
folder=$("$GITHUB_ACTION_PATH/action/fetch.sh" "${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}/tools}")
if [ -n "$folder" ]; then
  if command -v cygpath >/dev/null; then folder=$(cygpath --windows "$folder"); fi
  echo "$folder" >>"$GITHUB_PATH"
  exit 0
fi
{
  echo "folder=${RUNNER_TEMP:-/tmp}/clerkform-program"
  echo "key=clerkform-$RUNNER_OS-$RUNNER_ARCH-${ImageOS:-own}-$("$GITHUB_ACTION_PATH/action/sources.sh")"
} >>"$GITHUB_OUTPUT"
