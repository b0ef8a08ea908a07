#!/bin/sh
# On every pull request, even one from a fork: it needs no key, and reads the state from the repository.
set -eu

clerkform validate clerk.yaml
clerkform plan --state git:origin --report markdown=plan.md clerk.yaml
# Post plan.md as a comment, for example with GitHub's client:
#   gh pr comment "$PULL_REQUEST" --body-file plan.md
