#!/usr/bin/env bash
# Builds the program from the action's own checkout, unless the cache had it, and puts it on the
# path of the steps that follow.
set -euo pipefail

if ! "$FOLDER/bin/clerkform" --version 2>/dev/null; then
  if ! command -v cargo >/dev/null; then
    echo "::error title=clerkform::there is neither clerkform nor cargo on the path; install Rust first"
    exit 1
  fi
  cargo install --path "$GITHUB_ACTION_PATH" --locked --force --root "$FOLDER"
  "$FOLDER/bin/clerkform" --version
fi
echo "$FOLDER/bin" >>"$GITHUB_PATH"
