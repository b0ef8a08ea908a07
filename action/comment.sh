#!/usr/bin/env bash
# Keeps one comment on the pull request for the newest plan, and one for an apply that failed. What
# keeps it from being written, such as the read-only token of a fork, is told and is no failure: the
# job's summary has the same.
set -euo pipefail

case $COMMENT in
  *[!A-Za-z0-9._-]*)
    echo "::error title=clerkform::the input comment may contain letters, digits, dots, _ and - only"
    exit 64
    ;;
esac

export GH_HOST=${GITHUB_SERVER_URL#*://} GH_ENTERPRISE_TOKEN=$GH_TOKEN
repository=repos/$GITHUB_REPOSITORY
job=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
body=$(mktemp "${RUNNER_TEMP:-/tmp}/clerkform-comment.XXXXXX")

# Whether there is anything to say that makes it worth while to begin a comment.
is_news=
if [ "$MODE" = apply ]; then
  marker="<!-- clerkform comment: $COMMENT apply -->"
  if [ "$EXITCODE" != 0 ]; then is_news=yes; fi
else
  marker="<!-- clerkform comment: $COMMENT -->"
  if [ "$CHANGES" != false ]; then is_news=yes; fi
fi
{
  echo "$marker"
  if [ -n "$MARKDOWN" ]; then
    cat "$MARKDOWN"
    if [ "$MODE" = plan ] && [ -z "$CHANGES" ] && grep -q '^Checksum: ' "$MARKDOWN"; then
      printf '\n**This plan is refused: its warnings are errors here.**\n'
    fi
  else
    printf '### Clerk %s failed\n\nThe log of the run says why.\n' "$MODE"
  fi
  printf '\n<sub>For %s, by [this run](%s).</sub>\n' "$COMMIT" "$job"
} >"$body"

give_up() {
  if [ "$MODE" = plan ] || [ -n "$is_news" ]; then
    echo "::notice title=clerkform::the pull request cannot be commented on; the job's summary has the same"
  fi
  exit 0
}

# After a merge it is the pull request that the commit came from.
if [ -z "$PULL_REQUEST" ]; then
  PULL_REQUEST=$(gh api "$repository/commits/$COMMIT/pulls" --jq '.[0].number // empty') || give_up
  if [ -z "$PULL_REQUEST" ]; then
    echo "No pull request belongs to $COMMIT: nothing to comment on."
    exit 0
  fi
fi

# Somebody else's comment is never taken for the former one: whoever wrote it could change it.
me=$(gh api graphql -f query='{viewer{login}}' --jq .data.viewer.login) || give_up
former=$(MARKER=$marker ME=$me gh api --paginate \
  "$repository/issues/$PULL_REQUEST/comments?per_page=100" \
  --jq '.[] | select(.user.login == env.ME and (.body | startswith(env.MARKER))) | .id') || give_up
former=${former%%$'\n'*}

if [ -n "$former" ]; then
  gh api --silent --method PATCH "$repository/issues/comments/$former" -F body=@"$body" || give_up
elif [ -n "$is_news" ]; then
  gh api --silent --method POST "$repository/issues/$PULL_REQUEST/comments" -F body=@"$body" || give_up
fi
