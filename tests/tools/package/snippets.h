/* What the snippets of docs/grpc-c.md may take for granted. */
#include <stdio.h>
#include <string.h>

#include "loop/timer.h"
#include "rpc/rpc.h"

#include "greeter.grpc-c.h"

