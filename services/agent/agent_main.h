#ifndef AGENT_AGENT_MAIN_H
#define AGENT_AGENT_MAIN_H

#include "services/agent/service.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Everything main() of an agent does: reads the environment, runs until SIGINT or SIGTERM. The
 * exit status. */
int agent_main(int argc, char **argv, const struct agent_service *service);

#ifdef __cplusplus
}
#endif

#endif
