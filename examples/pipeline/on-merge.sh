#!/bin/sh
# After a merge, with the key in CLERK_SECRET_KEY. Let only one of these run at a time.
set -eu

status=0
clerkform apply --yes clerk.yaml || status=$?

# The state says what is certain after a failed run too, so it is committed in any case. There is
# none yet where the very first run was refused.
if [ -e clerk.state.json ]; then
    git add clerk.state.json
    git diff --cached --quiet || git commit --quiet --message "Record what was applied to Clerk"
fi
# Push the commit here, as your pipeline does that.
exit "$status"
