#!/bin/sh
# Checks the TypeScript declarations, and all scripts and examples against them.
# Needs node and npm; fetches the compiler the first time.
set -eu
cd "$(dirname "$0")"
if test -d node_modules; then :; elif test -f package-lock.json; then npm ci --no-audit --no-fund; else npm install --no-audit --no-fund; fi
npx --no-install tsc --noEmit -p .
echo "declarations and scripts agree"
