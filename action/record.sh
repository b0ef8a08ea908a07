#!/usr/bin/env bash
# Commits and pushes the states that a run wrote, whether the run succeeded or not. The commit is made
# on top of the branch as it is at the push, and changes only these states: whatever else was pushed
# meanwhile stays, and nothing can conflict. A state that cannot be pushed is kept in a folder and
# printed, and the log says what to do with it. Needs only git. Settings are variables:
#
#   STATE    the value of `--state`, a file or a folder that ends in `/`; empty: beside the files
#   BRANCH   the branch to push to; empty: the one that is checked out where the states are
#   REMOTE   the remote to push to; empty: `origin`
#   TOKEN    on GitHub, a token to push with; empty: what git is set up with
#   KEEP_IN  where to make the folder for what could not be pushed; empty: a temporary folder
set -euo pipefail

# The calls were made, so a job that is cancelled now still has to record them: the seconds that are
# left belong to the push.
trap '' INT TERM

remote=${REMOTE:-origin}
branch=${BRANCH:-}
message="Record what was applied to Clerk"
temporary=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/clerkform-record.XXXXXX")
trap 'rm -rf -- "$temporary"' EXIT
said=$temporary/said
: >"$said"

tell() { if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi; }

note() {
  local kind=$1
  shift
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    echo "::$kind title=clerkform::$*"
  else
    echo "$kind: $*"
  fi
}

# A setting of git's for this script alone.
setting() {
  local number=${GIT_CONFIG_COUNT:-0}
  export "GIT_CONFIG_KEY_$number=$1" "GIT_CONFIG_VALUE_$number=$2"
  export GIT_CONFIG_COUNT=$((number + 1))
}

# What git needs of the job: its owner (in a container another one's), patience that ends, a name.
prepare() {
  export GIT_TERMINAL_PROMPT=0
  setting safe.directory '*'
  setting http.lowSpeedLimit 1
  setting http.lowSpeedTime 30
  if [ -n "${TOKEN:-}" ]; then
    local header="http.${GITHUB_SERVER_URL:-https://github.com}/.extraheader" encoded
    encoded=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
    if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::add-mask::$encoded"; fi
    # The empty one takes away what `actions/checkout` left; GitHub refuses two.
    setting "$header" ""
    setting "$header" "AUTHORIZATION: basic $encoded"
  fi
  local name=clerkform email=clerkform@localhost
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    name="github-actions[bot]"
    email="41898282+github-actions[bot]@users.noreply.github.com"
  fi
  name=$(git config user.name || echo "$name")
  email=$(git config user.email || echo "$email")
  export GIT_AUTHOR_NAME="${GIT_AUTHOR_NAME:-$name}" GIT_AUTHOR_EMAIL="${GIT_AUTHOR_EMAIL:-$email}"
  export GIT_COMMITTER_NAME="${GIT_COMMITTER_NAME:-$name}"
  export GIT_COMMITTER_EMAIL="${GIT_COMMITTER_EMAIL:-$email}"
}

