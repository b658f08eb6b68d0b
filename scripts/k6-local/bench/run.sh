#!/bin/sh
# Compares the CPU and memory that k6 spends on the same flow through the
# extension and by hand with k6/http, against the simulator on this machine.
# Usage: scripts/k6-local/bench/run.sh [DEVICES] [ROUNDS]
# K6 and DCRBENCH name the binaries; they are built when they are not given.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
devices=${1:-100000}
rounds=${2:-1}
work=$(mktemp -d)
trap 'test ! -e "$work/server" || kill "$(cat "$work/server")" 2>/dev/null; rm -rf "$work"' EXIT INT TERM
: "${K6:=$work/k6}" "${DCRBENCH:=$work/dcrbench}"
test -x "$K6" || (cd "$root" && go build -o "$K6" ./xk6-adobepass/k6)
test -x "$DCRBENCH" || (cd "$root" && go build -o "$DCRBENCH" ./cmd/dcrbench)

measure() { # script
  rm -f "$work/url" "$work/serve.log"
  "$DCRBENCH" serve --listen 127.0.0.1:0 --throttle off >"$work/url" 2>"$work/serve.log" &
  server=$!
  echo "$server" >"$work/server"
  until grep -q 'http://' "$work/url" "$work/serve.log" 2>/dev/null; do sleep 0.1; done
  target=$(cat "$work/url" "$work/serve.log" | grep -o 'http://[0-9.:]*' | head -1)
  python3 - "$K6" "$here/$1" "$target" "$devices" <<'PY'
import os, resource, subprocess, sys, time
k6, script, target, devices = sys.argv[1:]
began = time.time()
p = subprocess.run([k6, "run", "--quiet", "--address", "127.0.0.1:0", "--summary-export", os.environ.get("TMPDIR", "/tmp") + "/k6-bench.json",
                    "-e", "TARGET=" + target, "-e", "DEVICES=" + devices, script], stdout=subprocess.DEVNULL)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
requests = 3 * int(devices)
cpu = u.ru_utime + u.ru_stime
print(f"{os.path.basename(script):14} exit {p.returncode}  {requests} requests  {time.time()-began:6.1f} s  "
      f"cpu {cpu:6.1f} s  {1e6*cpu/requests:6.1f} us/request  peak {u.ru_maxrss/1024:6.1f} MB")
PY
  kill "$server"; wait "$server" 2>/dev/null || true
  rm -f "$work/server"
}

for _ in $(seq "$rounds"); do
  measure extension.js | tee -a "$work/figures"
  measure http.js | tee -a "$work/figures"
done
# The medians of all rounds.
python3 - "$work/figures" <<'PY'
import re, statistics, sys
lines = open(sys.argv[1]).read().splitlines()
failed = [l for l in lines if " exit 0 " not in l]
if failed:
    sys.exit(f"{len(failed)} of {len(lines)} runs failed: no medians")
def median(script, pattern):
    return statistics.median(float(re.search(pattern, l).group(1)) for l in lines if l.startswith(script))
ours, hand = (median(s, r"([\d.]+) us/request") for s in ("extension.js", "http.js"))
ours_mb, hand_mb = (median(s, r"peak +([\d.]+) MB") for s in ("extension.js", "http.js"))
print(f"medians: {ours:.1f} us/request through the extension, {hand:.1f} by hand: ratio {ours/hand:.2f}; "
      f"peak {ours_mb:.0f} MB and {hand_mb:.0f} MB")
PY
