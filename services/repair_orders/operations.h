#ifndef REPAIR_ORDERS_OPERATIONS_H
#define REPAIR_ORDERS_OPERATIONS_H

#include "services/agent/service.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The repair orders agent. Static. */
const struct agent_service *repair_orders_service(void);

#ifdef __cplusplus
}
#endif

#endif
