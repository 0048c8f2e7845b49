#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

#include "base/memory.h"
#include "google/protobuf/struct.pb-c.h"
#include "json/message.h"

namespace
{

using ::testing::HasSubstr;

class Struct : public ::testing::Test
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

        EXPECT_EQ(sl_json_parse(text.data(), text.size(), nullptr, &value, &error_), SL_OK)
            << error_.message;
        return sl_json_own(arena_, value);
    }

    enum sl_code Read(const ProtobufCMessageDescriptor &type, const std::string &text)
    {
        error_ = {};
        return sl_struct_from_json(&type, Json(text), arena_, &message_, &error_);
    }

    std::string Text(const ProtobufCMessage *message)
    {
        json_t *value = nullptr;

        error_ = {};
        if (sl_struct_to_json(message, &value, &error_) != SL_OK)
            return error_.message;
        return sl_json_arena_text(sl_json_own(arena_, value), SL_JSON_COMPACT, arena_);
    }

    struct sl_arena *arena_ = nullptr;
    ProtobufCMessage *message_ = nullptr;
    struct sl_error error_ = {};
};

TEST_F(Struct, GoesThereAndBack)
{
    const char *text =
        R"({"amount":100,"rate":0.5,"name":"Brake Pad Set","ok":true,"no":false,)"
        R"("nothing":null,"list":[1,"a",[],{}],"inner":{"deep":{"er":[{"x":-1}]}},"":1})";

    ASSERT_EQ(Read(google__protobuf__struct__descriptor, text), SL_OK) << error_.message;
    EXPECT_EQ(Text(message_), text);
}

TEST_F(Struct, IsWhatProtobufReadsToo)
{
    ASSERT_EQ(Read(google__protobuf__struct__descriptor, R"({"a":[1,{"b":"x"}],"c":null})"), SL_OK);
    std::string bytes(protobuf_c_message_get_packed_size(message_), '\0');
    auto *data = reinterpret_cast<uint8_t *>(&bytes[0]);
    protobuf_c_message_pack(message_, data);
    Google__Protobuf__Struct *unpacked =
        google__protobuf__struct__unpack(nullptr, bytes.size(), data);
    ASSERT_NE(unpacked, nullptr);
    EXPECT_EQ(Text(&unpacked->base), R"({"a":[1,{"b":"x"}],"c":null})");
    google__protobuf__struct__free_unpacked(unpacked, nullptr);
}

TEST_F(Struct, ReadsValuesAndLists)
{
    for (const char *text : {"null", "1", "-2.5", "\"x\"", "true", "[1,2]", "{\"a\":[]}"}) {
        ASSERT_EQ(Read(google__protobuf__value__descriptor, text), SL_OK) << text;
        EXPECT_EQ(Text(message_), text);
    }
    ASSERT_EQ(Read(google__protobuf__list_value__descriptor, "[1,[2]]"), SL_OK);
    EXPECT_EQ(Text(message_), "[1,[2]]");
}

TEST_F(Struct, GivesBackWholeNumbersWithoutPoint)
{
    ASSERT_EQ(Read(google__protobuf__value__descriptor, "[100.0,1e3,-0.0,9007199254740992]"),
              SL_OK);
    EXPECT_EQ(Text(message_), "[100,1000,0,9007199254740992]");
}

TEST_F(Struct, RefusesIntegersThatNoDoubleHolds)
{
    EXPECT_EQ(Read(google__protobuf__struct__descriptor, R"({"a":{"b":[0,9007199254740993]}})"),
              SL_INVALID_ARGUMENT);
    EXPECT_STREQ(error_.message, "a.b[1]: 9007199254740993 is an integer, an integer within 2^53 "
                                 "(or a string) is wanted");
    EXPECT_EQ(Read(google__protobuf__value__descriptor, "-9007199254740993"), SL_INVALID_ARGUMENT);
    EXPECT_EQ(Read(google__protobuf__value__descriptor, "1e300"), SL_OK);
}

TEST_F(Struct, RefusesAnotherKindOfValue)
{
    EXPECT_EQ(Read(google__protobuf__struct__descriptor, "[1]"), SL_INVALID_ARGUMENT);
    EXPECT_STREQ(error_.message, "an array is given, an object is wanted");
    EXPECT_EQ(Read(google__protobuf__list_value__descriptor, "{}"), SL_INVALID_ARGUMENT);
    EXPECT_EQ(Read(google__protobuf__list_value__descriptor, "null"), SL_INVALID_ARGUMENT);
}

