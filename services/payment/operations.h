#ifndef PAYMENT_OPERATIONS_H
#define PAYMENT_OPERATIONS_H

#include "services/agent/service.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The payment agent. Static. */
const struct agent_service *payment_service(void);

#ifdef __cplusplus
}
#endif

#endif
