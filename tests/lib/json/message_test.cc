#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/memory.h"
#include "every_field.pb-c.h"
#include "json/message.h"

namespace
{

using ::testing::HasSubstr;
using Everything = Servicelane__Test__EveryField;
using Wheel = Servicelane__Test__Wheel;

class Message : public ::testing::Test
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

    Everything *Read(const std::string &text, enum sl_message_dialect dialect)
    {
        ProtobufCMessage *message = nullptr;

        error_ = {};
        enum sl_code code = sl_message_from_json(&servicelane__test__every_field__descriptor,
                                                 Json(text), dialect, arena_, &message, &error_);
        EXPECT_EQ(message == nullptr, code != SL_OK);
        return reinterpret_cast<Everything *>(message);
    }

    json_t *ToJson(const ProtobufCMessage *message, enum sl_message_dialect dialect)
    {
        json_t *value = nullptr;

        error_ = {};
        if (sl_message_to_json(message, dialect, &value, &error_) != SL_OK)
            return nullptr;
        return sl_json_own(arena_, value);
    }

    std::string Text(const ProtobufCMessage *message, enum sl_message_dialect dialect)
    {
        json_t *value = ToJson(message, dialect);

        return value ? sl_json_arena_text(value, SL_JSON_COMPACT, arena_) : error_.message;
    }

    std::string Member(const json_t *object, const char *name)
    {
        const json_t *member = json_object_get(object, name);

        return member ? sl_json_arena_text(member, SL_JSON_COMPACT, arena_) : "(missing)";
    }

    /** What reading says of a text that does not fit. */
    std::string Fault(const std::string &text, enum sl_message_dialect dialect = SL_DIALECT_REST)
    {
        EXPECT_EQ(Read(text, dialect), nullptr) << text;
        EXPECT_EQ(error_.code, SL_INVALID_ARGUMENT);
        return error_.message;
    }

    struct sl_arena *arena_ = nullptr;
    struct sl_error error_ = {};
};

TEST_F(Message, HasEveryFieldInTheRestDialect)
{
    Everything message = SERVICELANE__TEST__EVERY_FIELD__INIT;
    json_t *json = ToJson(&message.base, SL_DIALECT_REST);

    ASSERT_NE(json, nullptr) << error_.message;
    EXPECT_EQ(json_object_size(json), servicelane__test__every_field__descriptor.n_fields);
    EXPECT_EQ(Member(json, "an_int64"), "0");
    EXPECT_EQ(Member(json, "text"), "\"\"");
    EXPECT_EQ(Member(json, "blob"), "\"\"");
    EXPECT_EQ(Member(json, "a_bool"), "false");
    for (const char *absent : {"colour", "wheel", "chosen_text", "chosen_wheel", "note", "level",
                               "free", "any_value", "nothing", "time", "string_box", "inner"})
        EXPECT_EQ(Member(json, absent), "null") << absent;
    for (const char *list : {"numbers", "texts", "wheels", "colours", "values"})
        EXPECT_EQ(Member(json, list), "[]") << list;
    for (const char *map : {"counts", "wheels_by_place", "texts_by_bool"})
        EXPECT_EQ(Member(json, map), "{}") << map;
}

TEST_F(Message, LeavesDefaultsOutInProtoJson)
{
    Everything message = SERVICELANE__TEST__EVERY_FIELD__INIT;

    EXPECT_EQ(Text(&message.base, SL_DIALECT_PROTO), "{}");
    message.optional_level_case = SERVICELANE__TEST__EVERY_FIELD__OPTIONAL_LEVEL_LEVEL;
    message.choice_case = SERVICELANE__TEST__EVERY_FIELD__CHOICE_CHOSEN_BOOL;
    EXPECT_EQ(Text(&message.base, SL_DIALECT_PROTO), R"({"chosenBool":false,"level":0})");
}

