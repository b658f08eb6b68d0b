#!/usr/bin/env bash
# Sends fleets through real nginx and compares every count with its access log,
# and its 429s with those of the simulator.
#
#   scripts/reconcile/nginx.sh [FLEETS [SEEDS [DEVICES [DURATION [APART]]]]]
#
# FLEETS have commas between them; APART is the share by which the 429s may differ,
# 0.02 where the machine has nothing else to do. Three fleets, three seeds each, 300 devices and
# 20 seconds take about seven minutes. Needs nginx.
set -euo pipefail
cd "$(dirname "$0")/../.."
CI=${CI:-true} exec go test ./cmd/dcrbench -run '^TestEveryCountEqualsNginxsAccessLog$' -count=1 -v -timeout 6h \
	-args -nginx.fleets "${1:-living-room,kick-off,old-apps}" -nginx.seeds "${2:-3}" \
	-nginx.devices "${3:-300}" -nginx.duration "${4:-20s}" -nginx.apart "${5:-0.02}"
