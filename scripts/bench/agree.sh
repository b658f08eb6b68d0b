#!/usr/bin/env bash
# Sets plans beside real runs of the same fleet and seed, 500 devices for a minute
# against the embedded simulator, and says by how much the requests of each endpoint
# and the 429s differ. The plan's service takes as long for every answer as the run's
# did by the median: a machine that stands still now and then spoils the mean.
#
#   scripts/bench/agree.sh [FLEETS [SEEDS]]
#
# FLEETS and SEEDS have commas between them; without arguments living-room, kick-off
# and old-apps with seeds 1 and 2, which takes seven minutes.
#
# A run is never on time to the microsecond. Where two devices share an address, a
# millisecond decides which of them is refused, and from then on both do other things.
# So each line also says what a plan makes of a millisecond: the least and the most
# requests of ten plans whose services answer 0.1, 0.2 and so on to 1 ms later.
# An endpoint with fewer than 100 requests cannot be off by less than 1 % unless it is
# equal; its difference is given in requests, and it counts as within 1 % only then.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/dcrbench" ./cmd/dcrbench
fleets=${1:-living-room,kick-off,old-apps}

# planned FLEET SEED LATENCY FILE
planned() {
	"$work/dcrbench" plan "$1" --devices 500 --horizon 60s --seed "$2" --latency "$3" --out "$work/plan" --format json >"$4" 2>/dev/null || [ $? -eq 1 ]
}

for fleet in ${fleets//,/ }; do
	for seed in $(echo "${2:-1,2}" | tr , ' '); do
		"$work/dcrbench" run "$fleet" --devices 500 --duration 60s --seed "$seed" --out "$work/run" --format json >"$work/run.json" 2>/dev/null ||
			echo "agree.sh: the run of $fleet with seed $seed ended with exit code $?; what follows may be worth little" >&2
		took=$(python3 -c '
import json, sys
e = sorted((e["wire_us"]["p50"], e["requests"]) for e in json.load(open(sys.argv[1]))["endpoints"])
half = sum(n for _, n in e) / 2
for p50, n in e:
    half -= n
    if half <= 0: print(round(p50)); break' "$work/run.json")
		planned "$fleet" "$seed" "${took}us" "$work/plan.json"
		for i in 0 1 2 3 4 5 6 7 8 9; do
			planned "$fleet" "$seed" "$((took + 100 * (i + 1)))us" "$work/other$i.json"
		done
		python3 - "$fleet" "$seed" "$took" "$work/run.json" "$work/plan.json" "$work"/other?.json <<'PY'
import json, sys
fleet, seed, took = sys.argv[1:4]
run, plan, *others = (json.load(open(f)) for f in sys.argv[4:])
late, few = run["load"]["lateness_us"], 100

def counts(d):
    c = {e["endpoint"]: e["requests"] for e in d["endpoints"]}
    c["all requests"], c["all 429s"] = d["load"]["sent"], d["throttling"]["responses"]
    return c

a, b, rest = counts(run), counts(plan), [counts(o) for o in others]
print(f"{fleet} seed {seed}: answers take {took} µs; lateness of the run p50 {late['p50'] / 1000:.2f} ms, p99 {late['p99'] / 1000:.2f} ms, most {late['max'] / 1000:.1f} ms")
within, ends = 0, [k for k in a | b if not k.startswith("all ")]
for k in ends + ["all requests", "all 429s"]:
    x, y = a.get(k, 0), b.get(k, 0)
    off = 100 * (y - x) / x if x else (0.0 if x == y else 100.0)
    limit = 3 if k == "all 429s" else 1
    within += k in ends and abs(off) <= limit
    spread = [o.get(k, 0) for o in rest]
    shown = f"{y - x:+d} of few" if x < few else f"{off:+.2f} %"
    print(f"  {k:24} run {x:6}  plan {y:6}  {shown:>10}  {'' if abs(off) <= limit else f'over {limit} %':9} a millisecond: {min(spread)} to {max(spread)}")
print(f"  {within} of {len(ends)} endpoints within 1 %; {sum(min(a.get(k, 0), b.get(k, 0)) < few for k in ends)} of them have fewer than {few} requests")
PY
	done
done
