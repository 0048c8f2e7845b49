#include "tools/protoc-gen-grpc-c/names.h"

#include <gtest/gtest.h>

#include "tools/protoc-gen-grpc-c/options.h"

namespace
{

class Names : public testing::Test
{
  protected:
    ~Names() override
    {
        sl_arena_free(arena);
    }

    struct sl_arena *arena = sl_arena_new();
    struct sl_error err = {};
};

TEST_F(Names, MethodsBecomeSnakeCase)
{
    const struct {
        const char *name;
        const char *expected;
    } cases[] = {
        {"Execute", "execute"},
        {"GetHTTPStatus", "get_http_status"},
        {"ListV2Items", "list_v2_items"},
        {"lower_case", "lower_case"},
        {"Mixed_Case", "mixed_case"},
        {"HTTP", "http"},
        {"A", "a"},
        {"getX", "get_x"},
    };
    for (const auto &one : cases)
        EXPECT_STREQ(gen_snake_case(arena, one.name), one.expected);
}

TEST_F(Names, MessagesAreCalledAsByProtocC)
{
    EXPECT_STREQ(gen_message_type(arena, "foo.bar_baz.MyURLMessage"), "Foo__BarBaz__MyURLMessage");
    EXPECT_STREQ(gen_message_descriptor(arena, "foo.bar_baz.MyURLMessage"),
                 "foo__bar_baz__my_urlmessage__descriptor");
    EXPECT_STREQ(gen_message_type(arena, ".Plain"), "Plain");
}

TEST_F(Names, PathsBecomeNames)
{
    EXPECT_STREQ(gen_path_name(arena, "a/b-c.d.proto"), "a_b_c_d");
    EXPECT_STREQ(gen_path_name(arena, "3d.proto"), "proto_3d");
    EXPECT_STREQ(gen_path_stem(arena, "a/b.proto"), "a/b");
    EXPECT_STREQ(gen_path_stem(arena, "b.protodevel"), "b");
}

TEST_F(Names, KeywordsOfBothLanguagesAreKnown)
{
    for (const char *word : {"_Alignas", "and", "delete", "inline", "new", "register", "restrict",
                             "static_assert", "thread_local", "while", "xor_eq"})
        EXPECT_TRUE(gen_is_keyword(word)) << word;
    for (const char *word : {"", "execute", "deleted", "xor_", "Delete"})
        EXPECT_FALSE(gen_is_keyword(word)) << word;
}

TEST_F(Names, ClashSaysWhereBothAre)
{
    struct gen_names names = {};
    const struct gen_name a = {"x_start", "method p.X.Start", {"b.proto", 7, 3}};
    const struct gen_name b = {"x_start", "method p.X", {"a.proto", 4, 5}};

    ASSERT_EQ(gen_names_add(&names, arena, &a, &err), SL_OK);
    EXPECT_EQ(gen_names_check(&names, arena, &err), SL_OK);
    ASSERT_EQ(gen_names_add(&names, arena, &b, &err), SL_OK);
    ASSERT_EQ(gen_names_check(&names, arena, &err), SL_ALREADY_EXISTS);
    EXPECT_STREQ(
        err.message,
        "b.proto:7:3: method p.X.Start would have the C name x_start, as has method p.X at "
        "a.proto:4:5; give one another by the parameter name.<full name>=<C name> or "
        "prefix.<package>=<prefix>");
}

TEST_F(Names, ParametersAreRead)
{
    struct gen_options options = {};

    ASSERT_EQ(gen_options_parse("prefix.a.b=c_,name.a.b.S=t,comments.a=none,prefix.a.b=d_", arena,
                                &options, &err),
              SL_OK)
        << err.message;
    EXPECT_STREQ(gen_options_get(&options, GEN_OPTION_PREFIX, "a.b"), "d_");
    EXPECT_STREQ(gen_options_get(&options, GEN_OPTION_NAME, "a.b.S"), "t");
    EXPECT_EQ(gen_options_get(&options, GEN_OPTION_NAME, "a.b"), nullptr);
    EXPECT_EQ(gen_options_parse(nullptr, arena, &options, &err), SL_OK);
}

TEST_F(Names, ParametersThatMeanNothingAreRefused)
{
    struct gen_options options = {};

    for (const char *text : {"x", "prefix", "prefix.a", "prefix.a=1", "name.a=", "name.a=int",
                             "comments.a=yes", "prefix.a=b-c"}) {
        EXPECT_EQ(gen_options_parse(text, arena, &options, &err), SL_INVALID_ARGUMENT) << text;
        EXPECT_NE(std::string(err.message).find(text), std::string::npos) << err.message;
    }
}

} // namespace
