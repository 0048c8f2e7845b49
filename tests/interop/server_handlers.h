#ifndef TESTS_INTEROP_SERVER_HANDLERS_H
#define TESTS_INTEROP_SERVER_HANDLERS_H

#include "rpc/rpc.h"

/** Registers grpc.testing.TestService, whose calls wait by the timers of loop. */
SL_MUST_USE enum sl_code interop_service_register(struct sl_server *server, struct sl_loop *loop);

#endif
