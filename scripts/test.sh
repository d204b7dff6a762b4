#!/usr/bin/env bash
# Sets up everything and runs every check, in the order in which they are cheap. Repeats safely.
set -euo pipefail
cd "$(dirname "$0")/.."
export NX_DAEMON=false SCARF_ANALYTICS=false

# with libgovirt, a client of oVirt as Debian has it
bash scripts/bootstrap.sh gir1.2-govirt-1.0 python3-gi
step() { printf '\n== %s\n' "$*"; }

step 'lint, and beside it format and types'
npm run -s lint &
lint=$!
npm run -s format:check
npm run -s typecheck
wait "$lint"
eval "$(node deploy/lab/lab.mjs env)"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed=0
for kind in unit integration e2e; do
  step "$kind tests"
  # Specs of the second worker have a lab of their own: see apps/engine-e2e/src/worker.lab.ts
  [ "$kind" != e2e ] || LAB_NAME=worker-2 node deploy/lab/lab.mjs up
  workers=(); [ "$kind" = unit ] || workers=(--maxWorkers=2)
  npx jest --selectProjects="$kind" "${workers[@]}" --json --outputFile="$results/$kind.json" || failed=1
done
LAB_NAME=worker-2 node deploy/lab/lab.mjs down
node scripts/count-tests.mjs "$results"/*.json
exit "$failed"
