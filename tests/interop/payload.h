#ifndef TESTS_INTEROP_PAYLOAD_H
#define TESTS_INTEROP_PAYLOAD_H

#include "grpc/testing/messages.pb-c.h"

/** Metadata that a server sends back: as initial metadata, and as trailing metadata. */
#define INTEROP_ECHO_INITIAL "x-grpc-test-echo-initial"
#define INTEROP_ECHO_TRAILING "x-grpc-test-echo-trailing-bin"

/** Largest payload, bytes: with it a message is within the usual limit of 4 MiB. */
#define INTEROP_MAX_PAYLOAD (4 * 1024 * 1024 - 1024)

/** A payload of size zero bytes, whose body is static. size is at most INTEROP_MAX_PAYLOAD. */
Grpc__Testing__Payload interop_payload(size_t size);

#endif
