#include "rpc/metadata.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct Metadata : testing::Test {
    struct sl_arena *arena = sl_arena_new();
    struct sl_metadata metadata = {};
    void TearDown() override
    {
        sl_arena_free(arena);
    }
};

TEST_F(Metadata, KeepsOrderAndRepetition)
{
    for (int i = 0; i < 20; i++)
        ASSERT_EQ(sl_metadata_add(&metadata, arena, "X-Key", std::to_string(i).c_str()), SL_OK);
    ASSERT_EQ(metadata.count, 20u);
    EXPECT_STREQ(sl_metadata_get(&metadata, "x-key"), "0");
    EXPECT_STREQ(metadata.entries[19].value, "19");
    EXPECT_STREQ(metadata.entries[19].key, "x-key");
    EXPECT_EQ(sl_metadata_get(&metadata, "X-Key"), nullptr);
    EXPECT_EQ(sl_metadata_get(nullptr, "x-key"), nullptr);
}

TEST_F(Metadata, CopiesWhatItIsGiven)
{
    char key[] = "x-key", value[] = "value";
    ASSERT_EQ(sl_metadata_add(&metadata, arena, key, value), SL_OK);
    key[0] = value[0] = '?';
    EXPECT_STREQ(sl_metadata_get(&metadata, "x-key"), "value");
}

TEST_F(Metadata, RefusesWhatGrpcWouldNotSend)
{
    for (const char *key :
         {"", ":path", "with space", "umläut", "grpc-timeout", "Content-Type", "te"})
        EXPECT_EQ(sl_metadata_add(&metadata, arena, key, "x"), SL_INVALID_ARGUMENT) << key;
    for (const char *value : {"line\nbreak", "umläut", "\x7f"})
        EXPECT_EQ(sl_metadata_add(&metadata, arena, "x-key", value), SL_INVALID_ARGUMENT) << value;
    EXPECT_EQ(metadata.count, 0u);
}

TEST_F(Metadata, TakesAnyBytesUnderBinaryKeys)
{
    ASSERT_EQ(sl_metadata_add_bytes(&metadata, arena, "x-any-bin", "a\0\n\xff", 4), SL_OK);
    EXPECT_EQ(metadata.entries[0].length, 4u);
    EXPECT_EQ(std::string(metadata.entries[0].value, 4), std::string("a\0\n\xff", 4));
    EXPECT_EQ(metadata.entries[0].value[4], '\0');
}

} // namespace
