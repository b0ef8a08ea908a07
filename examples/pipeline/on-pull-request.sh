#!/bin/sh
# On every pull request, even one from a fork: it needs neither a key nor a network.
set -eu

clerkform validate clerk.yaml
clerkform plan --report markdown=plan.md clerk.yaml
# Post plan.md as a comment, for example with GitHub's client:
#   gh pr comment "$PULL_REQUEST" --body-file plan.md
