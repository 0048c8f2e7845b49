#include "mcp/jsonrpc.h"

#include <gtest/gtest.h>

#include <string>

#include "base/memory.h"

namespace
{

std::string Fault(const char *text)
{
    struct sl_jsonrpc_message message;
    struct sl_error error = {};
    json_t *json = json_loads(text, JSON_DECODE_ANY, nullptr);
    enum sl_code code = sl_jsonrpc_read(json, &message, &error);

    json_decref(json);
    return code == SL_OK ? "" : error.message;
}

TEST(JsonRpc, ReadsEachKind)
{
    const struct {
        const char *text;
        enum sl_jsonrpc_kind kind;
    } cases[] = {
        {R"({"jsonrpc":"2.0","id":1,"method":"ping"})", SL_JSONRPC_REQUEST},
        {R"({"jsonrpc":"2.0","id":"a","method":"ping","params":{}})", SL_JSONRPC_REQUEST},
        {R"({"jsonrpc":"2.0","method":"notifications/initialized"})", SL_JSONRPC_NOTIFICATION},
        {R"({"jsonrpc":"2.0","id":1,"result":{}})", SL_JSONRPC_RESULT},
        {R"({"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"x"}})", SL_JSONRPC_ERROR},
    };

    for (const auto &expected : cases) {
        struct sl_jsonrpc_message message;
        json_t *json = json_loads(expected.text, 0, nullptr);
        ASSERT_EQ(sl_jsonrpc_read(json, &message, nullptr), SL_OK) << expected.text;
        EXPECT_EQ(message.kind, expected.kind) << expected.text;
        json_decref(json);
    }
}

TEST(JsonRpc, RefusesWhatIsNone)
{
    EXPECT_EQ(Fault("[]"), "a batch is given, a single message is wanted");
    EXPECT_EQ(Fault("1"), "the message is no object");
    EXPECT_EQ(Fault("{}"), "jsonrpc is not \"2.0\"");
    EXPECT_EQ(Fault(R"({"jsonrpc":"1.0","id":1,"method":"x"})"), "jsonrpc is not \"2.0\"");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":null,"method":"x"})"),
              "id is neither a string nor an integer");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1.5,"method":"x"})"),
              "id is neither a string nor an integer");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1,"method":5})"), "method is no name");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1,"method":"x","params":[]})"), "params is no object");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1,"method":"x","result":{}})"),
              "a message with a method has no result and no error");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","result":{}})"), "id is neither a string nor an integer");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})"),
              "there is a result and an error, one is wanted");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1,"error":{"code":"x"}})"),
              "the error has no code or no message");
    EXPECT_EQ(Fault(R"({"jsonrpc":"2.0","id":1})"), "there is no method, no result and no error");
}

TEST(JsonRpc, BuildsWhatItReads)
{
    json_t *id = json_string("a");
    json_t *messages[] = {sl_jsonrpc_request(7, "tools/list", json_object()),
                          sl_jsonrpc_notification("x", nullptr),
                          sl_jsonrpc_result(id, json_object()),
                          sl_jsonrpc_error(nullptr, -32700, "broken", json_pack("{s:b}", "a", 1))};
    const char *texts[] = {R"({"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}})",
                           R"({"jsonrpc":"2.0","method":"x"})",
                           R"({"jsonrpc":"2.0","id":"a","result":{}})",
                           R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,)"
                           R"("message":"broken","data":{"a":true}}})"};

    for (size_t i = 0; i < 4; i++) {
        struct sl_jsonrpc_message message;
        char *text = sl_json_text(messages[i], SL_JSON_COMPACT);
        EXPECT_STREQ(text, texts[i]);
        EXPECT_EQ(sl_jsonrpc_read(messages[i], &message, nullptr), SL_OK);
        sl_free(text);
        json_decref(messages[i]);
    }
    json_decref(id);
}

} // namespace
