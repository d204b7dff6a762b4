#!/usr/bin/env bash
# Users work while everything breaks that they stand on; afterwards all must have ended and agree. CHAOS_SEED, CHAOS_OPERATIONS, CHAOS_KILLS, CHAOS_ROUNDS.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh
eval "$(node deploy/lab/lab.mjs env)"
exec node --enable-source-maps dist-tests/apps/engine-e2e/src/chaos/chaos.js
