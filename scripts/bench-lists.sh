#!/usr/bin/env bash
# Lists of a large installation, served by an engine in a process of its own, beside their bare SQL, in one run.
# BENCH_ROUNDS sets how often (301). Arguments are further flags for the engine's Node.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh
eval "$(node deploy/lab/lab.mjs env)"
exec node --enable-source-maps dist-tests/apps/engine-e2e/src/bench/lists.bench.js "$@"
