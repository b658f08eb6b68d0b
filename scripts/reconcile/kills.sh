#!/usr/bin/env bash
# Kills runs with SIGKILL at random moments against one simulator and reads from
# its ledger whether a device that had asked for a token registered again.
#
#   scripts/reconcile/kills.sh [RUNS]
#
# 200 runs take about three minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec go test ./cmd/dcrbench -run '^TestAKilledRunCostsNoRegistration$' -count=1 -v -timeout 6h -args -kills "${1:-200}"
