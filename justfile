# The steps of `.ci/run`, by names that are quick to type. Without `just`, call them as here.

# List the recipes
default:
    @just --list

# Everything that CI runs
ci:
    .ci/run

# Install what single tests compare with
setup:
    .ci/run tools

# All tests
test:
    .ci/run tests

# All checks that run nothing
lint:
    .ci/run format lints spelling dependencies msrv documentation

# Format the sources
fmt:
    cargo fmt
    rustfmt --edition 2024 fuzz/targets/*.rs

# Write anew what the tests expect of some cases, or of all
bless *CASES:
    BLESS=1 cargo test --test cases -- {{ CASES }}
    BLESS=1 cargo test --test readme --test codes
    cargo run --quiet -- schema >schema/clerkform.schema.json

# Run the fuzz targets for some seconds each
fuzz SECONDS="30":
    FUZZ_SECONDS={{ SECONDS }} .ci/run fuzz

# Time the program
bench:
    cargo build --release --locked
    python3 benches/process.py
