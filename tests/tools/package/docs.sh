#!/bin/bash
# Compiles every block of code of docs/grpc-c.md: the whole files are built as the page says, with CMake and
# by hand, and run; the rest is compiled against their contract.
# Usage: docs.sh PREFIX SOURCE_FOLDER WORK [C_FLAGS]; 77: skipped.
set -eu
prefix=$1 source=$2 work=$3 flags=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
page=$source/docs/grpc-c.md

rm -rf "$work"
mkdir -p "$work/project/snippets" "$work/build"
awk -v out="$work/project" -f "$here/blocks.awk" "$page" >/dev/null
for file in greeter.proto CMakeLists.txt server.c client.c make.sh; do
    if [ ! -s "$work/project/$file" ]; then
        echo "$page: no block says file=$file"
        exit 1
    fi
done
echo "Hello, world!" >"$work/expected"
"$here/use.sh" "$prefix" "$work/project" "$work/build" "$work/expected" "$flags"

${CC:-cc} -std=c11 -c -o /dev/null -Wall -Wextra -Wpedantic -Werror -Wno-unused-function \
    -include "$here/snippets.h" -I"$work/build/greeter-grpc-c" -I"$prefix/include/servicelane" \
    "$work/project/snippets/snippets.c"
cd "$work/project"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig CFLAGS=$flags sh make.sh
test -x server && test -x client
