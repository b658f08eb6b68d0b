#!/usr/bin/env bash
# Measures what "dcrbench report diff" says of pairs of single runs: of two runs
# of the same fleet against the same service, and of a run against one whose
# answers take a fifth longer. Writes a line for each pair and the two totals;
# exits 1 unless every pair came out right.
#
#   scripts/diff-pairs.sh [PAIRS] [BEFORE] [AFTER] [FLAG...]
#
# BEFORE and AFTER are latencies of the simulator (default 50ms and 60ms); FLAGs
# go to both runs (default: --devices 120 --duration 6s).
set -euo pipefail
cd "$(dirname "$0")/.."
pairs=${1:-20} before=${2:-50ms} after=${3:-60ms}
shift $(($# < 3 ? $# : 3))
flags=("$@")
[[ $# -gt 0 ]] || flags=(--devices 120 --duration 6s)

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/dcrbench" ./cmd/dcrbench

# A run that is not to be trusted still leaves its result: the comparison has to
# cope with it.
run() { "$dir/dcrbench" run "${flags[@]}" --latency "$1" --out "$2" >/dev/null 2>&1 || [[ -s $2/result.json ]]; }
verdict() { "$dir/dcrbench" report diff "$1/result.json" "$2/result.json" --fail-on-regression >"$dir/diff.txt" && code=0 || code=$?; }

same=0 found=0
for ((i = 1; i <= pairs; i++)); do
	run "$before" "$dir/a"
	run "$before" "$dir/b"
	run "$after" "$dir/c"
	verdict "$dir/a" "$dir/b"
	[[ $code -ne 0 ]] || same=$((same + 1))
	printf 'pair %d: %s and %s: exit %d: %s\n' "$i" "$before" "$before" "$code" "$(head -n 1 "$dir/diff.txt")"
	verdict "$dir/a" "$dir/c"
	[[ $code -ne 1 ]] || found=$((found + 1))
	printf 'pair %d: %s and %s: exit %d: %s\n' "$i" "$before" "$after" "$code" "$(sed -n '2s/^  • //p' "$dir/diff.txt")"
done
echo "no regression between equals: $same of $pairs"
echo "regression of a slower service found: $found of $pairs"
[[ $same -eq $pairs && $found -eq $pairs ]]
