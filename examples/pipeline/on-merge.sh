#!/bin/sh
# After a merge, in a fresh checkout, with the key in CLERK_SECRET_KEY. Let only one of these run at a
# time.
set -eu

status=0
clerkform apply --yes clerk.yaml || status=$?

# The state says what is certain after a failed run too, so it is pushed in any case. Where it cannot
# be, `record.sh` ends with 1 and says what to do. It is this repository's `action/record.sh`.
./record.sh || status=$((status == 0 ? 1 : status))
exit "$status"
