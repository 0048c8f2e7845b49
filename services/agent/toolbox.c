#include "services/agent/toolbox.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "loop/timer.h"
#include "services/agent/answer.h"

/* A list that holds for less is asked for this often all the same. */
enum { FIRST_RETRY_MS = 100, SHORTEST_LOOK_MS = 1000 };

struct agent_toolbox {
    struct sl_loop *loop;
    struct sl_mcp_client *client;
    char *endpoint;
    int64_t interval_ms;
    int64_t timeout_ms;
    int64_t retry_ms;
    struct sl_timer timer;
    /** Keeps what the tools borrow. */
    json_t *definitions;
    struct agent_tool *tools;
    size_t tool_count;
    struct sl_patterns *patterns;
    bool is_connected;
    bool is_looking;
    /** Asked to look while looking. */
    bool is_stale;
    /** The client is about to go. */
    bool is_stopped;
    /** Freed by its owner while looking: the callback frees it for good. */
    bool is_dead;
    char reason[640];
};

/* Takes over what the server listed; entries that are no tools are passed over. */
static bool keep_tools(struct agent_toolbox *toolbox, json_t *definitions)
{
    json_t *fitted = agent_fit_value(json_deep_copy(definitions));
    size_t size = json_array_size(fitted);
    struct agent_tool *tools = sl_alloc_array(size + 1, sizeof(*tools));
    if (fitted == NULL || tools == NULL) {
        json_decref(fitted);
        sl_free(tools);
        return false;
    }
    /* Without memory for it each check compiles its patterns anew. */
    struct sl_patterns *patterns = sl_patterns_new();
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        if (agent_tool_read(json_array_get(fitted, i), &tools[count]))
            tools[count++].patterns = patterns;
    }
    json_decref(toolbox->definitions);
    sl_free(toolbox->tools);
    sl_patterns_free(toolbox->patterns);
    toolbox->patterns = patterns;
    toolbox->definitions = fitted;
    toolbox->tools = tools;
    toolbox->tool_count = count;
    return true;
}

static void look(void *arg);

static void look_later(struct agent_toolbox *toolbox, int64_t delay_ms)
{
    /* Without memory for a timer the next refresh or list_changed looks. */
    (void)!sl_timer_start(toolbox->loop, &toolbox->timer, delay_ms, look, toolbox);
}

static void note_failure(struct agent_toolbox *toolbox, const char *why)
{
    if (toolbox->is_connected || toolbox->reason[0] == '\0')
        sl_log(SL_LOG_WARN, "mcp server away", sl_field_string("endpoint", toolbox->endpoint),
               sl_field_string("reason", why));
    toolbox->is_connected = false;
    struct sl_error reason = {0};
    sl_error_set(&reason, SL_UNAVAILABLE, "MCP server %s: %s", toolbox->endpoint, why);
    memcpy(toolbox->reason, reason.message, sizeof(reason.message));
    look_later(toolbox, toolbox->retry_ms);
    toolbox->retry_ms =
        toolbox->retry_ms * 2 < toolbox->interval_ms ? toolbox->retry_ms * 2 : toolbox->interval_ms;
}

/* The interval, or for as long as the server says that its list holds, where that is shorter. */
static int64_t next_look_ms(const struct agent_toolbox *toolbox)
{
    int64_t ttl_ms = sl_mcp_client_tools_ttl_ms(toolbox->client);
    if (toolbox->is_stale)
        return 0;
    if (ttl_ms <= 0 || ttl_ms >= toolbox->interval_ms)
        return toolbox->interval_ms;
    return ttl_ms > SHORTEST_LOOK_MS ? ttl_ms : SHORTEST_LOOK_MS;
}

static void note_success(struct agent_toolbox *toolbox)
{
    if (!toolbox->is_connected)
        sl_log(SL_LOG_INFO, "mcp server found", sl_field_string("endpoint", toolbox->endpoint),
               sl_field_int("tools", (int64_t)toolbox->tool_count));
    toolbox->is_connected = true;
    toolbox->retry_ms = FIRST_RETRY_MS;
    look_later(toolbox, next_look_ms(toolbox));
    toolbox->is_stale = false;
}

