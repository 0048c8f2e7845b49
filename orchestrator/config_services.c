#include <string.h>

#include "base/text.h"
#include "http/url.h"
#include "orchestrator/config.h"

/* Where the agents are: the three that everybody has, and further ones. */

struct known_agent {
    const char *name, *prefix, *target, *url, *default_target, *rest_listen;
};

/* ---- The bridge ---- */

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           strncmp(host, "127.", 4) == 0;
}

/* Whether a URL is where our own bridge listens for this agent, on this machine. An empty
 * *_REST_LISTEN leaves the port to somebody else. */
static bool is_our_bridge(const struct sl_url *url, const char *listen)
{
    const char *colon = listen ? strrchr(listen, ':') : NULL;
    int64_t port = 0;
    if (!colon || sl_parse_int64(colon + 1, 1, 65535, &port) == false || url->port != port)
        return false;
    size_t length = (size_t)(colon - listen);
    bool is_its_host = strlen(url->host) == length && memcmp(url->host, listen, length) == 0;
    return (is_loopback(url->host) || is_its_host) && strcmp(url->path, "/") == 0;
}

static enum sl_code place(const struct known_agent *agent, struct sl_arena *arena,
                          struct orch_config_service *service, struct sl_error *err)
{
    struct sl_url url;
    *service = (struct orch_config_service){.name = agent->name, .target = agent->target};
    if (*agent->target)
        return SL_OK;
    service->target = agent->default_target;
    if (!*agent->url)
        return SL_OK;
    if (sl_url_parse(agent->url, arena, &url, err) != SL_OK)
        return sl_error_prefix(err, "%s_SERVICE_URL", agent->prefix);
    if (is_our_bridge(&url, agent->rest_listen))
        service->replaced_url = agent->url;
    else
        service->target = agent->url;
    return SL_OK;
}

/* ---- Further agents ---- */

static bool is_name(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    bool is_begun = length > 0 && *text >= 'a' && *text <= 'z';
    return is_begun && length <= 63 && strspn(text, allowed) >= length;
}

/* Where the next "name=" begins: a comma may also stand between the addresses of one target. */
static const char *end_of_entry(const char *entry)
{
    for (const char *comma = strchr(entry, ','); comma; comma = strchr(comma + 1, ',')) {
        size_t length = strcspn(comma + 1, "=,:/");
        if (comma[1 + length] == '=')
            return comma;
    }
    return entry + strlen(entry);
}

static enum sl_code read_entry(const char *entry, size_t length, struct sl_arena *arena,
                               struct orch_config_service *service, struct sl_error *err)
{
    const char *equals = memchr(entry, '=', length);
    size_t name_length = equals ? (size_t)(equals - entry) : 0;
    if (!equals || !is_name(entry, name_length) || name_length + 1 == length)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "SERVICELANE_SERVICES: \"%.*s\" was given, name=target is wanted, with "
                            "a name of a-z, 0-9 and _ and a gRPC target or http:// URL",
                            (int)(length < 200 ? length : 200), entry);
    char *name = sl_arena_strndup(arena, entry, name_length);
    char *target = sl_arena_strndup(arena, equals + 1, length - name_length - 1);
    if (!name || !target)
        return sl_error_no_memory(err);
    *service = (struct orch_config_service){.name = name, .target = target};
    return SL_OK;
}

static bool has_name(const struct orch_config_services *services, const char *name)
{
    for (size_t i = 0; i < services->count; i++)
        if (strcmp(services->entries[i].name, name) == 0)
            return true;
    return false;
}

static enum sl_code read_further(const char *text, struct sl_arena *arena,
                                 struct orch_config_services *services, struct sl_error *err)
{
    while (text && *text) {
        const char *end = end_of_entry(text);
        struct orch_config_service service;
        if (services->count == ORCH_CONFIG_SERVICES_MAX)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "SERVICELANE_SERVICES: more services than %d, three of them known",
                                ORCH_CONFIG_SERVICES_MAX);
        SL_TRY(read_entry(text, (size_t)(end - text), arena, &service, err));
        if (has_name(services, service.name))
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "SERVICELANE_SERVICES: \"%s\" is there already, each name once is "
                                "wanted",
                                service.name);
        services->entries[services->count++] = service;
        text = *end ? end + 1 : end;
    }
    return SL_OK;
}

enum sl_code orch_config_find_services(const struct orch_config *config, struct sl_arena *arena,
                                       struct orch_config_services *ret_services,
                                       struct sl_error *err)
{
    const struct known_agent agents[] = {
        {"payment", "PAYMENT", config->payment_target, config->payment_url, "localhost:50083",
         config->payment_rest_listen},
        {"parts", "PARTS", config->parts_target, config->parts_url, "localhost:50085",
         config->parts_rest_listen},
        {"repair_orders", "REPAIR_ORDERS", config->repair_orders_target, config->repair_orders_url,
         "localhost:50084", config->repair_orders_rest_listen},
    };
    struct orch_config_services found = {0};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(agents); i++)
        SL_TRY(place(&agents[i], arena, &found.entries[found.count++], err));
    SL_TRY(read_further(config->services, arena, &found, err));
    *ret_services = found;
    return SL_OK;
}
