#ifndef SL_RPC_RPC_H
#define SL_RPC_RPC_H

/* All of lib/rpc, for generated stubs and their users. */
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/codec.h"
#include "rpc/metadata.h"
#include "rpc/method.h"
#include "rpc/server.h"
#include "rpc/server_call.h"
#include "rpc/tls.h"
#include "rpc/waiting_call.h"

#endif