# Goes where the states are, and sets what finds them there.
go_there() {
  named=
  specs=(':(glob)**/*.state.json' ':(exclude,glob)**/*.sandbox.state.json'
    ':(exclude,glob)**/clerkform-kept.*/**')
  local place=.
  case ${STATE:-} in
    '') ;;
    */) place=$STATE ;;
    *)
      place=$STATE
      if [ -L "$place" ]; then place=$(readlink -f -- "$place"); fi
      named=${place##*/}
      specs=(":(literal)$named")
      case $place in
        */*) place=${place%/*}/ ;;
        *) place=. ;;
      esac
      ;;
  esac
  if [ ! -d "$place" ]; then
    echo "There is no state at ${STATE:-.}: nothing to record."
    exit 0
  fi
  cd -- "$place"
  local top
  top=$(quietly git rev-parse --show-toplevel) || return 1
  if [ -z "${STATE:-}" ]; then cd -- "$top"; fi
  prefix=$(git rev-parse --show-prefix)
  head=$(git rev-parse --quiet --verify HEAD) || head=
  base=${head:-$(git hash-object -t tree /dev/null)}
  follow_links
}

# Where a state is a link, what it leads to is what the program wrote.
follow_links() {
  local here link target
  here=$(pwd -P)
  while IFS= read -r -d '' link; do
    if [ -L "$link" ] && target=$(readlink -f -- "$link"); then
      case $target in "$here"/*) specs+=(":(literal)${target#"$here"/}") ;; esac
    fi
  done < <(git ls-files --cached --others -z -- "${specs[@]}")
}

# Runs a command of git's, and keeps what it said where it failed.
quietly() {
  local status=0
  "$@" 2>"$temporary/now" || status=$?
  if [ "$status" != 0 ]; then mv -- "$temporary/now" "$said"; fi
  return "$status"
}

# The states that differ from what was checked out, each ended by a NUL.
changed() {
  quietly git diff --name-only --relative --diff-filter=d -z "$base" -- "${specs[@]}" &&
    quietly git ls-files --others -z -- "${specs[@]}"
}

# Every state that is there, for where git does not say which were changed.
every() { find . -name "${named:-*.state.json}" ! -name '*.sandbox.state.json' -type f -print0; }

# Sets `states` to those that a file names and that are not recorded yet.
take() {
  local state
  states=()
  while IFS= read -r -d '' state; do
    state=${state#./}
    if [ -f "$state" ] && [ ! -L "$state" ] && ! is_recorded "$state"; then states+=("$state"); fi
  done <"$1"
  if [ "${#states[@]}" = 0 ]; then
    echo "No state was changed: nothing to record."
    exit 0
  fi
}

# What this script has pushed already in this job is no longer to be recorded.
is_recorded() {
  local recorded
  recorded=$(git rev-parse --quiet --verify "refs/clerkform/recorded:$prefix$1") || return 1
  [ "$recorded" = "$(git hash-object --no-filters -- "$1")" ]
}

# Copies the states before anything is tried that may fail, and even where the job ends before this
# script does.
keep() {
  local parent=${KEEP_IN:-${RUNNER_TEMP:-${TMPDIR:-/tmp}}} state folder
  kept=$(mktemp -d "${parent%/}/clerkform-kept.XXXXXX") || return 0
  for state in "${states[@]}"; do
    folder=$kept/$prefix$state
    mkdir -p -- "${folder%/*}" && cp -- "$state" "$folder"
  done
  artifact=clerk-state-${kept##*.}
  tell kept "$kept"
  tell artifact "$artifact"
}

# Sets `tip` to the branch's newest commit, and to nothing where there is no such branch yet.
fetch() {
  local found depth=
  found=$(quietly git ls-remote "$remote" "refs/heads/$branch") || return 1
  if [ -z "$found" ]; then
    tip=
    return 0
  fi
  if [ "$(git rev-parse --is-shallow-repository)" = true ]; then depth=--depth=1; fi
  quietly git fetch --quiet --no-tags --no-recurse-submodules ${depth:+"$depth"} "$remote" \
    "refs/heads/$branch" || return 1
  tip=$(git rev-parse --verify FETCH_HEAD)
}

# Prints a commit that is the tip with this run's states; the tip itself where it has them.
build() {
  local parent=${tip:-$head} state blob tree
  export GIT_INDEX_FILE=$temporary/index
  quietly git read-tree "${parent:---empty}" || return 1
  for state in "${states[@]}"; do
    blob=$(quietly git hash-object -w --no-filters -- "$state") || return 1
    quietly git update-index --add --replace --cacheinfo "100644,$blob,$prefix$state" || return 1
  done
  tree=$(quietly git write-tree --missing-ok) || return 1
  if [ -n "$tip" ] && [ "$tree" = "$(git rev-parse "$tip^{tree}")" ]; then
    echo "$tip"
  else
    quietly git commit-tree "$tree" ${parent:+-p "$parent"} -m "$message"
  fi
}

# Two runs on one target should not have been: the later state wins, and the other one is told.
warn_of_others() {
  local state ours theirs
  for state in "${states[@]}"; do
    ours=$(git rev-parse --quiet --verify "$base:$prefix$state") || ours=
    theirs=$(git rev-parse --quiet --verify "$tip:$prefix$state") || theirs=
    case $theirs in
      '' | "$ours" | "$(git hash-object --no-filters -- "$state")") continue ;;
    esac
    note warning "another run recorded $prefix$state during this one. This run's state replaces it;" \
      "the other one is in commit $tip. Check with \`clerkform plan --refresh\`, and let only one run" \
      "apply at a time"
  done
}

# Where nothing but the states is new on the branch, the checkout of it is at the new commit.
follow() {
  if [ -n "$head" ] && [ "$head" = "$tip" ] &&
    [ "$(git symbolic-ref --quiet --short HEAD)" = "$branch" ]; then
    quietly git add --force -- "${states[@]}" && quietly git update-ref HEAD "$1" "$head" || true
  fi
}

# A branch that moved is tried again at once, since whoever moved it got on. Else the server refused
# or did not answer, which may pass.
push() {
  local moves=0 refusals=0 former commit is_known=
  if fetch; then is_known=yes; fi
  while [ "$moves" -lt 50 ] && [ "$refusals" -lt 4 ]; do
    if [ -n "$is_known" ] && commit=$(build) && { [ "$commit" = "$tip" ] ||
      git push --porcelain "$remote" "$commit:refs/heads/$branch" >"$said" 2>&1; }; then
      if [ -n "$tip" ]; then warn_of_others; fi
      git update-ref refs/clerkform/recorded "$commit"
      follow "$commit"
      return 0
    fi
    former=$tip is_known=
    if fetch; then is_known=yes; fi
    if [ -n "$is_known" ] && [ "$tip" != "$former" ]; then
      moves=$((moves + 1)) refusals=0
      echo "$branch has moved: trying again."
    else
      refusals=$((refusals + 1))
      if [ "$refusals" -lt 4 ]; then
        echo "The push failed: trying again in $((1 << refusals)) s."
        sleep $((1 << refusals))
      fi
    fi
  done
  return 1
}

# Where there is nothing to push to, the branch that is checked out gets the commit.
commit_here() {
  quietly git add --force -- "${states[@]}" &&
    quietly git commit --quiet --no-verify --message "$message" -- "${states[@]}"
}

# Prints a file that the runner is to take for no command.
print() {
  local token=
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$token"
  fi
  cat -- "$1"
  if [ -n "$token" ]; then printf '\n::%s::\n' "$token"; fi
}

# How to get at what was kept.
how_to_get() {
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    echo "    gh run download $GITHUB_RUN_ID --repo $GITHUB_REPOSITORY --name $artifact --dir kept"
    echo "    cp -R kept/. ."
  elif [ -n "${GITLAB_CI:-}" ]; then
    echo "    glab api projects/$CI_PROJECT_ID/jobs/$CI_JOB_ID/artifacts >kept.zip && unzip kept.zip"
    echo "    cp -R ${kept##*/}/. ."
  else
    echo "    cp -R $kept/. ."
  fi
}

