#!/usr/bin/env bash
# Runs at an even rate for a long time against a simulator in a process of its own,
# and says whether memory, connections and goroutines stay what they were after
# the first minute. Tokens live for a minute, so that each device renews its own
# again and again.
#
#   scripts/bench/soak.sh [SECONDS [REQUESTS_PER_SECOND]]
#
# Without arguments: ten minutes at 5,000 requests per second. Goroutines are
# counted from the dump of SIGQUIT, which ends a run: a second, shorter one gives
# the count after a minute.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600} rate=${2:-5000}
case $seconds$rate in *[!0-9]*) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
[ "$seconds" -ge 90 ] || { echo "soak.sh: $seconds seconds; want 90 at least" >&2; exit 2; }
work=$(mktemp -d)
server='' client=''
trap 'kill $server $client 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/dcrbench" ./cmd/dcrbench
"$work/dcrbench" serve --listen 127.0.0.1:0 --throttle off --token-ttl 60s >"$work/url" 2>/dev/null &
server=$!
until [ -s "$work/url" ]; do sleep 0.1; done
url=$(head -n 1 "$work/url")

resident() { awk '/^VmRSS/{print $2}' /proc/$client/status; }
sockets() { ls -l /proc/$client/fd 2>/dev/null | grep -c socket || true; }
# soak SECONDS prints memory, sockets and goroutines after a minute and at the end.
soak() {
	"$work/dcrbench" run scripts/bench/soak.yaml --target "$url" --vault none --devices "$rate" --launch-rate $((rate / 10 + 1)) \
		--duration $(($1 + 30))s --format json --out "$work/out" >/dev/null 2>"$work/dump" &
	client=$!
	sleep 60
	local first=$(resident) connected=$(sockets)
	sleep $(($1 - 60))
	local last=$(resident) still=$(sockets)
	kill -QUIT $client
	wait $client 2>/dev/null || true
	client=''
	echo "$first $last $connected $still $(grep -c '^goroutine ' "$work/dump" || true)"
}
read -r _ _ _ _ before < <(soak 61)
read -r first last connected still after < <(soak "$seconds")
awk -v s="$seconds" -v r="$rate" -v f="$first" -v l="$last" -v c="$connected" -v d="$still" -v b="$before" -v a="$after" 'BEGIN {
	printf "%d s at %d requests/s: resident %.1f MB after a minute, %.1f MB at the end (%+.1f %%); sockets %d, then %d; goroutines %d after a minute, %d at the end\n",
		s, r, f/1024, l/1024, 100*(l-f)/f, c, d, b, a }'
