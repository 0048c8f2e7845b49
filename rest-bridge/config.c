#include "rest-bridge/config.h"

#define AT(member) offsetof(struct bridge_config, member)

#define SERVICE(index, prefix, what, rest_port, grpc_port)                                         \
    {.name = prefix "_REST_LISTEN",                                                                \
     .kind = SL_CONFIG_LISTEN,                                                                     \
     .default_value = "127.0.0.1:" rest_port,                                                      \
     .description = "Where " what " is served as HTTP and JSON; empty leaves the port to others.", \
     .is_optional = true,                                                                          \
     .offset = AT(listen[index])},                                                                 \
    {                                                                                              \
        .name = prefix "_TARGET", .kind = SL_CONFIG_TARGET,                                        \
        .default_value = "localhost:" grpc_port, .description = "gRPC target of " what ".",        \
        .offset = AT(target[index])                                                                \
    }

/* The order is that of the services in main.c. */
const struct sl_config_variable bridge_config_variables[] = {
    SERVICE(0, "PAYMENT", "the payment agent", "8083", "50083"),
    SERVICE(1, "REPAIR_ORDERS", "the repair orders agent", "8084", "50084"),
    SERVICE(2, "PARTS", "the parts agent", "8085", "50085"),
    SERVICE(3, "ORCHESTRATOR", "the orchestrator", "8086", "50086"),
    {.name = "REQUEST_TIMEOUT",
     .kind = SL_CONFIG_INT,
     .default_value = "30",
     .description = "Seconds for a request that says nothing else.",
     .minimum = 1,
     .maximum = 86400,
     .offset = AT(request_timeout_s)},
    {.name = "SERVICELANE_WORKFLOW_TIMEOUT",
     .kind = SL_CONFIG_INT,
     .default_value = "600",
     .description = "Seconds that POST /orchestrate waits for the workflow's end.",
     .minimum = 1,
     .maximum = 86400,
     .offset = AT(workflow_timeout_s)},
    SL_GUARD_SERVER_VARIABLES(struct bridge_config, guard),
    SL_GUARD_CHANNEL_VARIABLES(struct bridge_config, guard),
    SL_OBSERVE_VARIABLES(struct bridge_config, observe),
    {.name = "SERVICELANE_CORS_ORIGINS",
     .kind = SL_CONFIG_STRING,
     .description = "Origins of web pages that may use the bridge, comma-separated, or *; the "
                    "bridge's own page needs none.",
     .is_optional = true,
     .offset = AT(cors_origins)},
    {.name = "SERVICELANE_ALLOWED_HOSTS",
     .kind = SL_CONFIG_STRING,
     .description = "Names that the bridge goes by, comma-separated; empty: on loopback localhost "
                    "and the like, elsewhere any.",
     .is_optional = true,
     .offset = AT(allowed_hosts)},
    {.name = "SERVICELANE_RATE_LIMIT",
     .kind = SL_CONFIG_DOUBLE,
     .default_value = "0",
     .description = "Requests a second that each client may make, by key or address; more are 429. "
                    "0: any number.",
     .maximum = 1e9,
     .offset = AT(rate)},
    {.name = "SERVICELANE_RATE_BURST",
     .kind = SL_CONFIG_DOUBLE,
     .default_value = "0",
     .description = "Requests that each client may make at once; 0: those of two seconds.",
     .maximum = 1e9,
     .offset = AT(burst)},
    {.name = "SERVICELANE_LOG",
     .kind = SL_CONFIG_STRING,
     .default_value = "info",
     .description = "debug, info, warn, error or off.",
     .offset = AT(log_level)},
};
const size_t bridge_config_variable_count = SL_ARRAY_LENGTH(bridge_config_variables);
