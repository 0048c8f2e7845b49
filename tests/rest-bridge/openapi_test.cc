#include <gtest/gtest.h>
#include <jansson.h>

#include "base/memory.h"
#include "rest-bridge/openapi.h"
#include "rest-bridge/openapi_private.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/message.h"

namespace
{

/** A JSON value, held. */
struct Held {
    json_t *value;
    explicit Held(json_t *taken) : value(taken)
    {
    }
    Held(const Held &) = delete;
    ~Held()
    {
        json_decref(value);
    }
};

json_t *DocumentOf(const struct sl_service *service, const char *name, bool is_protected = false)
{
    struct bridge_openapi_options options = {name, service, is_protected};
    struct sl_error err = {};
    char *text = nullptr;
    EXPECT_EQ(SL_OK, bridge_openapi_text(&options, &text, &err)) << err.message;
    json_t *document = json_loads(text, 0, nullptr);
    sl_free(text);
    return document;
}

/** What is at "a|b|0|c"; NULL where nothing is. */
const json_t *At(const json_t *value, const std::string &path)
{
    size_t begin = 0;
    while (value && begin <= path.size()) {
        size_t end = std::min(path.find('|', begin), path.size());
        std::string name = path.substr(begin, end - begin);
        value = json_is_array(value) ? json_array_get(value, std::stoul(name))
                                     : json_object_get(value, name.c_str());
        begin = end + 1;
    }
    return value;
}

std::string Text(const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : nullptr;
    std::string result = text ? text : "";
    free(text);
    return result;
}

std::string TextAt(const json_t *value, const std::string &path)
{
    return Text(At(value, path));
}

TEST(OpenApi, HasEveryRouteOfTheService)
{
    Held agent(DocumentOf(&agent_service_descriptor, "payment"));
    Held orchestrator(DocumentOf(&orchestrator_descriptor, "orchestrator"));
    EXPECT_EQ("\"3.1.1\"", TextAt(agent.value, "openapi"));
    EXPECT_EQ("\"ServiceLane: payment\"", TextAt(agent.value, "info|title"));
    EXPECT_EQ(9u, json_object_size(At(agent.value, "paths")));
    EXPECT_EQ(10u, json_object_size(At(orchestrator.value, "paths")));
    std::string reconcile = "paths|/workflow/{request_id}/steps/{step_id}/reconcile|post|";
    EXPECT_EQ("\"ReconcileStep\"", TextAt(orchestrator.value, reconcile + "operationId"));
    EXPECT_EQ("\"step_id\"", TextAt(orchestrator.value, reconcile + "parameters|1|name"));
    EXPECT_EQ("\"path\"", TextAt(orchestrator.value, reconcile + "parameters|1|in"));
}

TEST(OpenApi, TellsWhatTheProtosSay)
{
    Held document(DocumentOf(&agent_service_descriptor, "payment"));
    EXPECT_EQ("\"The operations of one agent.\"", TextAt(document.value, "tags|0|description"));
    EXPECT_EQ("\"Carries out an operation and answers with its result\"",
              TextAt(document.value, "paths|/execute|post|summary"));
    EXPECT_EQ("\"Id that ExecuteAsync gave.\"",
              TextAt(document.value, "paths|/status/{task_id}|get|parameters|0|description"));
    EXPECT_EQ("\"Name of the operation.\"",
              TextAt(document.value, "components|schemas|Task|properties|operation|description"));
    EXPECT_NE(std::string::npos, TextAt(document.value, "components|schemas|TaskStatus|description")
                                     .find("* `failed`: Not done; the result says why."));
}

TEST(OpenApi, SaysTheJsonThatIsAnswered)
{
    Held document(DocumentOf(&agent_service_descriptor, "payment"));
    const json_t *schemas = At(document.value, "components|schemas");
    const json_t *answer = At(schemas, "AgentServiceResponse");
    EXPECT_EQ(7u, json_array_size(At(answer, "required")));
    EXPECT_EQ("\"boolean\"", TextAt(answer, "properties|success|type"));
    EXPECT_EQ(R"(["string","null"])", TextAt(answer, "properties|error|type"));
    EXPECT_EQ("", TextAt(answer, "properties|result|type")) << "may be anything";
    EXPECT_EQ("\"date-time\"", TextAt(answer, "properties|timestamp|format"));
    EXPECT_EQ("\"int64\"", TextAt(schemas, "Task|properties|sequence|format"));
    EXPECT_EQ(
        R"(["accepted","processing","completed","failed","cancelled","needs_reconciliation"])",
        TextAt(schemas, "TaskStatus|enum"));
    EXPECT_EQ("\"array\"", TextAt(schemas, "Capabilities|properties|operations|type"));
}

TEST(OpenApi, SaysTheJsonThatIsTaken)
{
    Held document(DocumentOf(&agent_service_descriptor, "payment"));
    const json_t *request = At(document.value, "components|schemas|AgentServiceRequest");
    EXPECT_EQ(R"(["request_id","operation","parameters"])", TextAt(request, "required"));
    EXPECT_EQ(R"(["integer","null"])", TextAt(request, "properties|timeout|type"));
    EXPECT_EQ("\"object\"", TextAt(request, "properties|parameters|type"));
    std::string body = "requestBody|content|application/json|";
    EXPECT_EQ("true", TextAt(document.value, "paths|/execute|post|requestBody|required"));
    EXPECT_EQ(
        "\"validate_payment_data\"",
        TextAt(document.value, "paths|/execute|post|" + body + "examples|check|value|operation"));
    std::string cancel = "paths|/status/{task_id}/cancel|post|";
    EXPECT_EQ("false", TextAt(document.value, cancel + "requestBody|required"));
    EXPECT_EQ("\"#/components/schemas/CancelTaskRequest\"",
              TextAt(document.value, cancel + body + "schema|$ref"));
    EXPECT_EQ(
        "", TextAt(document.value, "components|schemas|CancelTaskRequest|properties|task_id|type"))
        << "the path gives it";
}

TEST(OpenApi, MapsAndQueriesAndStreamsAreWhatTheyAre)
{
    Held document(DocumentOf(&orchestrator_descriptor, "orchestrator"));
    EXPECT_EQ("\"#/components/schemas/ServiceInfo\"",
              TextAt(document.value, "components|schemas|ListServicesResponse|properties|services|"
                                     "additionalProperties|$ref"));
    std::string list = "paths|/workflows|get|parameters|";
    EXPECT_EQ("\"query\"", TextAt(document.value, list + "0|in"));
    EXPECT_EQ("\"status\"", TextAt(document.value, list + "0|name"));
    EXPECT_EQ("\"integer\"", TextAt(document.value, list + "1|schema|type"));
    std::string events = "paths|/workflow/{request_id}/events|get|responses|200|content|";
    EXPECT_EQ("\"#/components/schemas/WorkflowEvent\"",
              TextAt(document.value, events + "text/event-stream|schema|properties|data|"
                                              "contentSchema|anyOf|0|$ref"));
    EXPECT_EQ("\"#/components/schemas/WorkflowEvent\"",
              TextAt(document.value, events + "application/x-ndjson|schema|$ref"));
    EXPECT_EQ("\"$response.body#/request_id\"",
              TextAt(document.value, "paths|/orchestrate-async|post|responses|200|links|"
                                     "GetWorkflow|parameters|request_id"));
}

TEST(OpenApi, SaysThatAKeyIsNeededOnlyWhereItIs)
{
    Held open(DocumentOf(&agent_service_descriptor, "payment"));
    Held closed(DocumentOf(&agent_service_descriptor, "payment", true));
    EXPECT_EQ("", TextAt(open.value, "security"));
    EXPECT_EQ("", TextAt(open.value, "paths|/execute|post|responses|401"));
    EXPECT_EQ(R"([{"ApiKey":[]},{"Bearer":[]}])", TextAt(closed.value, "security"));
    EXPECT_EQ("\"X-API-Key\"", TextAt(closed.value, "components|securitySchemes|ApiKey|name"));
    EXPECT_NE("", TextAt(closed.value, "paths|/execute|post|responses|401"));
    EXPECT_EQ("[]", TextAt(closed.value, "paths|/health|get|security"));
}

/** Each example is a request that the RPC takes: nobody is shown what does not work. */
TEST(OpenApi, ExamplesAreMessages)
{
    size_t count = 0;
    for (const struct sl_service *service : {&agent_service_descriptor, &orchestrator_descriptor}) {
        for (const char *name : {"payment", "parts", "repair_orders", "orchestrator"}) {
            struct bridge_openapi_options options = {name, service, false};
            for (size_t i = 0; i < service->method_count; i++) {
                Held examples(bridge_examples_of(&options, service->methods[i]));
                const char *key = nullptr;
                json_t *example = nullptr;
                json_object_foreach(examples.value, key, example)
                {
                    struct sl_arena *arena = sl_arena_new();
                    struct sl_error err = {};
                    ProtobufCMessage *message = nullptr;
                    EXPECT_EQ(SL_OK, sl_message_from_json(service->methods[i]->request,
                                                          json_object_get(example, "value"),
                                                          SL_DIALECT_REST, arena, &message, &err))
                        << key << ": " << err.message;
                    sl_arena_free(arena);
                    count++;
                }
            }
        }
    }
    EXPECT_GE(count, 16u);
}

TEST(OpenApi, CommentsBecomeParagraphs)
{
    Held text(
        bridge_comment_text(" One line\n goes on.\n\n Another:\n   kept   as it\n   stands\n"));
    EXPECT_STREQ("One line goes on.\n\nAnother:\n\n    kept   as it\n    stands",
                 json_string_value(text.value));
}

/** Memory may run out at any point of the making: it is said, and nothing leaks or breaks. */
TEST(OpenApi, SaysWhenMemoryIsOut)
{
    struct bridge_openapi_options options = {"payment", &agent_service_descriptor, false};
    int failures = 0;
    for (long successes = 0; successes < 40; successes++) {
        struct sl_error err = {};
        char *text = nullptr;
        sl_alloc_fail_after(successes);
        enum sl_code code = bridge_openapi_text(&options, &text, &err);
        sl_alloc_fail_after(-1);
        failures += code == SL_RESOURCE_EXHAUSTED;
        EXPECT_TRUE(code == SL_OK || text == nullptr);
        sl_free(text);
    }
    EXPECT_GT(failures, 0);
}

} // namespace
