#include "orchestrator/config.h"

#include <string.h>

#include "base/text.h"

#define AT(member) offsetof(struct orch_config, member)

/* Targets default to "", so that it can be told whether somebody set one (orch_config_services). */
const struct sl_config_variable orch_config_table[] = {
    {.name = "ORCHESTRATOR_LISTEN",
     .kind = SL_CONFIG_LISTEN,
     .default_value = "127.0.0.1:50086",
     .description = "gRPC address that the orchestrator binds",
     .offset = AT(listen)},
    {.name = "PAYMENT_TARGET",
     .kind = SL_CONFIG_TARGET,
     .description = "gRPC target of the payment agent (localhost:50083)",
     .is_optional = true,
     .offset = AT(payment_target)},
    {.name = "PARTS_TARGET",
     .kind = SL_CONFIG_TARGET,
     .description = "gRPC target of the parts agent (localhost:50085)",
     .is_optional = true,
     .offset = AT(parts_target)},
    {.name = "REPAIR_ORDERS_TARGET",
     .kind = SL_CONFIG_TARGET,
     .description = "gRPC target of the repair orders agent (localhost:50084)",
     .is_optional = true,
     .offset = AT(repair_orders_target)},
    {.name = "PAYMENT_SERVICE_URL",
     .kind = SL_CONFIG_URL,
     .description = "URL of a payment agent that speaks REST; PAYMENT_TARGET wins",
     .is_optional = true,
     .offset = AT(payment_url)},
    {.name = "PARTS_SERVICE_URL",
     .kind = SL_CONFIG_URL,
     .description = "URL of a parts agent that speaks REST; PARTS_TARGET wins",
     .is_optional = true,
     .offset = AT(parts_url)},
    {.name = "REPAIR_ORDERS_SERVICE_URL",
     .kind = SL_CONFIG_URL,
     .description = "URL of a repair orders agent that speaks REST; REPAIR_ORDERS_TARGET wins",
     .is_optional = true,
     .offset = AT(repair_orders_url)},
    {.name = "SERVICE_DISCOVERY_INTERVAL",
     .kind = SL_CONFIG_INT,
     .default_value = "30",
     .description = "seconds between two checks of an agent",
     .minimum = 1,
     .maximum = 86400,
     .offset = AT(discovery_interval_s)},
    {.name = "HEALTH_CHECK_TIMEOUT",
     .kind = SL_CONFIG_INT,
     .default_value = "5",
     .description = "seconds that an agent has to answer a check",
     .minimum = 1,
     .maximum = 600,
     .offset = AT(health_timeout_s)},
    {.name = "REQUEST_TIMEOUT",
     .kind = SL_CONFIG_INT,
     .default_value = "30",
     .description = "seconds for a step whose plan does not say",
     .minimum = 1,
     .maximum = 600,
     .offset = AT(request_timeout_s)},
    {.name = "RETRY_ATTEMPTS",
     .kind = SL_CONFIG_INT,
     .default_value = "2",
     .description = "further tries of a step whose plan does not say",
     .minimum = 0,
     .maximum = 10,
     .offset = AT(retry_attempts)},
    {.name = "SERVICELANE_WORKFLOW_TIMEOUT",
     .kind = SL_CONFIG_INT,
     .default_value = "600",
     .description = "seconds that a synchronous request waits for its workflow",
     .minimum = 1,
     .maximum = 86400,
     .offset = AT(workflow_timeout_s)},
    {.name = "SERVICELANE_WORKFLOW_TTL",
     .kind = SL_CONFIG_INT,
     .default_value = "30",
     .description = "days that ended workflows are kept",
     .minimum = 1,
     .maximum = 36500,
     .offset = AT(workflow_ttl_days)},
    {.name = "SERVICELANE_MAX_WORKFLOWS",
     .kind = SL_CONFIG_INT,
     .default_value = "20000",
     .description = "workflows under way at once; more are refused",
     .minimum = 1,
     .maximum = 10000000,
     .offset = AT(max_workflows)},
    {.name = "SERVICELANE_DATA_DIR",
     .kind = SL_CONFIG_PATH,
     .default_value = "./data",
     .description = "folder of the databases",
     .offset = AT(data_dir)},
    {.name = "SERVICELANE_LOG",
     .kind = SL_CONFIG_STRING,
     .default_value = "info",
     .description = "least level that is logged: debug, info, warn, error, off",
     .offset = AT(log_level)},
    {.name = "SERVICELANE_CALLBACK_ALLOW",
     .kind = SL_CONFIG_STRING,
     .description = "hosts and address ranges that callbacks may go to; empty: all but link-local",
     .is_optional = true,
     .offset = AT(callback_allow)},
    {.name = "SERVICELANE_CALLBACK_SECRET",
     .kind = SL_CONFIG_STRING,
     .description = "signs callbacks (Standard Webhooks)",
     .is_secret = true,
     .is_optional = true,
     .offset = AT(callback_secret)},
    {.name = "TENANT_ID",
     .kind = SL_CONFIG_STRING,
     .description = "tenant of calls that do not say theirs",
     .is_optional = true,
     .offset = AT(tenant)},
    {.name = "DEALER_ID",
     .kind = SL_CONFIG_STRING,
     .description = "dealer of calls that do not say theirs",
     .is_optional = true,
     .offset = AT(dealer)},
    {.name = "USER_ID",
     .kind = SL_CONFIG_STRING,
     .description = "user of calls that do not say theirs",
     .is_optional = true,
     .offset = AT(user)},
    {.name = "OPENAI_API_KEY",
     .kind = SL_CONFIG_STRING,
     .description = "key of the LLM that plans; without it the built-in planner does",
     .is_secret = true,
     .is_optional = true,
     .offset = AT(openai_key)},
    {.name = "OPENAI_BASE_URL",
     .kind = SL_CONFIG_URL,
     .description = "an OpenAI-compatible server",
     .is_optional = true,
     .offset = AT(openai_url)},
    {.name = "LLM_MODEL",
     .kind = SL_CONFIG_STRING,
     .default_value = "gpt-4",
     .description = "model of the LLM",
     .offset = AT(llm_model)},
    {.name = "LLM_TEMPERATURE",
     .kind = SL_CONFIG_DOUBLE,
     .default_value = "0",
     .description = "temperature of the LLM",
     .minimum = 0,
     .maximum = 2,
     .offset = AT(llm_temperature)},
};
const size_t orch_config_count = SL_ARRAY_LENGTH(orch_config_table);