const char all_proto[] =
    R"({"anInt32":-2147483648,"aSint32":2147483647,"aSfixed32":-5,"anInt64":"-9223372036854775808",)"
    R"("aSint64":"9223372036854775807","aSfixed64":"-6","aUint32":4294967295,"aFixed32":7,)"
    R"("aUint64":"18446744073709551615","aFixed64":"8","aFloat":0.1,"aDouble":0.30000000000000004,)"
    R"("aBool":true,"colour":"PAINT_COLOUR_DARK_RED","text":"\u00e9","blob":"AP8B",)"
    R"("wheel":{"maker":"m","sizeInches":17},"numbers":["1","-2"],"texts":["","b"],)"
    R"("wheels":[{"maker":"x"},{}],"colours":["PAINT_COLOUR_BLUE","PAINT_COLOUR_UNSPECIFIED"],)"
    R"("counts":{"a":"1","b":"0"},"wheelsByPlace":{"-1":{"maker":"w"}},)"
    R"("textsByBool":{"true":"yes","false":""},"chosenWheel":{},"note":"","level":0,)"
    R"("free":{"a":[1,null]},"anyValue":null,"list":[1,"x"],"time":"2026-06-25T10:41:45.123456Z",)"
    R"("duration":"-1.500s","empty":{},"mask":"user.displayName,photo","stringBox":"",)"
    R"("int64Box":"5","boolBox":false,"doubleBox":"NaN","bytesBox":"AQ==",)"
    R"("values":[null,1,{"a":true}],"inner":{"text":"in"}})";

TEST_F(Message, GoesThereAndBackInProtoJson)
{
    Everything *message = Read(all_proto, SL_DIALECT_PROTO);

    ASSERT_NE(message, nullptr) << error_.message;
    EXPECT_EQ(message->an_int64, INT64_MIN);
    EXPECT_EQ(message->a_uint64, UINT64_MAX);
    EXPECT_EQ(message->a_float, 0.1f);
    ASSERT_EQ(message->blob.len, 3u);
    EXPECT_EQ(message->blob.data[1], 0xff);
    EXPECT_EQ(message->choice_case, SERVICELANE__TEST__EVERY_FIELD__CHOICE_CHOSEN_WHEEL);
    EXPECT_EQ(message->optional_note_case, SERVICELANE__TEST__EVERY_FIELD__OPTIONAL_NOTE_NOTE);
    EXPECT_STREQ(message->mask->paths[0], "user.display_name");
    EXPECT_EQ(message->duration->nanos, -500000000);
    EXPECT_EQ(Text(&message->base, SL_DIALECT_PROTO),
              sl_json_arena_text(Json(all_proto), SL_JSON_COMPACT, arena_));
}

TEST_F(Message, SurvivesTheWire)
{
    Everything *message = Read(all_proto, SL_DIALECT_PROTO);
    ASSERT_NE(message, nullptr);
    std::string bytes(protobuf_c_message_get_packed_size(&message->base), '\0');
    auto *data = reinterpret_cast<uint8_t *>(&bytes[0]);
    protobuf_c_message_pack(&message->base, data);
    Everything *again = servicelane__test__every_field__unpack(nullptr, bytes.size(), data);

    ASSERT_NE(again, nullptr);
    EXPECT_EQ(Text(&again->base, SL_DIALECT_PROTO), Text(&message->base, SL_DIALECT_PROTO));
    servicelane__test__every_field__free_unpacked(again, nullptr);
}

TEST_F(Message, SpeaksToRestClientsInTheirWords)
{
    Everything *message = Read(
        R"({"an_int64":9007199254740993,"colour":"dark_red","colours":["blue","PAINT_COLOUR_DARK_RED",9],)"
        R"("counts":{"a":1},"note":"n","choice":"ignored","chosenText":"t","unknown":{"x":1},)"
        R"("time":"2026-06-25T12:41:45+02:00","any_value":{"amount":100.0},"wheels":[{"maker":"m"}]})",
        SL_DIALECT_REST);
    ASSERT_NE(message, nullptr) << error_.message;
    json_t *json = ToJson(&message->base, SL_DIALECT_REST);

    ASSERT_NE(json, nullptr) << error_.message;
    EXPECT_EQ(Member(json, "an_int64"), "9007199254740993");
    EXPECT_EQ(Member(json, "colour"), "\"dark_red\"");
    EXPECT_EQ(Member(json, "colours"), R"(["blue","dark_red",9])");
    EXPECT_EQ(Member(json, "counts"), R"({"a":1})");
    EXPECT_EQ(Member(json, "note"), "\"n\"");
    EXPECT_EQ(Member(json, "chosen_text"), "\"t\"");
    EXPECT_EQ(Member(json, "chosen_bool"), "null");
    EXPECT_EQ(Member(json, "time"), "\"2026-06-25T10:41:45Z\"");
    EXPECT_EQ(Member(json, "any_value"), R"({"amount":100})");
    EXPECT_EQ(Member(json, "wheels"), R"([{"maker":"m","size_inches":0}])");
}

