#!/usr/bin/env bash
# Plans a day of the default fleet at several sizes and says what each took.
#
#   scripts/bench/plan.sh [SIZES]
#
# SIZES have commas between them; without an argument 10,000 to 10,000,000 devices,
# which takes two to four minutes on two cores.
#
# A plan costs something before its first request and after its last: the start of
# the program, the judging of twenty devices of each profile, the report. What a plan
# of 1,000 devices takes stands for that; the last column is the rest for each request.
set -euo pipefail
cd "$(dirname "$0")/../.."
sizes=${1:-10000,100000,1000000,10000000}
case $sizes in *[!0-9,]*) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
command -v /usr/bin/time >/dev/null || { echo "plan.sh: /usr/bin/time is missing (apt-get install time)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/dcrbench" ./cmd/dcrbench

# planned DEVICES prints requests, CPU seconds, wall seconds and the highest memory in kB.
planned() {
	/usr/bin/time -f '%U %S %e %M' -o "$work/took" "$work/dcrbench" plan --devices "$1" --out "$work/plan" --format json >"$work/plan.json" 2>/dev/null || [ $? -eq 1 ]
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["load"]["sent"], end=" ")' "$work/plan.json"
	tail -n 1 "$work/took" | awk '{print $1+$2, $3, $4}'
}
# The least of a few: a short plan is soon disturbed.
least() {
	for _ in 1 2 3 4 5; do planned "$1"; done | sort -k2,2n | head -n 1
}
base=$(least 1000)
echo "| devices | requests | seconds | CPU seconds | at most | CPU a request | beside the fixed part |"
echo "|---:|---:|---:|---:|---:|---:|---:|"
for n in ${sizes//,/ }; do
	if [ "$n" -le 100000 ]; then took=$(least "$n"); else took=$(planned "$n"); fi
	echo "$n $took $base" | awk '{printf "| %d | %d | %.1f | %.1f | %.0f MB | %.2f µs | %.2f µs |\n", $1, $2, $4, $3, $5/1024, $3/$2*1e6, ($2>$6 ? ($3-$7)/($2-$6)*1e6 : 0)}'
done
