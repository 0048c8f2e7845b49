#ifndef PARTS_OPERATIONS_H
#define PARTS_OPERATIONS_H

#include "services/agent/service.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The parts agent. Static. */
const struct agent_service *parts_service(void);

#ifdef __cplusplus
}
#endif

#endif
