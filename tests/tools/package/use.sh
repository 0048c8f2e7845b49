#!/bin/bash
# Builds a project against the installed package, runs its server and its client, and holds what the
# client prints against a file.
# Usage: use.sh PREFIX PROJECT WORK EXPECTED [C_FLAGS]; 77: skipped.
set -eu
prefix=$1 project=$2 work=$3 expected=$4 flags=${5:-}

for tool in protoc protoc-gen-c; do
    command -v $tool >/dev/null && continue
    echo "$tool is missing: cannot build $project"
    [ -z "${CI:-}" ] && exit 77
    exit 1
done
cmake -S "$project" -B "$work" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags"
cmake --build "$work"

mkfifo "$work/ready" 2>/dev/null || true
"$work/server" 127.0.0.1:0 >"$work/ready" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
if ! read -r -t 30 line <"$work/ready"; then
    echo "the server does not say that it is ready"
    exit 1
fi
"$work/client" "127.0.0.1:${line##* }" >"$work/said"
diff -u "$expected" "$work/said"
trap - EXIT
kill -TERM $server
wait $server
