#!/usr/bin/env bash
# Sets plans beside real runs of the same fleet and seed, 500 devices for a minute
# against the embedded simulator, and says by how much requests and 429s differ.
#
#   scripts/bench/agree.sh [FLEETS [SEEDS]]
#
# FLEETS and SEEDS have commas between them; without arguments all fleets that ship
# with seeds 1 and 2, which takes a quarter of an hour.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/dcrbench" ./cmd/dcrbench
fleets=${1:-living-room,well-behaved,kick-off,old-apps,second-screen,mobile-carrier,s2s-no-forwarded-for}
for fleet in ${fleets//,/ }; do
	for seed in $(echo "${2:-1,2}" | tr , ' '); do
		"$work/dcrbench" run "$fleet" --devices 500 --duration 60s --seed "$seed" --out "$work/run" --format json >"$work/run.json" 2>/dev/null || true
		"$work/dcrbench" plan "$fleet" --devices 500 --horizon 60s --seed "$seed" --out "$work/plan" --format json >"$work/plan.json" 2>/dev/null || true
		python3 - "$fleet" "$seed" "$work/run.json" "$work/plan.json" <<'PY'
import json, sys
fleet, seed = sys.argv[1:3]
run, plan = (json.load(open(f)) for f in sys.argv[3:])
def counts(d): return {e["endpoint"]: e["requests"] for e in d["endpoints"]}
a, b = counts(run), counts(plan)
off = lambda x, y: 100 * (y - x) / x if x else (100.0 if y else 0.0)
worst = max(set(a) | set(b), key=lambda k: abs(off(a.get(k, 0), b.get(k, 0))))
within = sum(abs(off(a.get(k, 0), b.get(k, 0))) <= 1 for k in set(a) | set(b))
ra, rb = run["throttling"]["responses"], plan["throttling"]["responses"]
print(f"{fleet} seed {seed}: {run['load']['sent']} requests, plan {off(run['load']['sent'], plan['load']['sent']):+.2f} %; "
      f"{ra} 429s, plan {off(ra, rb):+.2f} %; {within} of {len(set(a) | set(b))} endpoints within 1 %, worst {worst} {a.get(worst, 0)} and {b.get(worst, 0)}; "
      f"lateness p99 {run['load']['lateness_us']['p99'] / 1000:.1f} ms")
PY
	done
done
