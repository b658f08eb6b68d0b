#!/usr/bin/env bash
# Registers devices and leaves them idle in one dcrbench run, against a simulator in
# a process of its own, and says what memory the run takes for each.
#
#   scripts/bench/idle.sh [DEVICES [LAUNCHES_PER_SECOND]]
#
# 1,000,000 devices at 5,000 per second take four minutes and 3 GB for both.
set -euo pipefail
cd "$(dirname "$0")/../.."
devices=${1:-1000000} rate=${2:-5000}
case $devices$rate in *[!0-9]*) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
work=$(mktemp -d)
server='' client=''
trap 'kill $server $client 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/dcrbench" ./cmd/dcrbench
"$work/dcrbench" serve --listen 127.0.0.1:0 --throttle off >"$work/url" 2>/dev/null &
server=$!
until [ -s "$work/url" ]; do sleep 0.1; done
url=$(head -n 1 "$work/url")

# memory DEVICES RATE prints the resident memory of a run in kB, at its end and at
# its highest; the result is in $work/DEVICES.
memory() {
	local span=$(($1 / $2 + 10)) rss=0 now
	"$work/dcrbench" run scripts/bench/idle.yaml --target "$url" --vault none --devices "$1" --launch-rate "$2" --duration ${span}s \
		--format json --out "$work/$1" >/dev/null 2>&1 &
	client=$!
	for _ in $(seq $((span - 2))); do
		sleep 1
		now=$(awk '/^VmRSS/{print $2}' /proc/$client/status 2>/dev/null || true)
		rss=${now:-$rss}
		high=$(awk '/^VmHWM/{print $2}' /proc/$client/status 2>/dev/null || echo "${high:-0}")
	done
	wait $client || true
	client=''
	echo "$rss $high"
}
# The bytes of one device's own: its id, its secret and its token.
own=$(python3 - "$url" <<'PY'
import json, sys, urllib.parse, urllib.request as web
base = sys.argv[1]
def ask(path, data=None, kind=None):
    return web.urlopen(web.Request(base + path, data=data, headers={"Content-Type": kind} if kind else {})).read()
statement = ask("/_sim/software-statement").decode().strip()
client = json.loads(ask("/o/client/register", json.dumps({"software_statement": statement}).encode(), "application/json"))
form = {"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"]}
token = json.loads(ask("/o/client/token", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"))
print(len(client["client_id"]) + len(client["client_secret"]) + len(token["access_token"]))
PY
)
read -r few _ < <(memory 1000 500)
read -r many high < <(memory "$devices" "$rate")
python3 - "$work" "$devices" "$few" "$many" "$high" "$own" <<'PY'
import json, sys
work, devices, few, many, high, own = sys.argv[1], *map(int, sys.argv[2:])
d = json.load(open(f"{work}/{devices}/result.json"))
registered = d["token_reuse"]["tokens_issued"]
each = (many - few) * 1024 / (devices - 1000)
print(f"{registered:,} of {devices:,} devices registered with a token; {d['load']['requests_per_second']:.0f} requests/s")
print(f"resident at the end {many/1024:.0f} MB, at most {high/1024:.0f} MB; a run of 1,000 devices takes {few/1024:.0f} MB")
print(f"{each:.0f} bytes a device, {each - own:.0f} beside the {own} bytes of its own id, secret and token")
l = d["load"]["lateness_us"]
print(f"lateness p50 {l['p50']/1000:.2f} ms, p99 {l['p99']/1000:.2f} ms, longest {l['max']/1000:.1f} ms; verdict {d['verdict']['status']}: {'; '.join(d['verdict']['reasons'])}")
PY
