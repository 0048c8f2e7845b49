//go:build tools

// The generators, so that go.mod and go.sum pin them as they do the libraries.
package main

import (
	_ "google.golang.org/grpc/cmd/protoc-gen-go-grpc"
	_ "google.golang.org/protobuf/cmd/protoc-gen-go"
)