static void on_tools(const struct sl_error *error, json_t *tools, void *arg)
{
    struct agent_toolbox *toolbox = arg;
    toolbox->is_looking = false;
    if (toolbox->is_dead)
        agent_toolbox_free(toolbox);
    else if (toolbox->is_stopped)
        return;
    else if (error->code != SL_OK)
        note_failure(toolbox, error->message);
    else if (!keep_tools(toolbox, tools))
        note_failure(toolbox, "out of memory");
    else
        note_success(toolbox);
}

static void look(void *arg)
{
    struct agent_toolbox *toolbox = arg;
    if (toolbox->is_stopped)
        return;
    if (toolbox->is_looking) {
        toolbox->is_stale = true;
        return;
    }
    struct sl_error error = {0};
    toolbox->is_looking = true;
    if (sl_mcp_list_tools_start(toolbox->client, toolbox->timeout_ms, on_tools, toolbox, &error) !=
        SL_OK) {
        toolbox->is_looking = false;
        note_failure(toolbox, error.message);
    }
}

enum sl_code agent_toolbox_new(struct sl_loop *loop, const struct agent_toolbox_options *options,
                               struct agent_toolbox **ret_toolbox, struct sl_error *err)
{
    struct agent_toolbox *toolbox = sl_alloc(sizeof(*toolbox));
    char *endpoint = sl_strdup(options->endpoint);
    if (toolbox == NULL || endpoint == NULL) {
        sl_free(endpoint);
        sl_free(toolbox);
        return sl_error_no_memory(err);
    }
    toolbox->loop = loop;
    toolbox->client = options->client;
    toolbox->endpoint = endpoint;
    toolbox->interval_ms = options->interval_ms;
    toolbox->timeout_ms = options->timeout_ms;
    toolbox->retry_ms = FIRST_RETRY_MS;
    look(toolbox);
    *ret_toolbox = toolbox;
    return SL_OK;
}

void agent_toolbox_stop(struct agent_toolbox *toolbox)
{
    if (toolbox == NULL)
        return;
    toolbox->is_stopped = true;
    sl_timer_stop(&toolbox->timer);
}

void agent_toolbox_free(struct agent_toolbox *toolbox)
{
    if (toolbox == NULL)
        return;
    sl_timer_stop(&toolbox->timer);
    if (toolbox->is_looking) {
        toolbox->is_dead = true;
        return;
    }
    json_decref(toolbox->definitions);
    sl_free(toolbox->tools);
    sl_patterns_free(toolbox->patterns);
    sl_free(toolbox->endpoint);
    sl_free(toolbox);
}

void agent_toolbox_refresh(struct agent_toolbox *toolbox)
{
    look(toolbox);
}

const struct agent_tool *agent_toolbox_find(const struct agent_toolbox *toolbox, const char *name)
{
    for (size_t i = 0; i < toolbox->tool_count; i++) {
        if (strcmp(toolbox->tools[i].name, name) == 0)
            return &toolbox->tools[i];
    }
    return NULL;
}

const struct agent_tool *agent_toolbox_tools(const struct agent_toolbox *toolbox, size_t *ret_count)
{
    *ret_count = toolbox->tool_count;
    return toolbox->tools;
}

bool agent_toolbox_is_connected(const struct agent_toolbox *toolbox)
{
    return toolbox->is_connected;
}

const char *agent_toolbox_reason(const struct agent_toolbox *toolbox)
{
    if (toolbox->is_connected)
        return NULL;
    return toolbox->reason[0] == '\0' ? "the MCP server has not been asked yet" : toolbox->reason;
}

const char *agent_toolbox_endpoint(const struct agent_toolbox *toolbox)
{
    return toolbox->endpoint;
}