advice() {
  echo
  echo "Calls were made, and the state on $where does not record them. Record it before anybody"
  echo "applies again. In a clone of the repository:"
  echo
  echo "    git fetch origin $where && git switch --create clerk-state-kept FETCH_HEAD"
  how_to_get
  for state in "${states[@]}"; do echo "    git add $(printf %q "$prefix$state")"; done
  echo "    git commit --message \"$message\""
  echo "    git push origin HEAD:$where"
  echo
  echo "If nobody may push to $where, push HEAD to another branch and open a pull request. If the copy"
  echo "is gone, take what this job's log prints. If another run has recorded a newer state, keep that"
  echo "one: \`clerkform plan --refresh\` shows where the instance differs."
}

# The last resort: everything that is needed to record the states by hand.
give_up() {
  local where=${branch:-BRANCH} state
  note error "the state could not be pushed to $where of $(redacted "$remote"); it is kept, and the" \
    "log says how to record it"
  if [ -s "$said" ]; then redacted "$(cat -- "$said")" | sed -e 's/[[:space:]]*$//' -e 's/^/  | /'; fi
  advice
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    { echo "**The state could not be pushed to \`$where\`.**" && advice; } >>"$GITHUB_STEP_SUMMARY"
  fi
  for state in "${states[@]}"; do
    printf '\nThis is %s:\n' "$prefix$state"
    print "$state"
  done
  exit 1
}

# A text without what a URL in it may hold before its host.
redacted() { printf '%s\n' "$1" | sed 's#://[^@/ ]*@#://#g'; }

kept='' artifact='' tip='' head='' base='' prefix='' named='' specs=()
prepare
# In no repository, or in one that git cannot read, everything is kept that is there.
if ! go_there || ! changed >"$temporary/states"; then
  every >"$temporary/states"
  take "$temporary/states"
  keep
  give_up
fi
take "$temporary/states"
keep
if [ -z "$branch" ]; then branch=$(git symbolic-ref --quiet --short HEAD) || branch=; fi
if [ -z "$branch" ]; then
  echo "no branch is checked out there, and none is named" >"$said"
  give_up
fi
if [ -z "${REMOTE:-}" ] && [ -z "$(git remote)" ]; then
  commit_here || give_up
else
  push || give_up
fi
rm -rf -- "$kept"
tell pushed true
printf 'Recorded on %s: %s\n' "$branch" "${states[*]/#/$prefix}"
