#!/usr/bin/env bash
# Sends 100,000 invented requests (or as many as the first argument says) to an engine in a process of its own. Needs the lab to be up.
set -euo pipefail
cd "$(dirname "$0")/.."
npm run -s build
eval "$(node deploy/lab/lab.mjs env)"
FUZZ_CASES="${1:-100000}" exec node --enable-source-maps dist-tests/apps/engine/src/http/testing/fuzz.js
