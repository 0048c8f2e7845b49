#include "rpc/codec.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/memory.h"
#include "google/protobuf/struct.pb-c.h"
#include "google/protobuf/wrappers.pb-c.h"

namespace
{

const ProtobufCMessageDescriptor *const STRING = &google__protobuf__string_value__descriptor;
const ProtobufCMessageDescriptor *const STRUCT = &google__protobuf__struct__descriptor;
const ProtobufCMessageDescriptor *const LIST = &google__protobuf__list_value__descriptor;

std::string varint(uint64_t value)
{
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes += static_cast<char>(value | 0x80);
    return bytes + static_cast<char>(value);
}

/* A field that holds bytes. */
std::string field(unsigned number, const std::string &body)
{
    return varint(number << 3 | 2) + varint(body.size()) + body;
}

/* A ListValue in which `levels` messages nest: values[0].list_value.values[0]... */
std::string nested(int levels)
{
    std::string bytes;
    for (int i = levels; i > 0; i--)
        bytes = field(i % 2 == 1 ? 1 : 6, bytes);
    return bytes;
}

struct Codec : testing::Test {
    struct sl_arena *arena = sl_arena_new();
    struct sl_error error = {};
    ProtobufCMessage *message = nullptr;

    void TearDown() override
    {
        sl_arena_free(arena);
    }
    enum sl_code unpack(const ProtobufCMessageDescriptor *type, const std::string &bytes)
    {
        message = nullptr;
        return sl_message_unpack(type, bytes.data(), bytes.size(), arena, &message, &error);
    }
    void refuses(const ProtobufCMessageDescriptor *type, const std::string &bytes,
                 const std::string &why)
    {
        EXPECT_EQ(unpack(type, bytes), SL_INVALID_ARGUMENT) << why;
        EXPECT_EQ(message, nullptr);
        EXPECT_NE(std::string(error.message).find(why), std::string::npos) << error.message;
    }
};

TEST_F(Codec, PacksWhatItUnpacked)
{
    std::string bytes = field(1, field(1, "key") + field(2, field(3, "välue")));
    ASSERT_EQ(unpack(STRUCT, bytes), SL_OK) << error.message;
    auto *got = reinterpret_cast<Google__Protobuf__Struct *>(message);
    ASSERT_EQ(got->n_fields, 1u);
    EXPECT_STREQ(got->fields[0]->key, "key");
    EXPECT_STREQ(got->fields[0]->value->string_value, "välue");
    uint8_t *packed = nullptr;
    size_t length = 0;
    ASSERT_EQ(sl_message_pack(message, arena, &packed, &length, &error), SL_OK);
    EXPECT_EQ(std::string(reinterpret_cast<char *>(packed), length), bytes);
}

TEST_F(Codec, TakesTheEmptyMessage)
{
    EXPECT_EQ(sl_message_unpack(STRING, nullptr, 0, arena, &message, &error), SL_OK);
    EXPECT_STREQ(reinterpret_cast<Google__Protobuf__StringValue *>(message)->value, "");
}

TEST_F(Codec, KeepsUnknownFields)
{
    std::string bytes = field(1, "known") + field(77, std::string("any\0\xff", 5)) +
                        varint(78 << 3) + varint(5) + varint(79 << 3 | 5) + "1234";
    ASSERT_EQ(unpack(STRING, bytes), SL_OK) << error.message;
    EXPECT_EQ(message->n_unknown_fields, 3u);
    uint8_t *packed = nullptr;
    size_t length = 0;
    ASSERT_EQ(sl_message_pack(message, arena, &packed, &length, &error), SL_OK);
    EXPECT_EQ(std::string(reinterpret_cast<char *>(packed), length), bytes);
}

TEST_F(Codec, RefusesWhatNestsTooDeep)
{
    EXPECT_EQ(unpack(LIST, nested(100)), SL_OK) << error.message;
    refuses(LIST, nested(101), "messages nest deeper than 100 levels");
    refuses(LIST, nested(10000), "messages nest deeper than 100 levels");
}

TEST_F(Codec, RefusesStringsThatAreNone)
{
    refuses(STRING, field(1, "\xff"), "google.protobuf.StringValue.value");
    refuses(STRING, field(1, "\xc0\x80"), "not UTF-8");
    refuses(STRING, field(1, "\xed\xa0\x80"), "not UTF-8");
    refuses(STRING, field(1, std::string("a\0b", 3)), "NUL");
    refuses(STRUCT, field(1, field(1, "\xff")), "key");
    EXPECT_EQ(unpack(STRING, field(1, "\xf0\x9f\x9a\x97")), SL_OK);
}

TEST_F(Codec, RefusesWhatIsCutOff)
{
    std::string whole = field(1, field(1, "key") + field(2, field(3, "value")));
    for (size_t length = 1; length < whole.size(); length++)
        EXPECT_EQ(unpack(STRUCT, whole.substr(0, length)), SL_INVALID_ARGUMENT) << length;
    refuses(STRING, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "beyond the end");
    refuses(STRING, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "cut off");
    refuses(STRING, std::string("\x0d\x01\x02", 3), "cut off");
    refuses(STRING, std::string("\x09\x01\x02", 3), "cut off");
}

TEST_F(Codec, RefusesTagsAndGroups)
{
    refuses(STRING, std::string("\x02\x00", 2), "tag");
    refuses(STRING, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "tag");
    refuses(STRING, "\x0b\x0c", "groups");
    refuses(STRING, "\x0f", "wire type");
    /* A number where a string belongs: protobuf-c finds that. */
    refuses(STRING, std::string("\x08\x01", 2), "no google.protobuf.StringValue");
}

TEST_F(Codec, GivesMapEntriesWithoutValueAnEmptyOne)
{
    std::string inner = field(5, field(1, field(1, "deep")));
    ASSERT_EQ(
        unpack(STRUCT, field(1, field(1, "bare")) + field(1, field(1, "k") + field(2, inner))),
        SL_OK);
    auto *got = reinterpret_cast<Google__Protobuf__Struct *>(message);
    ASSERT_EQ(got->n_fields, 2u);
    ASSERT_NE(got->fields[0]->value, nullptr);
    EXPECT_EQ(got->fields[0]->value->kind_case, GOOGLE__PROTOBUF__VALUE__KIND__NOT_SET);
    auto *deep = got->fields[1]->value->struct_value;
    ASSERT_NE(deep->fields[0]->value, nullptr);
    EXPECT_STREQ(deep->fields[0]->key, "deep");
}

TEST_F(Codec, SaysWhenMemoryIsOut)
{
    std::string large = field(1, std::string(1024 * 1024, 'x'));
    sl_alloc_fail_after(0);
    enum sl_code code = unpack(STRING, large);
    sl_alloc_fail_after(-1);
    EXPECT_EQ(code, SL_RESOURCE_EXHAUSTED);
    EXPECT_EQ(message, nullptr);
}

/* Every byte of a valid message changed to many values: refused or taken, never more than that. */
TEST_F(Codec, SurvivesChangedBytes)
{
    const std::string whole =
        field(1, field(1, "key") +
                     field(2, field(5, field(1, field(1, "in") + field(2, nested(3)))))) +
        field(1, field(1, "n") + field(2, varint(2 << 3 | 1) + "12345678"));
    size_t taken = 0;
    for (size_t at = 0; at < whole.size(); at++) {
        for (int value = 0; value < 256; value++) {
            std::string changed = whole;
            changed[at] = static_cast<char>(value);
            if (unpack(STRUCT, changed) == SL_OK)
                taken++;
            sl_arena_reset(arena);
        }
    }
    EXPECT_GT(taken, whole.size());
}

} // namespace
