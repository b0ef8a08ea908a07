#!/usr/bin/env bash
# How long a browser takes to open the page of a plan for 500 targets, with its script and without:
# milliseconds until it is complete, the median of seven. Needs chromium and a built program.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$PWD/target/release/clerkform
[ -x "$program" ] || { echo "build it first: cargo build --release" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

{
  printf 'instance: {hibp: true}\nenvironments:\n'
  for number in $(seq 0 499); do
    printf '  e%s:\n    target: {secret_key_env: K%s}\n' "$number" "$number"
    printf '    organization_settings: {max_allowed_memberships: %s}\n' "$((number + 1))"
    printf '    restrictions: {allowlist: %s}\n' "$([ $((number % 5)) = 0 ] && echo true || echo false)"
  done
} >clerk.yaml
"$program" plan --all-envs --quiet --report html=page.html clerk.yaml >/dev/null

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

for way in "with its script:" "without it:#"; do
  printf '%s ' "${way%:*}"
  for _ in 1 2 3 4 5 6 7; do opened "${way#*:}"; done | sort -n | sed -n '4s/$/ ms/p'
done
