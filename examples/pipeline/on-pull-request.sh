#!/bin/sh
# On every pull request, also one from a fork: neither a key nor a network is needed.
set -eu

clerkform validate clerk.yaml
clerkform plan --report markdown=plan.md clerk.yaml
# plan.md is ready to be posted, with GitHub's client for instance:
#   gh pr comment "$PULL_REQUEST" --body-file plan.md
