#!/usr/bin/env bash
# Keeps one comment on the pull request: that of the newest plan. What keeps it from being written,
# such as the read-only token of a fork, is told and is no failure: the job's summary has the plan.
set -euo pipefail

case $COMMENT in
  *[!A-Za-z0-9._-]*)
    echo "::error title=clerkform::the input comment may contain letters, digits, dots, _ and - only"
    exit 64
    ;;
esac

export GH_HOST=${GITHUB_SERVER_URL#*://} GH_ENTERPRISE_TOKEN=$GH_TOKEN
marker="<!-- clerkform comment: $COMMENT -->"
comments=repos/$GITHUB_REPOSITORY/issues
job=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
body=$(mktemp "${RUNNER_TEMP:-/tmp}/clerkform-comment.XXXXXX")
{
  echo "$marker"
  if [ -n "$MARKDOWN" ]; then
    cat "$MARKDOWN"
    if [ -z "$CHANGES" ]; then
      printf '\n**This plan is refused: its warnings are errors here.**\n'
    fi
  else
    echo "**No plan: it failed.**"
  fi
  printf '\n<sub>For %s, by [this run](%s).</sub>\n' "$COMMIT" "$job"
} >"$body"

give_up() {
  echo "::notice title=clerkform::the pull request cannot be commented on; the job's summary has the plan"
  exit 0
}

# Somebody else's comment is never taken for the former one: whoever wrote it could change it.
me=$(gh api graphql -f query='{viewer{login}}' --jq .data.viewer.login) || give_up
former=$(MARKER=$marker ME=$me gh api --paginate "$comments/$PULL_REQUEST/comments?per_page=100" \
  --jq '.[] | select(.user.login == env.ME and (.body | startswith(env.MARKER))) | .id') || give_up
former=${former%%$'\n'*}

if [ -n "$former" ]; then
  gh api --silent --method PATCH "$comments/comments/$former" -F body=@"$body" || give_up
elif [ "$CHANGES" != false ]; then
  gh api --silent --method POST "$comments/$PULL_REQUEST/comments" -F body=@"$body" || give_up
fi