TEST_F(Message, TakesNullForAbsent)
{
    Everything *message = Read(
        R"({"text":null,"wheel":null,"note":null,"numbers":null,"counts":null,"any_value":null})",
        SL_DIALECT_REST);

    ASSERT_NE(message, nullptr) << error_.message;
    EXPECT_STREQ(message->text, "");
    EXPECT_EQ(message->wheel, nullptr);
    EXPECT_EQ(message->optional_note_case, 0);
    EXPECT_EQ(message->any_value, nullptr);
    /* In ProtoJSON null is a google.protobuf.Value. */
    message = Read(R"({"anyValue":null,"text":null})", SL_DIALECT_PROTO);
    ASSERT_NE(message, nullptr);
    ASSERT_NE(message->any_value, nullptr);
    EXPECT_EQ(message->any_value->kind_case, GOOGLE__PROTOBUF__VALUE__KIND_NULL_VALUE);
}

TEST_F(Message, ReadsNumbersInEveryFormThatProtoJsonAllows)
{
    Everything *message = Read(
        R"({"an_int32":"-12","aUint64":"18446744073709551615","an_int64":5.0,"aDouble":"1.5e3","aFloat":"-Infinity"})",
        SL_DIALECT_PROTO);

    ASSERT_NE(message, nullptr) << error_.message;
    EXPECT_EQ(message->an_int32, -12);
    EXPECT_EQ(message->a_uint64, UINT64_MAX);
    EXPECT_EQ(message->an_int64, 5);
    EXPECT_EQ(message->a_double, 1500);
    EXPECT_EQ(message->a_float, -INFINITY);
}

TEST_F(Message, NamesWhatDoesNotFit)
{
    EXPECT_EQ(Fault(R"({"an_int32":"abc"})"),
              "an_int32: \"abc\" is a string, an integer of 32 bits is wanted");
    EXPECT_EQ(Fault(R"({"an_int32":2147483648})"),
              "an_int32: 2147483648 is an integer, an integer of 32 bits is wanted");
    EXPECT_EQ(Fault(R"({"an_int32":1.5})"),
              "an_int32: 1.5 is a number, an integer of 32 bits is wanted");
    EXPECT_EQ(Fault(R"({"a_uint32":-1})"),
              "a_uint32: -1 is an integer, an integer from 0 to 4294967295 is wanted");
    EXPECT_EQ(Fault(R"({"wheels":[{},{"maker":5}]})"),
              "wheels[1].maker: 5 is an integer, a string is wanted");
    EXPECT_EQ(Fault(R"({"counts":{"a":{}}})"),
              "counts.a: an object is given, an integer of 64 bits is wanted");
    EXPECT_EQ(Fault(R"({"colour":"pink"})"),
              "colour: \"pink\" is a string, one of dark_red, blue is wanted");
    EXPECT_EQ(Fault(R"({"inner":{"inner":{"a_bool":1}}})"),
              "inner.inner.a_bool: 1 is an integer, a boolean is wanted");
    EXPECT_EQ(Fault("[1]"), "an array is given, an object is wanted");
}

