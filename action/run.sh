#!/usr/bin/env bash
# Checks the files, then plans, applies or compares. Its outputs say what came of it, whatever the
# exit code. No exit code of its own: that of the command that failed, or 0.
set -euo pipefail

folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/clerkform.XXXXXX")
plan=$folder/plan.json
markdown=$folder/plan.md
page=$folder/plan.html
annotations=$folder/annotations
applied=$folder/apply.md

tell() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

finish() {
  tell exitcode "$1"
  case $1 in
    0 | 2) exit 0 ;;
    *) exit "$1" ;;
  esac
}

wrong_input() {
  echo "::error title=clerkform::$1"
  finish 64
}

# What a program prints may hold text of others, so the runner takes none of it for a command. When a
# job is cancelled, the runner tells this shell alone, and the program has a call to finish.
run() {
  local token status=0 program='' is_cancelled='' is_untold=''
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$token"
  # Heard from before the program starts: it may have made a call by the time this shell goes on.
  trap 'is_cancelled=yes; kill -TERM "$program" 2>/dev/null || is_untold=yes
    echo "Cancelled: finishing the call in progress."' INT TERM
  "$@" 2>&1 &
  program=$!
  [ -z "$is_untold" ] || kill -TERM "$program" 2>/dev/null || true
  wait "$program" || status=$?
  if [ -n "$is_cancelled" ]; then
    status=0
    wait "$program" || status=$?
  fi
  trap - INT TERM
  printf '\n::%s::\n' "$token"
  return "$status"
}

# A setting of git's for this run alone.
setting() {
  local number=${GIT_CONFIG_COUNT:-0}
  export "GIT_CONFIG_KEY_$number=$1" "GIT_CONFIG_VALUE_$number=$2"
  export GIT_CONFIG_COUNT=$((number + 1))
}

# A state in a git remote is read and written with the action's token, so that checkouts need not keep
# one. In a container the checkout belongs to another user.
prepare_git() {
  setting safe.directory '*'
  if [ -n "$TOKEN" ]; then
    local header="http.${GITHUB_SERVER_URL:-https://github.com}/.extraheader" encoded
    encoded=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
    echo "::add-mask::$encoded"
    # The empty one takes away what `actions/checkout` left; GitHub refuses two.
    setting "$header" ""
    setting "$header" "AUTHORIZATION: basic $encoded"
  fi
}

annotate() { if [ -f "$annotations" ]; then cat "$annotations"; fi; }

# Shows reports in the summary of the job. The first one is the comment, too.
summarize() {
  local report
  for report in "$@"; do
    if [ -f "$report" ]; then
      cat "$report" >>"$GITHUB_STEP_SUMMARY"
      echo >>"$GITHUB_STEP_SUMMARY"
    fi
  done
  if [ -f "$1" ]; then tell markdown "$1"; fi
}

# Adds an option where an input says `true`. Bash 3.2 knows no empty array, so none is.
switch() {
  case $1 in
    true) words+=("$2") ;;
    false) ;;
    *) wrong_input "the input ${2#--} is neither true nor false" ;;
  esac
}

case $MODE in
  plan | apply | drift) ;;
  *) wrong_input "the input mode is none of plan, apply and drift" ;;
esac
if [ -n "$CHECKSUM" ] && [ "$MODE" != apply ]; then
  wrong_input "the input checksum is for the mode apply"
fi

named=(--)
while IFS= read -r file; do
  if [ -n "$file" ]; then named+=("$file"); fi
done <<<"$FILES"

words=(--color never)
switch "$STRICT" --strict
status=0
run clerkform validate "${words[@]}" --report github="$annotations" "${named[@]}" || status=$?
if [ "$status" != 0 ]; then
  annotate
  # This fails for the same reasons, which are in the log already; its report is wanted.
  if [ "$MODE" != drift ]; then
    clerkform plan "${words[@]}" --report markdown="$markdown" "${named[@]}" >"$folder/log" 2>&1 || true
    summarize "$markdown"
  fi
  finish "$status"
fi

case ${STATE:-${CLERKFORM_STATE:-}} in git:*) prepare_git ;; esac

if [ "$MODE" = drift ]; then words=(--color never); fi
if [ -n "$STATE" ]; then words+=("--state=$STATE"); fi
if [ -n "$SHARD" ]; then words+=("--shard=$SHARD"); fi
read -r -a chosen <<<"${ENVIRONMENTS//$'\n'/ }"
for environment in ${chosen[@]+"${chosen[@]}"}; do
  case $environment in
    '*') words+=(--all-envs) ;;
    *) words+=("--env=$environment") ;;
  esac
done
reports=(--report markdown="$markdown" --report html="$page" --report github="$annotations")

if [ "$MODE" = drift ]; then
  run clerkform drift "${words[@]}" "${reports[@]}" --report json="$plan" "${named[@]}" || status=$?
else
  switch "$REFRESH" --refresh
  run clerkform plan --detailed-exitcode --out "$plan" "${words[@]}" "${reports[@]}" "${named[@]}" ||
    status=$?
fi
is_planned=
case $status in 0 | 2) is_planned=yes ;; esac
if [ "$MODE" != apply ] || [ -z "$is_planned" ]; then
  annotate
  summarize "$markdown"
fi
if [ -f "$page" ]; then tell page-path "$page"; fi
case $status in
  0) tell changes false ;;
  2) tell changes true ;;
  *) finish "$status" ;;
esac
checksum=$(sed -n 's/^  "checksum": "\([0-9a-f]*\)",*$/\1/p' "$plan")
tell plan-path "$plan"
tell checksum "$checksum"

if [ "$MODE" = apply ]; then
  status=0
  reports=(--report markdown="$applied" --report html="$folder/apply.html")
  run clerkform apply --yes --quiet --checksum="${CHECKSUM:-$checksum}" "${words[@]}" \
    "${reports[@]}" --report github="$annotations" "${named[@]}" || status=$?
  annotate
  # What was done comes first, then what was planned.
  summarize "$applied" "$markdown"
  if [ -f "$folder/apply.html" ]; then tell page-path "$folder/apply.html"; fi
  if [ "$status" = 1 ] && [ "${CHECKSUM:-$checksum}" != "$checksum" ]; then
    echo "::error title=clerkform::file or state moved since the plan was reviewed; this job's summary" \
      "has the plan as it is now, and running the workflow again has that one reviewed"
  fi
fi
finish "$status"
