#ifndef SL_OBSERVE_EXPORTER_H
#define SL_OBSERVE_EXPORTER_H

#include "base/error.h"
#include "loop/loop.h"
#include "observe/settings.h"

/**
 * Sends the spans that wait to an OTLP collector, a batch a second or as soon as one is full, one
 * request at a time. What the collector does not take is dropped and counted. Loop only.
 */
struct sl_exporter;

/** service_name is copied. Errors: SL_INVALID_ARGUMENT names the variable. */
SL_MUST_USE enum sl_code sl_exporter_new(struct sl_loop *loop,
                                         const struct sl_observe_settings *settings,
                                         const char *service_name,
                                         struct sl_exporter **ret_exporter, struct sl_error *err);

/** As sl_observe_free(). */
void sl_exporter_free(struct sl_exporter *exporter);

#endif
