#!/usr/bin/env bash
# Packs the finished binaries of a release: `packaging/pack.sh PROGRAMS FOLDER`. The first has a folder
# `program-TARGET` for each target; the second gets
#
#   release/   what stands on the release's page, with its checksums
#   managers/  what Homebrew and Scoop read
#   npm/       the packages of npm
#   wheels/    the packages of Python
#   image/     the container image
#   sbom.cdx.json
#
# Needs the programs of requirements.txt, and `cargo cyclonedx`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
programs=$1 packed=$2
export PYTHONDONTWRITEBYTECODE=1

# A value of packaging/project.py.
project() { (cd packaging && python3 -c "import project; print(project.$1)"); }

version=$(project VERSION)
SOURCE_DATE_EPOCH=$(project "epoch()")
export SOURCE_DATE_EPOCH

# `program TARGET`: the path of its binary.
program() {
  case $1 in
    *-windows-*) echo "$programs/program-$1/clerkform.exe" ;;
    *) echo "$programs/program-$1/clerkform" ;;
  esac
}

# `all TARGET…`: as the packers for npm and Python take them.
all() { for target in "$@"; do echo "$target=$(program "$target")"; done; }

# What carried them here may have taken their modes.
chmod +x "$programs"/program-*/*
mkdir -p "$packed/managers"

others=(x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc aarch64-pc-windows-msvc)
static=(x86_64-unknown-linux-musl aarch64-unknown-linux-musl)
dynamic=(x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu)

for target in "${static[@]}" "${others[@]}"; do
  packaging/archive.py --binary "$(program "$target")" --target "$target" --out "$packed/release" \
    --run "$(program "$(uname -m)-unknown-linux-musl")"
done
cargo cyclonedx --format json --spec-version 1.5 --target all --override-filename clerkform.cdx
mv clerkform.cdx.json "$packed/sbom.cdx.json"
cp "$packed/sbom.cdx.json" "$packed/release/clerkform-$version.cdx.json"
cp packaging/install.sh packaging/install.ps1 "$packed/release"
packaging/sums.py "$packed/release"
packaging/homebrew.py "$packed/release/SHA256SUMS" >"$packed/managers/clerkform.rb"
packaging/scoop.py "$packed/release/SHA256SUMS" >"$packed/managers/clerkform.json"

mapfile -t given < <(all "${static[@]}" "${others[@]}")
packaging/npm/pack.py "$packed/npm" "${given[@]}"
mapfile -t given < <(all "${static[@]}" "${dynamic[@]}" "${others[@]}")
packaging/pypi/pack.py "$packed/wheels" "${given[@]}"
packaging/pypi/floor.py "$packed"/wheels/*.whl
packaging/image.py --binary "amd64=$(program "${static[0]}")" \
  --binary "arm64=$(program "${static[1]}")" \
  --certificates "$(python3 -c 'import certifi; print(certifi.where())')" --out "$packed/image"

packaging/sizes.py "$packed"/release/*.tar.gz "$packed"/release/*.zip "$packed"/npm/*.tgz \
  "$packed"/wheels/*.whl "$packed/image"
packaging/agree.py "$packed"/release/*.tar.gz "$packed"/release/*.zip "$packed"/release/*.cdx.json \
  "$packed"/release/SHA256SUMS "$packed"/managers/* "$packed"/npm/*.tgz "$packed"/wheels/*.whl
