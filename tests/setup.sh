#!/usr/bin/env bash
# Installs what single tests compare the program with. The tests run without it and then say what
# they had to skip.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/test-tools
if [ -x "$tools/bin/python" ] && "$tools/bin/python" -c 'import jsonschema' 2>/dev/null; then
  echo "test tools: there already"
  exit 0
fi
if ! command -v python3 >/dev/null; then
  echo "test tools: no python3, so the comparison with another schema validator will be skipped" >&2
  exit 0
fi
mkdir -p target
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check 'jsonschema==4.25.1'
echo "test tools: installed"
