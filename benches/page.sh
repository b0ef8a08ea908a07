#!/usr/bin/env bash
# The pages of two plans for 500 targets, one in which no two are the same and one in which all are: how
# large each is, how long it takes to write it, and how long a browser takes to open it, with its
# script and without. Milliseconds are the median of seven. Needs chromium and a built program; another
# than the release's may be named by `PROGRAM`.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${PROGRAM:-target/release/clerkform}")
[ -x "$program" ] || { echo "build it first: cargo build --release" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# `configuration MEMBERSHIPS ALLOWLIST`: arithmetic on `number`.
configuration() {
  printf 'instance: {hibp: true}\nenvironments:\n'
  for number in $(seq 0 499); do
    printf '  e%s:\n    target: {secret_key_env: K%s}\n' "$number" "$number"
    printf '    organization_settings: {max_allowed_memberships: %s}\n' "$(($1))"
    printf '    restrictions: {allowlist: %s}\n' "$([ $(($2)) = 1 ] && echo true || echo false)"
  done
}

cat >probe.html <<'PROBE'
<!doctype html><meta charset="utf-8"><pre></pre><iframe width="360" height="640"></iframe><script>
  const frame = document.querySelector("iframe");
  frame.onload = () => {
    const entries = performance.getEntriesByType.call(frame.contentWindow.performance, "navigation");
    document.querySelector("pre").textContent = `took ${Math.round(entries[0].domComplete)} ms`;
  };
  if (location.hash) frame.sandbox = "allow-same-origin";
  frame.src = "page.html";
</script>
PROBE

# `opened HASH`: one try.
opened() {
  chromium --headless --no-sandbox --disable-gpu --dump-dom --disable-background-networking \
    --no-first-run --disable-component-update --proxy-server=127.0.0.1:9 \
    --allow-file-access-from-files --user-data-dir="$folder/profile" \
    "file://$folder/probe.html$1" 2>/dev/null | sed -n 's/.*took \([0-9]*\) ms.*/\1/p'
}

written() {
  local begun=${EPOCHREALTIME/./}
  "$program" plan --all-envs --quiet --report html=page.html clerk.yaml >/dev/null
  echo $(((${EPOCHREALTIME/./} - begun) / 1000))
}

# `median COMMAND …`: of seven tries.
median() {
  for _ in 1 2 3 4 5 6 7; do "$@"; done | sort -n | sed -n '4s/$/ ms/p'
}

for kind in "different:number + 1:number % 5 == 0" "equal:20:0"; do
  IFS=: read -r name memberships allowlist <<<"$kind"
  configuration "$memberships" "$allowlist" >clerk.yaml
  echo "500 $name targets"
  echo "  planned and written: $(median written)"
  echo "  size: $(stat -c %s page.html) bytes, $(gzip -9 <page.html | wc -c) compressed"
  echo "  opened with its script: $(median opened "")"
  echo "  opened without it: $(median opened "#")"
done
