#ifndef BRIDGE_CONFIG_H
#define BRIDGE_CONFIG_H

#include "base/config.h"
#include "guard/settings.h"
#include "observe/settings.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BRIDGE_SERVICE_COUNT 4

/** What the bridge's environment says. */
struct bridge_config {
    /** In the order of bridge_config_services. */
    const char *listen[BRIDGE_SERVICE_COUNT];
    const char *target[BRIDGE_SERVICE_COUNT];
    int64_t request_timeout_s;
    int64_t workflow_timeout_s;
    const char *log_level;
    struct sl_guard_settings guard;
    struct sl_observe_settings observe;
    const char *cors_origins, *allowed_hosts;
    double rate, burst;
};

extern const struct sl_config_variable bridge_config_variables[];
extern const size_t bridge_config_variable_count;

#ifdef __cplusplus
}
#endif

#endif
