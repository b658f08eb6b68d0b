#!/usr/bin/env bash
# Runs dcrbench and other load generators side by side against nginx with fixed
# answers, in turns, and prints what each request costs its client.
usage() {
	cat <<'TEXT'
usage: scripts/bench/bench.sh [--quick] [--rounds N] [--seconds S] [--passes N] [--out FILE] [--no-install]

Builds dcrbench and k6, installs what is missing of wrk, h2load and nginx (apt-get,
needs root), vegeta and hey (go install), and autocannon (npm), all at fixed
versions where they can be chosen, starts nginx on one core and runs every client
in turn on the other, N rounds (default 5) of S seconds each (default 8).
Every client runs as fast as it can.
Prints a Markdown table with the date, the machine and the share of time that
was stolen from it: CPU seconds of the client for 100,000 requests, median (least
to greatest), and the ratio to dcrbench's in the same round; then, for 2,000 and
10,000 requests per second, how far arrivals at a server lie from an even schedule, in N passes (default 3) of 20 s.

  --quick        one round of two seconds: whether everything works, no figures
  --no-install   leave out what is missing
  --out FILE     write the table there as well

Linux with two cores at least. Everything stays on 127.0.0.1.
TEXT
}
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=5 seconds=8 passes=3 out='' install=yes
while [ $# -gt 0 ]; do
	case $1 in
	--quick) rounds=1 seconds=2 passes=1 ;;
	--rounds) rounds=$2; shift ;;
	--seconds) seconds=$2; shift ;;
	--passes) passes=$2; shift ;;
	--out) out=$2; shift ;;
	--no-install) install=no ;;
	-h | --help) usage; exit 0 ;;
	*) echo "bench.sh: unknown argument $1" >&2; usage >&2; exit 2 ;;
	esac
	shift
done

