#!/usr/bin/env bash
# Runs nginx in the foreground as the throttle in front of a server.
#
#   run.sh [--rate 1r/s] [--burst 10] [--key '$device'] UPSTREAM LISTEN DIR
#
#   go run ./cmd/dcrbench serve --throttle off --listen 127.0.0.1:18080 &
#   scripts/nginx-front/run.sh 127.0.0.1:18080 127.0.0.1:18081 /tmp/front
#
# UPSTREAM and LISTEN are host:port. DIR receives the configuration, the pid, the
# logs and the temporary files; access.log there has one JSON object a request.
# --key is an nginx expression: '$device' is the first address of X-Forwarded-For
# or the peer's, '$remote_addr' the peer's alone. SIGTERM and SIGINT end it.
set -euo pipefail

rate=1r/s burst=10 key='$device'

usage() {
	sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
	exit 2
}

while [[ ${1-} == --* ]]; do
	[[ $# -ge 2 ]] || usage
	case $1 in
	--rate) rate=$2 ;;
	--burst) burst=$2 ;;
	--key) key=$2 ;;
	*) usage ;;
	esac
	shift 2
done
[[ $# -eq 3 ]] || usage
[[ $rate =~ ^[0-9]+r/[sm]$ ]] || { echo "rate \"$rate\", want such as 1r/s or 30r/m" >&2; exit 2; }
[[ $burst =~ ^[0-9]+$ ]] || { echo "burst \"$burst\", want a number" >&2; exit 2; }
[[ $key =~ ^\$[a-z_0-9]+$ ]] || { echo "key \"$key\", want an nginx variable" >&2; exit 2; }
for address in "$1" "$2"; do
	[[ $address =~ ^[]A-Za-z0-9.:[_-]+:[0-9]+$ ]] || { echo "address \"$address\", want host:port" >&2; exit 2; }
done
nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo "nginx is not installed; try: apt-get install nginx-light" >&2; exit 3; }

mkdir -p "$3/tmp"
dir=$(cd "$3" && pwd)
[[ $dir =~ ^[A-Za-z0-9_./+-]+$ ]] || { echo "folder \"$dir\" has characters that nginx would read as syntax" >&2; exit 2; }
# nginx knows no burst of 0; it wants none then.
if [[ $burst =~ ^0+$ ]]; then burst=; else burst=burst=$burst; fi
user=
[[ $(id -u) -ne 0 ]] || user="user root;"

template=$(<"$(dirname "$0")/nginx.conf.tmpl")
template=${template//@USER@/"$user"}
template=${template//@DIR@/"$dir"}
template=${template//@KEY@/"$key"}
template=${template//@RATE@/"$rate"}
template=${template//@BURST@/"$burst"}
template=${template//@UPSTREAM@/"$1"}
template=${template//@LISTEN@/"$2"}
printf '%s\n' "$template" >"$dir/nginx.conf"

exec "$nginx" -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf"
