#!/usr/bin/env bash
# Makes a bare Debian 12 machine with Node ready: Debian packages beside npm packages, the build, then the lab.
# Safe to repeat: what is there is left alone. Arguments are further Debian packages: they come before the lab is up, as packages may add accounts,
# and whoever replaces /etc/passwd takes away what hosts of the lab see in its place.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'bootstrap: %s (%s s)\n' "$1" "$SECONDS"; }

node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
  echo "bootstrap: Node 20.19 or newer is needed, this is $(node --version)" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || sudo -v

say 'Debian packages, in the background'
node deploy/lab/lab.mjs packages "$@" &
packages=$!

if node scripts/dependencies.mjs; then
  say 'npm packages are there'
else
  say 'npm packages'
  npm ci --no-audit --no-fund --loglevel=error
fi
say 'build'
npm run --silent build
say 'waiting for the Debian packages'
wait "$packages" || {
  echo 'bootstrap: the Debian packages could not be installed: see above' >&2
  exit 1
}
say 'lab'
node deploy/lab/lab.mjs up
say 'ready'
