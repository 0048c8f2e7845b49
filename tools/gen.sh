#!/bin/sh
# Makes gen/ from protos/: messages by protoc-c, stubs and descriptors by our own generator.
# Usage: tools/gen.sh GENERATOR OUT   (GENERATOR: path of protoc-gen-grpc-c; OUT: folder to fill)
# Needs protoc (protobuf-compiler), its own .proto files (libprotoc-dev), protoc-gen-c (protobuf-c-compiler)
# and its options (libprotobuf-c-dev).
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 GENERATOR OUT" >&2
    exit 2
fi
generator=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
protos=$(cd "$(dirname "$0")/../protos" && pwd)
for tool in protoc protoc-gen-c; do
    if ! command -v $tool >/dev/null; then
        echo "$0: $tool is missing: install protobuf-compiler, libprotoc-dev, libprotobuf-c-dev and protobuf-c-compiler" >&2
        exit 1
    fi
done

# protobuf's own files, of which any contract may import: messages and descriptors of each are in gen/.
known="google/protobuf/any.proto google/protobuf/descriptor.proto google/protobuf/duration.proto
    google/protobuf/empty.proto google/protobuf/field_mask.proto google/protobuf/struct.proto
    google/protobuf/timestamp.proto google/protobuf/wrappers.proto"
# What the generator itself reads; no contract does.
plugin=google/protobuf/compiler/plugin.proto
# Options for protoc-c: messages of it are nowhere in C.
protoc_c=protobuf-c/protobuf-c.proto

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/out"
cd "$protos"
files=$(find . -name '*.proto' | sed 's,^\./,,' | LC_ALL=C sort)

protoc -I. --include_imports --include_source_info --descriptor_set_out="$work/set" \
    $files $known $plugin $protoc_c
# protoc-c refuses proto3 `optional`: it gets oneofs of one field; reflection gets the files as they are.
"$generator" --for-protoc-c "$work/set" "$work/lowered"
protoc --descriptor_set_in="$work/lowered" --c_out="$work/out" $files $known $plugin
protoc --descriptor_set_in="$work/set" --plugin=protoc-gen-grpc-c="$generator" \
    --grpc-c_out="$work/out" \
    --grpc-c_opt=prefix.grpc.reflection.v1alpha=v1alpha_,comments.google.protobuf=none,comments.=none \
    $files $known $protoc_c

# What has not changed keeps its time, so that nothing is compiled for it.
cd "$work/out"
find . -type f | while read -r file; do
    mkdir -p "$out/$(dirname "$file")"
    cmp -s "$file" "$out/$file" || cp "$file" "$out/$file"
done
cd "$out"
find . -name '*.pb-c.[ch]' -o -name '*.grpc-c.[ch]' | while read -r file; do
    [ -e "$work/out/$file" ] || rm "$file"
done
