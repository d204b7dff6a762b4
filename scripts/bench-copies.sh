#!/usr/bin/env bash
# VMs from templates, pools of them, snapshots of several disks and many disks at once, through Clinker and beside the bare calls, in one run on the lab. BENCH_ROUNDS sets how often (9).
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh
eval "$(node deploy/lab/lab.mjs env)"
exec node --enable-source-maps dist-tests/apps/engine-e2e/src/bench/copies.bench.js
