#!/usr/bin/env bash
# The main job on a bare machine: installs what is missing, starts the lab, builds, and lets the demo print its requests. `--down` removes all of it.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = '--down' ]; then
  exec node deploy/lab/lab.mjs down
fi

bash scripts/bootstrap.sh
eval "$(node deploy/lab/lab.mjs env)"
exec node deploy/demo/demo.mjs
