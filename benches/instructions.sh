#!/usr/bin/env bash
# Counts the instructions of whole processes: what one file of about 40 lines costs, and what each
# further one does. Unlike time they are nearly the same on each run, so a change shows at once.
# Needs valgrind. Run it from anywhere: `benches/instructions.sh [BINARY]`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
binary=${1:-$root/target/release/clerkform}
[ -n "${1:-}" ] || cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml"

# More files than these would be shared out to all cores.
few=9
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for number in $(seq "$few"); do
  cp "$root/examples/quickstart/clerk.yaml" "$number.yaml"
done

# The environment has a share in the count, so it is the same everywhere.
counted() {
  env -i PATH="$PATH" valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$@" \
    2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

version=$(counted --version)
one=$(counted validate 1.yaml)
all=$(counted validate ./*.yaml)
lines=$(wc -l <1.yaml)
awk -v version="$version" -v one="$one" -v all="$all" -v few="$few" -v lines="$lines" 'BEGIN {
  print "millions of instructions"
  printf "%-36s %6.2f\n", "clerkform --version", version / 1e6
  printf "%-36s %6.2f\n", "clerkform validate, " lines " lines", one / 1e6
  printf "%-36s %6.2f\n", "each further file", (all - one) / (few - 1) / 1e6
}'