/* ---- Where the agents are ---- */

/* Whether a URL is the bridge's port for this agent on this machine, as docs/compatibility.md has
 * it by default.
 */
static bool is_our_bridge(const char *url, const char *port)
{
    static const char *const hosts[] = {"http://localhost:", "http://127.0.0.1:", "http://[::1]:"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(hosts); i++) {
        size_t length = strlen(hosts[i]);
        if (strncmp(url, hosts[i], length) != 0)
            continue;
        const char *rest = url + length;
        size_t digits = strlen(port);
        return strncmp(rest, port, digits) == 0 && (!rest[digits] || !strcmp(rest + digits, "/"));
    }
    return false;
}

enum sl_code orch_config_services(const struct orch_config *config,
                                  struct orch_config_service ret_services[], struct sl_error *err)
{
    const struct {
        const char *name, *prefix, *target, *url, *default_target, *bridge_port;
    } agents[ORCH_CONFIG_SERVICES] = {
        {"payment", "PAYMENT", config->payment_target, config->payment_url, "localhost:50083",
         "8083"},
        {"parts", "PARTS", config->parts_target, config->parts_url, "localhost:50085", "8085"},
        {"repair_orders", "REPAIR_ORDERS", config->repair_orders_target, config->repair_orders_url,
         "localhost:50084", "8084"},
    };
    for (size_t i = 0; i < ORCH_CONFIG_SERVICES; i++) {
        bool has_target = *agents[i].target != '\0';
        bool has_url = !has_target && *agents[i].url != '\0';
        if (has_url && !is_our_bridge(agents[i].url, agents[i].bridge_port))
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "%s_SERVICE_URL: %s is an agent that speaks REST, one that speaks "
                                "gRPC is wanted: set %s_TARGET",
                                agents[i].prefix, agents[i].url, agents[i].prefix);
        ret_services[i] = (struct orch_config_service){
            .name = agents[i].name,
            .target = has_target ? agents[i].target : agents[i].default_target,
            .replaced_url = has_url ? agents[i].url : NULL,
        };
    }
    return SL_OK;
}
