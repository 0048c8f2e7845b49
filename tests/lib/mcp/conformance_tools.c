#include "conformance_tools.h"

#include "base/memory.h"
#include "json/json.h"

/* One pixel, and a WAV file without a sample. */
#define PNG                                                                                        \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJg" \
    "gg="                                                                                          \
    "="
#define WAV "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA="

static json_t *make_text(const char *text)
{
    return json_pack("{s:s, s:s}", "type", "text", "text", text);
}

static json_t *make_media(const char *type, const char *data, const char *media_type)
{
    return json_pack("{s:s, s:s, s:s}", "type", type, "data", data, "mimeType", media_type);
}

static json_t *make_resource(const char *uri, const char *media_type, const char *text)
{
    return json_pack("{s:s, s:{s:s, s:s, s:s}}", "type", "resource", "resource", "uri", uri,
                     "mimeType", media_type, "text", text);
}

static void simple_text(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_answer_content(
        request, json_pack("[o]", make_text("This is a simple text response for testing.")), NULL);
}

static void image(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_answer_content(request, json_pack("[o]", make_media("image", PNG, "image/png")), NULL);
}

static void audio(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_answer_content(request, json_pack("[o]", make_media("audio", WAV, "audio/wav")), NULL);
}

static void resource(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_answer_content(request,
                          json_pack("[o]", make_resource("test://embedded-resource", "text/plain",
                                                         "This is an embedded resource.")),
                          NULL);
}

static void mixed(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_answer_content(request,
                          json_pack("[o, o, o]", make_text("Multiple content types test:"),
                                    make_media("image", PNG, "image/png"),
                                    make_resource("test://mixed-content-resource",
                                                  "application/json", "{\"test\":\"data\"}")),
                          NULL);
}

static void refuse(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_refuse(request, "This tool intentionally returns an error for testing");
}

/* ---- Progress: 0, 50 and 100 of 100, with pauses ---- */

#define PAUSE_MS 50

struct progress_call {
    struct test_tools *tools;
    struct sl_mcp_tool_request *request;
    struct sl_timer timer;
    int percent;
};

static void advance(void *arg)
{
    struct progress_call *call = arg;

    sl_mcp_progress(call->request, call->percent, 100, NULL);
    call->percent += 50;
    if (call->percent <= 100 &&
        sl_timer_start(call->tools->loop, &call->timer, PAUSE_MS, advance, call) == SL_OK)
        return;
    sl_mcp_answer_content(call->request, json_pack("[o]", make_text("All done.")), NULL);
    sl_free(call);
}

static void progress(void *self, struct sl_mcp_tool_request *request)
{
    struct progress_call *call = sl_alloc(sizeof(*call));

    if (!call) {
        sl_mcp_busy(request, "out of memory");
        return;
    }
    call->tools = self;
    call->request = request;
    advance(call);
}

/* ---- A list of tools that changes ---- */

static const char any_schema[] = "{\"type\":\"object\"}";

static void change_tools(void *self, struct sl_mcp_tool_request *request)
{
    struct test_tools *tools = self;
    struct sl_error error = {0};
    const struct sl_mcp_tool tool = {
        .name = "test_comes_and_goes",
        .description = "Is there after every other change.",
        .input_schema = any_schema,
        .handler = simple_text,
    };

    if (sl_mcp_server_add_tool(tools->server, &tool, &error) == SL_ALREADY_EXISTS)
        sl_mcp_server_remove_tool(tools->server, tool.name);
    simple_text(self, request);
}

const struct sl_mcp_tool conformance_tool_table[] = {
    {.name = "test_simple_text",
     .description = "Answers a text.",
     .input_schema = any_schema,
     .handler = simple_text},
    {.name = "test_image_content",
     .description = "Answers an image.",
     .input_schema = any_schema,
     .handler = image},
    {.name = "test_audio_content",
     .description = "Answers a sound.",
     .input_schema = any_schema,
     .handler = audio},
    {.name = "test_embedded_resource",
     .description = "Answers a resource.",
     .input_schema = any_schema,
     .handler = resource},
    {.name = "test_multiple_content_types",
     .description = "Answers a text, an image and a resource.",
     .input_schema = any_schema,
     .handler = mixed},
    {.name = "test_error_handling",
     .description = "Refuses.",
     .input_schema = any_schema,
     .handler = refuse},
    {.name = "test_tool_with_progress",
     .description = "Tells of its progress.",
     .input_schema = any_schema,
     .handler = progress},
    {.name = "test_streaming_elicitation",
     .description = "Answers without asking anything.",
     .input_schema = any_schema,
     .handler = simple_text},
    {.name = "test_logging_tool",
     .description = "Answers without logging anything.",
     .input_schema = any_schema,
     .handler = simple_text},
    {.name = "test_missing_capability",
     .description = "Is only for clients that declare sampling.",
     .input_schema = any_schema,
     .required_capability = "sampling",
     .handler = simple_text},
    {.name = "test_trigger_tool_change",
     .description = "Changes the list of tools.",
     .input_schema = any_schema,
     .handler = change_tools},
    {.name = "test_mirrored_header",
     .description = "Wants an argument repeated in a header.",
     .input_schema =
         "{\"type\":\"object\",\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":"
         "\"Region\"},\"count\":{\"type\":\"integer\",\"x-mcp-header\":\"Count\"}}}",
     .handler = simple_text},
    {.name = "json_schema_2020_12_tool",
     .description = "Has a schema with what JSON Schema 2020-12 has.",
     .input_schema =
         "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
         "\"$defs\":{\"address\":{\"$anchor\":\"addressDef\",\"type\":\"object\",\"properties\":"
         "{\"street\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"}}}},"
         "\"properties\":{\"name\":{\"type\":\"string\"},\"address\":{\"$ref\":\"#/$defs/address\"}"
         ",\"contactMethod\":{\"type\":\"string\",\"enum\":[\"phone\",\"email\"]},"
         "\"phone\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}},"
         "\"allOf\":[{\"anyOf\":[{\"required\":[\"phone\"]},{\"required\":[\"email\"]}]}],"
         "\"if\":{\"properties\":{\"contactMethod\":{\"const\":\"phone\"}},\"required\":"
         "[\"contactMethod\"]},\"then\":{\"required\":[\"phone\"]},\"else\":{\"required\":"
         "[\"email\"]},\"additionalProperties\":false}",
     .handler = simple_text},
};
const size_t conformance_tool_count =
    sizeof(conformance_tool_table) / sizeof(conformance_tool_table[0]);
