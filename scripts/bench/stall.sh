#!/usr/bin/env bash
# Has a server stall for a second in the middle of a run, and sets the 99th
# percentile that the run reports beside the one that its schedule demands; then says
# what memory the run took, and whether every request that was planned was sent or
# counted as dropped.
#
#   scripts/bench/stall.sh [REQUESTS_PER_SECOND [SECONDS]]
#
# Without arguments: 2,000 requests per second for 10 seconds, once with one request
# for each launch and once with the three steps of the cycle, of which each depends
# on the one before. At an even rate the requests that were meant for the stall wait
# for anything up to its whole length, evenly: with a stall of one second in SECONDS,
# one request in a hundred waits for longer than 1 - SECONDS / 100 seconds. To that
# comes what server and generator take to answer the crowd; the server says how long
# it kept its requests itself. On a machine that is busy otherwise both take longer.
set -euo pipefail
cd "$(dirname "$0")/../.."
rate=${1:-2000} seconds=${2:-10}
case $rate$seconds in *[!0-9]*) sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
[ "$seconds" -ge 4 ] && [ "$seconds" -le 50 ] || { echo "stall.sh: $seconds seconds; want 4 to 50" >&2; exit 2; }
work=$(mktemp -d)
server=''
trap 'kill $server 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/dcrbench" ./cmd/dcrbench
go build -o "$work/stall" ./scripts/bench/stall
address=127.0.0.1:${STALL_PORT:-18750}

# stalled FLEET REQUESTS_PER_LAUNCH
stalled() {
	local launches=$((rate / $2)) high=0 now client
	"$work/stall" --listen "$address" --after $((seconds / 2))s >"$work/arrived" &
	server=$!
	sleep 0.5
	"$work/dcrbench" run "scripts/bench/$1.yaml" --target "http://$address" --vault none --ignore-compliance --devices $((launches * seconds)) \
		--launch-rate "$launches" --duration $((seconds + 5))s --format json --out "$work/out" >"$work/$1.json" 2>/dev/null &
	client=$!
	while now=$(awk '/^VmHWM/{print $2}' /proc/$client/status 2>/dev/null) && [ -n "$now" ]; do high=$now; sleep 0.1; done
	wait $client || true
	kill $server; wait $server || true
	server=''
	python3 - "$work/$1.json" "$1" "$2" $((launches * seconds)) "$seconds" "$high" "$(cat "$work/arrived")" <<'PY'
import json, sys
d, fleet = json.load(open(sys.argv[1])), sys.argv[2]
each, launches, seconds, high = map(int, sys.argv[3:7])
load, must = d["load"], 1 - seconds / 100
server = json.loads(sys.argv[7])
planned, arrived = each * launches, sum(b["requests"] for b in server.values())
print(f"{fleet}: {planned} requests planned, {load['sent']} sent, {load['dropped']} launches or requests dropped, {arrived} arrived; "
      f"at most {load['in_flight_max']} under way; lateness p99 {load['lateness_us']['p99'] / 1000:.2f} ms; resident at most {high / 1024:.1f} MB")
for e in d["endpoints"]:
    p99 = e["latency_us"]["p99"] / 1e6
    print(f"  {e['endpoint']}: {e['requests']} requests, p99 {p99:.3f} s, by the schedule {must:.3f} s ({100 * (p99 / must - 1):+.1f} %); "
          f"on the wire {e['wire_us']['p99'] / 1e6:.3f} s, in the server {server[e['endpoint']]['p99_s']:.3f} s")
PY
}
stalled even 1
stalled cycle 3
