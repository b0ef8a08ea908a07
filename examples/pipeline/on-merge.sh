#!/bin/sh
# After a merge, in a fresh checkout, with the key in CLERK_SECRET_KEY. Let only one of these run at a
# time.
set -eu

status=0
clerkform apply --yes clerk.yaml || status=$?

# A failed run changes the state too, so it is pushed in any case. If it cannot be, `record.sh` exits
# with 1 and says what to do. It is this repository's `action/record.sh`.
./record.sh || status=$((status == 0 ? 1 : status))
exit "$status"