TEST_F(Message, RefusesWhatHasNoPlace)
{
    const char *cases[] = {
        R"({"a_uint64":-1})",
        R"({"a_uint64":18446744073709551616.0})",
        R"({"an_int32":""})",
        R"({"an_int32":"-"})",
        R"({"an_int64":"9223372036854775808"})",
        R"({"a_float":1e39})",
        R"({"a_double":"one"})",
        R"({"a_double":""})",
        R"({"a_double":true})",
        R"({"blob":"%%"})",
        R"({"text":1})",
        R"({"wheel":[]})",
        R"({"wheels":{}})",
        R"({"wheels":[null]})",
        R"({"numbers":[null]})",
        R"({"counts":[]})",
        R"({"texts_by_bool":{"yes":"x"}})",
        R"({"wheels_by_place":{"x":{}}})",
        R"({"chosen_text":"a","chosen_bool":true})",
        R"({"time":"2026-02-30T00:00:00Z"})",
        R"({"time":"2026-01-01T00:00:00"})",
        R"({"time":"2026-01-01 25:00:00Z"})",
        R"({"time":"0000-01-01T00:00:00Z"})",
        R"({"time":"2026-01-01T00:00:00.1234567890Z"})",
        R"({"time":1})",
        R"({"duration":"1.5"})",
        R"({"duration":"s"})",
        R"({"duration":"315576000001s"})",
        R"({"free":[]})",
        R"({"empty":1})",
        R"({"nothing":1.5})",
    };

    for (const char *text : cases)
        EXPECT_NE(Fault(text), "") << text;
    EXPECT_EQ(Fault(R"({"nonsense":1})", SL_DIALECT_PROTO),
              "nonsense: there is no field of this name");
    EXPECT_THAT(Fault(R"({"colour":"blue"})", SL_DIALECT_PROTO), HasSubstr("PAINT_COLOUR_BLUE"));
}

TEST_F(Message, WritesTimesOfAllYears)
{
    const struct {
        int64_t seconds;
        int32_t nanos;
        const char *text;
    } cases[] = {{0, 0, "\"1970-01-01T00:00:00Z\""},
                 {-62135596800, 0, "\"0001-01-01T00:00:00Z\""},
                 {253402300799, 999999999, "\"9999-12-31T23:59:59.999999999Z\""},
                 {951782400, 120000000, "\"2000-02-29T00:00:00.120Z\""}};

    for (const auto &expected : cases) {
        Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
        ProtobufCMessage *again = nullptr;

        time.seconds = expected.seconds;
        time.nanos = expected.nanos;
        EXPECT_EQ(Text(&time.base, SL_DIALECT_REST), expected.text);
        ASSERT_EQ(sl_message_from_json(&google__protobuf__timestamp__descriptor,
                                       Json(expected.text), SL_DIALECT_REST, arena_, &again,
                                       &error_),
                  SL_OK);
        EXPECT_EQ(reinterpret_cast<Google__Protobuf__Timestamp *>(again)->seconds,
                  expected.seconds);
        EXPECT_EQ(reinterpret_cast<Google__Protobuf__Timestamp *>(again)->nanos, expected.nanos);
    }
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = 253402300800;
    EXPECT_THAT(Text(&time.base, SL_DIALECT_REST), HasSubstr("years 1 to 9999"));
}

TEST_F(Message, RefusesTextThatIsNoUtf8)
{
    Wheel wheel = SERVICELANE__TEST__WHEEL__INIT;
    char broken[] = "\xff";

    wheel.maker = broken;
    EXPECT_EQ(Text(&wheel.base, SL_DIALECT_REST), "maker: the text is not UTF-8");
}

TEST_F(Message, BoundsDepth)
{
    std::vector<Everything> chain(200);

    for (size_t i = 0; i < chain.size(); i++) {
        servicelane__test__every_field__init(&chain[i]);
        if (i > 0)
            chain[i - 1].inner = &chain[i];
    }
    EXPECT_THAT(Text(&chain[0].base, SL_DIALECT_PROTO), HasSubstr("nested deeper than 100"));
}

TEST_F(Message, FindsFieldsByName)
{
    const auto *field = sl_message_field(&servicelane__test__wheel__descriptor, "size_inches");

    ASSERT_NE(field, nullptr);
    EXPECT_EQ(field->id, 2u);
    EXPECT_EQ(sl_message_field(&servicelane__test__wheel__descriptor, "sizeInches"), nullptr);
}

TEST_F(Message, SaysWhenMemoryIsOut)
{
    std::string big(200000, 'x');
    json_t *json = Json("{\"text\":\"" + big + "\"}");
    struct sl_arena *arena = sl_arena_new();
    ProtobufCMessage *message = nullptr;

    sl_alloc_fail_after(0);
    enum sl_code code = sl_message_from_json(&servicelane__test__every_field__descriptor, json,
                                             SL_DIALECT_REST, arena, &message, &error_);
    sl_alloc_fail_after(-1);
    EXPECT_EQ(code, SL_RESOURCE_EXHAUSTED);
    EXPECT_EQ(message, nullptr);
    sl_arena_free(arena);
}

} // namespace
