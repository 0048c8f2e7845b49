#include "fixture.h"
#include "mcp/param_headers.h"

namespace
{

using ::testing::HasSubstr;

class McpParamHeaders : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        arena_ = sl_arena_new();
    }

    void TearDown() override
    {
        sl_arena_free(arena_);
    }

    json_t *Json(const std::string &text)
    {
        json_t *value = nullptr;

        EXPECT_EQ(SL_OK, sl_json_parse(text.data(), text.size(), nullptr, &value, &err_)) << text;
        return sl_json_own(arena_, value);
    }

    struct sl_arena *arena_ = nullptr;
    struct sl_error err_ = {};
};

TEST_F(McpParamHeaders, WrapsWhatNoHeaderHolds)
{
    const struct {
        const char *value;
        const char *header;
    } cases[] = {
        {"us-west1", "us-west1"},
        {"", ""},
        {"Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="},
        {" padded ", "=?base64?IHBhZGRlZCA=?="},
        {"line1\nline2", "=?base64?bGluZTEKbGluZTI=?="},
        {"=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="},
    };

    for (const auto &c : cases) {
        EXPECT_STREQ(sl_mcp_encode_header(c.value, arena_), c.header);
        EXPECT_STREQ(sl_mcp_decode_header(c.header, arena_), c.value);
    }
    EXPECT_EQ(sl_mcp_decode_header("=?base64?SGVsbG8?=", arena_), nullptr);
    EXPECT_EQ(sl_mcp_decode_header("=?base64?SGVs!G8=?=", arena_), nullptr);
    EXPECT_STREQ(sl_mcp_decode_header("SGVsbG8=", arena_), "SGVsbG8=");
}

TEST_F(McpParamHeaders, RefusesMarksThatCannotBeSent)
{
    const char *wrong[] = {
        R"({"properties":{"a":{"type":"string","x-mcp-header":""}}})",
        R"({"properties":{"a":{"type":"string","x-mcp-header":"a b"}}})",
        R"({"properties":{"a":{"type":"string","x-mcp-header":"é"}}})",
        R"({"properties":{"a":{"type":"number","x-mcp-header":"A"}}})",
        R"({"properties":{"a":{"x-mcp-header":"A"}}})",
        R"({"properties":{"a":{"type":"string","x-mcp-header":"A"},)"
        R"("b":{"type":"string","x-mcp-header":"a"}}})",
        R"({"properties":{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}})",
    };

    for (const char *schema : wrong)
        EXPECT_EQ(sl_mcp_check_param_headers(Json(schema), &err_), SL_INVALID_ARGUMENT) << schema;
    EXPECT_EQ(sl_mcp_check_param_headers(Json(R"({"properties":{"o":{"type":"object","properties":)"
                                              R"({"a":{"type":"integer","x-mcp-header":"A"}}}}})"),
                                         &err_),
              SL_OK);
}

TEST_F(McpParamHeaders, SaysWhatTheArgumentsSay)
{
    json_t *schema = Json(R"({"properties":{"s":{"type":"string","x-mcp-header":"S"},)"
                          R"("n":{"type":"integer","x-mcp-header":"N"},)"
                          R"("b":{"type":"boolean","x-mcp-header":"B"},)"
                          R"("o":{"properties":{"x":{"type":"string","x-mcp-header":"X"}}}}})");
    json_t *arguments = Json(R"({"s":" a","n":-7,"b":null,"o":{"x":"deep"}})");
    struct sl_headers headers = {};

    ASSERT_EQ(SL_OK, sl_mcp_add_param_headers(schema, arguments, &headers, arena_));
    EXPECT_EQ(headers.count, 3u);
    EXPECT_STREQ(sl_headers_get(&headers, "Mcp-Param-S"), "=?base64?IGE=?=");
    EXPECT_STREQ(sl_headers_get(&headers, "Mcp-Param-N"), "-7");
    EXPECT_STREQ(sl_headers_get(&headers, "Mcp-Param-X"), "deep");
    EXPECT_EQ(sl_mcp_match_param_headers(schema, arguments, &headers, arena_, &err_), SL_OK);
    EXPECT_EQ(sl_mcp_match_param_headers(schema, Json(R"({"s":" a","n":-7.0,"o":{"x":"deep"}})"),
                                         &headers, arena_, &err_),
              SL_OK);
    for (const char *other :
         {R"({"s":"b","n":-7,"o":{"x":"deep"}})", R"({"n":-7,"o":{"x":"deep"}})",
          R"({"s":" a","n":8,"o":{"x":"deep"}})", R"({"s":" a","n":-7,"b":true,"o":{"x":"deep"}})"})
        EXPECT_EQ(sl_mcp_match_param_headers(schema, Json(other), &headers, arena_, &err_),
                  SL_INVALID_ARGUMENT)
            << other;
    EXPECT_THAT(std::string(err_.message), HasSubstr("Mcp-Param-B is missing"));
}

} // namespace