work=$(mktemp -d)
nginx=''
clean() {
	[ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM
export PATH=$work/bin:$work/npm/node_modules/.bin:$PATH
have() { command -v "$1" >/dev/null; }
say() { echo "bench: $*" >&2; }

if [ $install = yes ]; then
	missing=''
	have wrk || missing="$missing wrk"
	have h2load || missing="$missing nghttp2-client"
	have nginx || missing="$missing nginx-light"
	[ -x /usr/bin/time ] || missing="$missing time"
	if [ -n "$missing" ]; then
		say "installing$missing"
		apt-get install -y -qq $missing >/dev/null || say "apt-get could not install$missing"
	fi
	have vegeta || GOBIN=$work/bin go install github.com/tsenart/vegeta/v12@v12.13.0 || say "no vegeta"
	have hey || GOBIN=$work/bin go install github.com/rakyll/hey@v0.1.5 || say "no hey"
	have autocannon || npm install --silent --prefix "$work/npm" autocannon@8.0.0 >/dev/null 2>&1 || say "no autocannon"
fi
for tool in nginx taskset openssl /usr/bin/time; do
	have $tool || { say "$tool is missing"; exit 2; }
done
mkdir -p "$work/bin"
go build -o "$work/bin/dcrbench" ./cmd/dcrbench
go build -o "$work/bin/h2bare" ./scripts/bench/h2bare
go build -o "$work/bin/arrive" ./scripts/bench/arrive
go build -o "$work/bin/k6" ./xk6-adobepass/k6

port=$((20000 + RANDOM % 8000))
plain=http://127.0.0.1:$port tls=https://127.0.0.1:$((port + 1)) arrivals=127.0.0.1:$((port + 2))
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
cat >"$work/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  default_type application/json;
  server {
    listen 127.0.0.1:$port;
    listen 127.0.0.1:$((port + 1)) ssl http2;
    ssl_certificate $work/cert.pem;
    ssl_certificate_key $work/key.pem;
    location = /o/client/register {
      return 201 '{"client_id":"b2f8c0de-7a51-4c12-9d0e-3f6a1b2c4d5e","client_secret":"0d9c8b7a-6f5e-4d3c-2b1a-001122334455","client_id_issued_at":1767225600,"redirect_uris":["adobepass://example"],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}';
    }
    location = /o/client/token {
      return 201 '{"id":"5f1c2d3e-4b5a-6978-8796-a5b4c3d2e1f0","access_token":"eyJhbGciOiJub25lIn0.eyJzdWIiOiJiZW5jaCJ9.c2lnbmF0dXJl","token_type":"bearer","created_at":1767225600000,"expires_in":21600}';
    }
    location /api/v2/ {
      return 200 '{"requestor":{"id":"bench","displayName":"Bench","mvpds":[{"id":"Cablevision","displayName":"Optimum"},{"id":"Comcast_SSO","displayName":"Xfinity"},{"id":"DTV","displayName":"DIRECTV"},{"id":"Verizon","displayName":"Verizon Fios"}]}}';
    }
    location / { return 404; }
  }
}
CONF
taskset -c 1 nginx -c "$work/nginx.conf" -p "$work" &
nginx=$!
sleep 1

# stolen prints the ticks of all time and of stolen time.
stolen() { awk '/^cpu /{for(i=2;i<=9;i++)t+=$i; print t, $9}' /proc/stat; }
# timed NAME COMMAND... runs a client on the first core; its CPU seconds are in cpu.
timed() {
	/usr/bin/time -f '%U %S' -o "$work/cpu" taskset -c 0 "$@" >"$work/stdout" 2>"$work/stderr" || true
	cpu=$(awk 'END{print $1+$2}' "$work/cpu")
}
# row ROW TOOL REQUESTS [SECONDS] notes a measurement.
row() {
	if [ "${3:-0}" -gt 1000 ] 2>/dev/null; then
		awk -v r="$round" -v row="$1" -v tool="$2" -v n="$3" -v c="$cpu" -v s="${4:-$seconds}" \
			'BEGIN{printf "%s\t%s\t%d\t%.4f\t%.0f\n", row, tool, r, c/n*100000, n/s}' >>"$work/rows"
	else
		say "$2 ($1) gave no figure: $(tail -n 1 "$work/stderr" | cut -c1-200)"
	fi
}
page=/api/v2/bench/configuration
# Three requests for each launch are more than dcrbench can send in a second on one
# core, so that it runs as fast as it can, as the others do.
cycle() { # cycle ROW TARGET HTTP LAUNCHES/S
	local launch=$4
	timed dcrbench run scripts/bench/cycle.yaml --target "$2" --insecure --http "$3" --max-in-flight 64 --vault none --format json --out "$work/out" \
		--launch-rate $launch --devices $((launch * seconds)) --duration ${seconds}s
	row "$1" dcrbench "$(json '["load"]["sent"]')" "$(json '["load"]["duration_s"]')"
}
json() { python3 -c "import json,sys; print(json.load(open('$work/stdout'))$1)" 2>/dev/null || echo 0; }

once() {
	cycle plain $plain 1.1 45000
	! have wrk || { timed wrk -t1 -c64 -d${seconds}s $plain$page; row plain wrk "$(awk '/requests in/{print $1}' "$work/stdout")"; }
	! have h2load || { timed h2load --h1 -t1 -c64 -D $seconds $plain$page; row plain h2load "$(awk '/^requests:/{print $8}' "$work/stdout")"; }
	! have hey || { timed hey -z ${seconds}s -c 64 $plain$page; row plain hey "$(awk '/responses/{n+=$2}END{print n}' "$work/stdout")"; }
	! have vegeta || { timed vegeta attack -rate=0 -max-workers=64 -duration=${seconds}s -output="$work/vegeta.bin" -targets=<(echo "GET $plain$page")
		row plain vegeta "$(vegeta report -type=json "$work/vegeta.bin" 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["requests"])' 2>/dev/null)"; }
	! have autocannon || { timed autocannon -c 64 -d $seconds --json $plain$page; row plain autocannon "$(json '["requests"]["total"]')"; }
	timed k6 run --quiet --summary-export "$work/k6.json" -e TARGET=$plain -e DURATION=${seconds}s scripts/bench/cycle.js
	row plain 'k6, the same cycle' "$(python3 -c "import json; print(json.load(open('$work/k6.json'))['metrics']['http_reqs']['count'])" 2>/dev/null)"
	cycle TLS $tls 1.1 40000
	! have wrk || { timed wrk -t1 -c64 -d${seconds}s $tls$page; row TLS wrk "$(awk '/requests in/{print $1}' "$work/stdout")"; }
	cycle 'HTTP/2' $tls 2 45000
	timed h2bare $tls$page $seconds; row 'HTTP/2' 'net/http alone' "$(cat "$work/stdout")"
	! have h2load || { timed h2load -t1 -c64 -D $seconds $tls$page; row 'HTTP/2' h2load "$(awk '/^requests:/{print $8}' "$work/stdout")"; }
}

# arrive RATE TOOL COMMAND... runs a client against a server that notes arrivals.
arrive() {
	local rate=$1 tool=$2 server before after
	shift 2
	taskset -c 1 arrive $arrivals "$rate" >"$work/arrived" &
	server=$!
	sleep 0.5
	before=$(stolen)
	timed "$@"
	after=$(stolen)
	kill -TERM $server
	wait $server || true
	echo "$rate $tool $(cat "$work/arrived") $before $after $cpu" | awk '{printf "%s\t%s\t%s\t%s\t%s\t%s\t%.1f\t%.2f\n", $1,$2,$3,$4,$5,$6, ($9-$7>0?100*($10-$8)/($9-$7):0), ($3>0?$11/$3*100000:0)}' >>"$work/arrivals"
}
even() {
	local rate=$1 span=$2
	arrive $rate dcrbench dcrbench run scripts/bench/cycle.yaml --target http://$arrivals --vault none --ignore-compliance --format json --out "$work/out" \
		--launch-rate $rate --devices $((rate * span)) --duration ${span}s
	! have vegeta || arrive $rate vegeta vegeta attack -rate=$rate -duration=${span}s -output=/dev/null -targets=<(echo "GET http://$arrivals/arrive")
	arrive $rate k6 k6 run --quiet -e TARGET=http://$arrivals -e RATE=$rate -e DURATION=${span}s scripts/bench/cycle.js
	! have hey || arrive $rate hey hey -z ${span}s -c 50 -q $((rate / 50)) http://$arrivals/arrive
}

begin=$(stolen)
for round in $(seq $rounds); do
	say "round $round of $rounds"
	once
done
middle=$(stolen)
span=$((seconds < 20 && rounds > 1 ? 20 : seconds))
for round in $(seq $passes); do
	say "arrivals $round"
	even 2000 $span
	even 10000 $span
done

report() {
	echo "Measured on $(date -u +%Y-%m-%d): $(nproc) cores of $(awk -F': ' '/model name/{print $2; exit}' /proc/cpuinfo), client on one, nginx on the other;"
	echo "$rounds rounds of $seconds s in turns, 64 connections; $(echo "$begin $middle" | awk '{printf "%.1f", ($3 > $1 ? 100*($4-$2)/($3-$1) : 0)}') % of the machine's time was stolen by neighbours, and the load average is $(cut -d' ' -f1 /proc/loadavg)."
	echo
	echo '| transport | client | CPU-s per 100,000 requests | dcrbench over this | requests/s |'
	echo '|---|---|---|---|---|'
	python3 scripts/bench/table.py "$work/rows"
	[ $passes -gt 0 ] || return 0
	echo
	echo 'Deviation of arrivals at the server from an even schedule, one line for each run:'
	echo
	echo '| asked/s | client | requests | reached/s | p50 ms | p99 ms | stolen % | CPU-s per 100,000 |'
	echo '|---|---|---|---|---|---|---|---|'
	sort -s -t"$(printf '\t')" -k1,1n -k2,2 "$work/arrivals" | awk -F'\t' '{printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", $1,$2,$3,$4,$5,$6,$7,$8}'
}
if [ -n "$out" ]; then report | tee "$out"; else report; fi
