#!/bin/sh
# Whether gen/ is what protos/ give. Usage: check_gen.sh GENERATOR SOURCE_FOLDER; 77: skipped.
set -eu

for tool in protoc protoc-gen-c; do
    if ! command -v $tool >/dev/null; then
        echo "$tool is missing: cannot tell whether gen/ is up to date"
        [ -z "${CI:-}" ] && exit 77
        exit 1
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
"$2/tools/gen.sh" "$1" "$work"
if ! diff -r -u --exclude=CMakeLists.txt "$2/gen" "$work"; then
    echo "gen/ and protos/ have drifted apart: cmake --build <build folder> --target gen"
    exit 1
fi
