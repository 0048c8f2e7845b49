#include "base/memory.h"
#include "mcp/client_private.h"
#include "mcp/param_headers.h"
#include "json/schema.h"

/* What the client remembers of the tools it listed: their schemas, and for how long the list holds.
 * Source: MCP 2026-07-28, server/tools and server/utilities/caching. */

#define MAX_PAGES 1000
#define MAX_TOOLS 10000

struct listing {
    struct sl_mcp_client *client;
    json_t *tools;
    int64_t deadline_ms;
    int64_t ttl_ms;
    size_t pages;
    sl_mcp_tools_fn *done;
    void *arg;
};

static enum sl_code list_page(struct listing *listing, const char *cursor, struct sl_error *err);

/* By name, for the calls to come. Without memory they go unchecked. */
static void remember(struct sl_mcp_client *client, const struct listing *listing)
{
    json_t *by_name = json_object();
    size_t i;
    json_t *tool;

    json_array_foreach(listing->tools, i, tool)(void)(
        json_object_set(by_name, sl_json_string(tool, "name"), tool) == 0);
    json_decref(client->tools);
    client->tools = by_name;
    client->tools_ttl_ms = listing->ttl_ms > 0 ? listing->ttl_ms : 0;
}

static void end_listing(struct listing *listing, const struct sl_error *error)
{
    if (error->code == SL_OK)
        remember(listing->client, listing);
    listing->done(error, error->code == SL_OK ? listing->tools : NULL, listing->arg);
    json_decref(listing->tools);
    sl_free(listing);
}

/* A tool whose arguments cannot be sent as it wants them is left out: it could not be called. */
static bool is_callable(const struct sl_mcp_client *client, const json_t *tool)
{
    return !client->era->is_stateless ||
           sl_mcp_check_param_headers(json_object_get(tool, "inputSchema"), NULL) == SL_OK;
}

static enum sl_code take_tools(struct listing *listing, json_t *tools, struct sl_error *err)
{
    size_t i;
    json_t *tool;

    json_array_foreach(tools, i, tool)
    {
        if (!sl_json_string(tool, "name"))
            return sl_error_set(err, SL_DATA_LOSS, "%s: tools/list: a tool has no name",
                                listing->client->endpoint);
        if (is_callable(listing->client, tool) && json_array_append(listing->tools, tool) != 0)
            return sl_error_no_memory(err);
    }
    return SL_OK;
}

/* The page that holds the shortest rules; one without a time holds for none. */
static void take_ttl(struct listing *listing, const json_t *result)
{
    int64_t ttl_ms = (int64_t)json_integer_value(json_object_get(result, "ttlMs"));

    if (listing->pages == 0 || ttl_ms < listing->ttl_ms)
        listing->ttl_ms = ttl_ms;
}

static enum sl_code take_page(struct listing *listing, json_t *result, const char **ret_cursor,
                              struct sl_error *err)
{
    json_t *tools = json_object_get(result, "tools");
    const char *endpoint = listing->client->endpoint;

    if (!json_is_array(tools))
        return sl_error_set(err, SL_DATA_LOSS, "%s: tools/list: the result has no list of tools",
                            endpoint);
    SL_TRY(take_tools(listing, tools, err));
    take_ttl(listing, result);
    *ret_cursor = sl_json_string(result, "nextCursor");
    /* A server that gives the same page for ever shall not fill the memory. */
    if (++listing->pages > MAX_PAGES || json_array_size(listing->tools) > MAX_TOOLS)
        return sl_error_set(err, SL_DATA_LOSS,
                            "%s: tools/list: more than %d pages or %d tools are given", endpoint,
                            MAX_PAGES, MAX_TOOLS);
    return SL_OK;
}

static void on_page(struct sl_mcp_request *request, const struct sl_error *error, json_t *result)
{
    struct listing *listing = request->owner;
    struct sl_error failure = *error;
    const char *cursor = NULL;

    if (failure.code == SL_OK && take_page(listing, result, &cursor, &failure) == SL_OK && cursor &&
        list_page(listing, cursor, &failure) == SL_OK)
        return;
    end_listing(listing, &failure);
}

static enum sl_code list_page(struct listing *listing, const char *cursor, struct sl_error *err)
{
    int64_t left_ms = listing->deadline_ms - sl_loop_now_ms(listing->client->loop);
    struct sl_mcp_request_options options = {
        .method = "tools/list",
        .params = cursor ? json_pack("{s:s}", "cursor", cursor) : json_object(),
        .label = "tools/list",
        .timeout_ms = left_ms > 1 ? left_ms : 1,
        .is_repeatable = true,
        .on_end = on_page,
        .owner = listing,
    };
    if (!options.params)
        return sl_error_no_memory(err);
    return sl_mcp_request_start(listing->client, &options, NULL, err);
}

enum sl_code sl_mcp_list_tools_start(struct sl_mcp_client *client, int64_t timeout_ms,
                                     sl_mcp_tools_fn *done, void *arg, struct sl_error *err)
{
    struct listing *listing;
    enum sl_code code;

    SL_TRY(sl_mcp_client_check_open(client, err));
    listing = sl_alloc(sizeof(*listing));
    if (!listing)
        return sl_error_no_memory(err);
    listing->client = client;
    listing->tools = json_array();
    listing->deadline_ms =
        sl_loop_now_ms(client->loop) + (timeout_ms > 0 ? timeout_ms : client->default_timeout_ms);
    listing->done = done;
    listing->arg = arg;
    code = listing->tools ? list_page(listing, NULL, err) : sl_error_no_memory(err);
    if (code != SL_OK) {
        json_decref(listing->tools);
        sl_free(listing);
    }
    return code;
}

int64_t sl_mcp_client_tools_ttl_ms(const struct sl_mcp_client *client)
{
    return client->tools_ttl_ms;
}

enum sl_code sl_mcp_check_output(const struct sl_mcp_client *client, const char *tool,
                                 const json_t *result, struct sl_error *err)
{
    const json_t *schema = json_object_get(json_object_get(client->tools, tool), "outputSchema");
    const json_t *value = json_object_get(result, "structuredContent");
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = NULL;
    struct sl_schema_faults faults = {0};

    if (!schema || sl_json_bool(result, "isError", false))
        return SL_OK;
    if (!value)
        return sl_error_set(err, SL_DATA_LOSS,
                            "the result has no structuredContent, which outputSchema promises");
    arena = sl_arena_new();
    if (!arena)
        return sl_error_no_memory(err);
    SL_TRY(sl_schema_check(schema, value, arena, &faults, err));
    if (faults.count == 0)
        return SL_OK;
    return sl_error_set(
        err, SL_DATA_LOSS, "the result does not fit the tool's outputSchema: %s%s%s",
        faults.entries[0].path, *faults.entries[0].path ? ": " : "", faults.entries[0].message);
}