TEST_F(Struct, RefusesANulInText)
{
    json_t *value = sl_json_own(arena_, json_stringn("a\0b", 3));

    EXPECT_EQ(sl_struct_from_json(&google__protobuf__value__descriptor, value, arena_, &message_,
                                  &error_),
              SL_INVALID_ARGUMENT);
    EXPECT_EQ(message_, nullptr);
}

TEST_F(Struct, RefusesAValueWithoutKind)
{
    Google__Protobuf__Value value;
    json_t *json = nullptr;

    google__protobuf__value__init(&value);
    EXPECT_EQ(sl_struct_to_json(&value.base, &json, &error_), SL_INVALID_ARGUMENT);
    EXPECT_THAT(std::string(error_.message), HasSubstr("has no kind"));
    EXPECT_EQ(json, nullptr);
    value.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE;
    value.number_value = INFINITY;
    EXPECT_EQ(sl_struct_to_json(&value.base, &json, &error_), SL_INVALID_ARGUMENT);
}

TEST_F(Struct, TakesAnEntryWithoutValueForNull)
{
    Google__Protobuf__Struct__FieldsEntry entry = GOOGLE__PROTOBUF__STRUCT__FIELDS_ENTRY__INIT;
    Google__Protobuf__Struct__FieldsEntry *entries[] = {&entry};
    Google__Protobuf__Struct message = GOOGLE__PROTOBUF__STRUCT__INIT;

    message.n_fields = 1;
    message.fields = entries;
    EXPECT_EQ(Text(&message.base), R"({"":null})");
    EXPECT_EQ(Text(nullptr), "null");
}

TEST_F(Struct, RefusesOtherMessages)
{
    Google__Protobuf__Struct__FieldsEntry entry = GOOGLE__PROTOBUF__STRUCT__FIELDS_ENTRY__INIT;

    EXPECT_THAT(Text(&entry.base), HasSubstr("Struct, Value or ListValue is wanted"));
    EXPECT_EQ(Read(google__protobuf__struct__fields_entry__descriptor, "{}"), SL_INVALID_ARGUMENT);
}

TEST_F(Struct, BoundsDepthBothWays)
{
    Google__Protobuf__Value values[120];
    Google__Protobuf__ListValue lists[120];
    Google__Protobuf__Value *pointers[120];

    for (int i = 119; i >= 0; i--) {
        google__protobuf__value__init(&values[i]);
        google__protobuf__list_value__init(&lists[i]);
        pointers[i] = &values[i];
        values[i].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_LIST_VALUE;
        values[i].list_value = &lists[i];
        lists[i].n_values = i < 119;
        lists[i].values = i < 119 ? &pointers[i + 1] : nullptr;
    }
    EXPECT_THAT(Text(&values[0].base), HasSubstr("nested deeper than 100 levels"));
    json_t *deep = json_array();
    for (int i = 0; i < 32; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, deep);
        deep = outer;
    }
    sl_json_own(arena_, deep);
    EXPECT_EQ(
        sl_struct_from_json(&google__protobuf__value__descriptor, deep, arena_, &message_, &error_),
        SL_INVALID_ARGUMENT);
    EXPECT_THAT(std::string(error_.message), HasSubstr("nested deeper than 32 levels"));
}

TEST_F(Struct, SaysWhenMemoryIsOut)
{
    json_t *value =
        Json(R"({"a":[1,{"b":"cccccccccccccccccccccccccccccccccccccccccccccccccccc"}]})");
    bool has_failed = false;

    for (long successes = 0; successes < 3; successes++) {
        struct sl_arena *arena = sl_arena_new();
        std::string big(100000, 'x');
        json_t *text = json_string(big.c_str());
        json_object_set_new(value, "big", text);
        sl_alloc_fail_after(successes);
        enum sl_code code = sl_struct_from_json(&google__protobuf__struct__descriptor, value, arena,
                                                &message_, &error_);
        sl_alloc_fail_after(-1);
        EXPECT_TRUE(code == SL_OK || code == SL_RESOURCE_EXHAUSTED);
        has_failed = has_failed || code == SL_RESOURCE_EXHAUSTED;
        sl_arena_free(arena);
    }
    EXPECT_TRUE(has_failed);
}

} // namespace
