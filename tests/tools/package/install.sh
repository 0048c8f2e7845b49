#!/bin/sh
# Installs the package for the tests that use it. Usage: install.sh BUILD_FOLDER PREFIX
set -eu
rm -rf "$2"
cmake --install "$1" --component grpc-c --prefix "$2"
