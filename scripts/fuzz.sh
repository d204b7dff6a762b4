#!/usr/bin/env bash
# Sends 100,000 invented requests (or as many as the first argument says) to an engine of its own. Needs the lab to be up.
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(node deploy/lab/lab.mjs env)"
FUZZ_CASES="${1:-100000}" npx jest apps/engine/src/http/fuzz --selectProjects=integration
