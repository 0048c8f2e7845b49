#include <gtest/gtest.h>

#include <string>

#include "every_field.pb-c.h"
#include "json/message.h"

/*
 * What protobuf's conformance tests require of ProtoJSON
 * (conformance/binary_json_conformance_suite), said anew: a text, and the canonical text of what
 * was read; "" where it must be refused.
 */

namespace
{

struct Case {
    const char *given, *wanted;
};

class Conformance : public testing::TestWithParam<Case>
{
};

std::string RoundTrip(const std::string &text)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_error err = {};
    json_t *json = nullptr, *back = nullptr;
    ProtobufCMessage *message = nullptr;
    std::string result;
    if (sl_json_parse(text.data(), text.size(), nullptr, &json, &err) == SL_OK &&
        sl_message_from_json(&servicelane__test__every_field__descriptor, json, SL_DIALECT_PROTO,
                             arena, &message, &err) == SL_OK) {
        enum sl_code code = sl_message_to_json(message, SL_DIALECT_PROTO, &back, &err);
        result = code == SL_OK ? sl_json_arena_text(back, SL_JSON_COMPACT, arena) : "";
    }
    json_decref(json);
    json_decref(back);
    sl_arena_free(arena);
    return result;
}

const Case kCases[] = {
    /* Field names: both, and each by its escapes. */
    {R"({"an_int32":1,"aSint32":2})", R"({"anInt32":1,"aSint32":2})"},
    {R"({"an\u0049nt32":1})", R"({"anInt32":1})"},
    /* int32: bounds, exponents, quotes. */
    {R"({"anInt32":2147483647})", R"({"anInt32":2147483647})"},
    {R"({"anInt32":-2147483648})", R"({"anInt32":-2147483648})"},
    {R"({"anInt32":"-5"})", R"({"anInt32":-5})"},
    {R"({"anInt32":1e5})", R"({"anInt32":100000})"},
    {R"({"anInt32":100000.000})", R"({"anInt32":100000})"},
    {R"({"anInt32":2147483648})", ""},
    {R"({"anInt32":0.5})", ""},
    {R"({"anInt32":" 5"})", ""},
    {R"({"anInt32":"5x"})", ""},
    {R"({"anInt32":true})", ""},
    {R"({"anInt32":null})", "{}"},
    {R"({"anInt32":0})", "{}"},
    /* uint32. */
    {R"({"aUint32":4294967295})", R"({"aUint32":4294967295})"},
    {R"({"aUint32":4294967296})", ""},
    {R"({"aUint32":-1})", ""},
    /* 64 bits are strings. */
    {R"({"anInt64":"9223372036854775807"})", R"({"anInt64":"9223372036854775807"})"},
    {R"({"anInt64":"-9223372036854775808"})", R"({"anInt64":"-9223372036854775808"})"},
    {R"({"anInt64":"9223372036854775808"})", ""},
    {R"({"anInt64":12345678})", R"({"anInt64":"12345678"})"},
    {R"({"aUint64":"18446744073709551615"})", R"({"aUint64":"18446744073709551615"})"},
    {R"({"aUint64":"18446744073709551616"})", ""},
    {R"({"aUint64":"-1"})", ""},
    /* Floats. */
    {R"({"aDouble":1.5})", R"({"aDouble":1.5})"},
    {R"({"aDouble":"1.5"})", R"({"aDouble":1.5})"},
    {R"({"aDouble":"NaN"})", R"({"aDouble":"NaN"})"},
    {R"({"aDouble":"Infinity","aFloat":"-Infinity"})",
     R"({"aFloat":"-Infinity","aDouble":"Infinity"})"},
    {R"({"aDouble":NaN})", ""},
    {R"({"aDouble":Infinity})", ""},
    {R"({"aDouble":"inf"})", ""},
    {R"({"aDouble":1.89769e+308})", ""},
    {R"({"aFloat":3.502823e+38})", ""},
    {R"({"aFloat":-3.502823e+38})", ""},
    /* Booleans and texts. */
    {R"({"aBool":true})", R"({"aBool":true})"},
    {R"({"aBool":0})", ""},
    {R"({"aBool":"true"})", ""},
    {R"({"text":"\u8c37\u6b4c \ud83d\ude01"})", "{\"text\":\"谷歌 😁\"}"},
    {R"({"text":12})", ""},
    {R"({"text":"\ud800"})", ""},
    {R"({"text":"\udc00"})", ""},
    {R"({"blob":"AQI="})", R"({"blob":"AQI="})"},
    {R"({"blob":"-_"})", R"({"blob":"+w=="})"},
    {R"({"blob":"&&"})", ""},
    /* Enums: by name, by number, unknown numbers stay. */
    {R"({"colour":"PAINT_COLOUR_BLUE"})", R"({"colour":"PAINT_COLOUR_BLUE"})"},
    {R"({"colour":2})", R"({"colour":"PAINT_COLOUR_BLUE"})"},
    {R"({"colour":123})", R"({"colour":123})"},
    {R"({"colour":"UNKNOWN"})", ""},
    /* Messages, lists, maps. */
    {R"({"wheel":{}})", R"({"wheel":{}})"},
    {R"({"wheel":[]})", ""},
    {R"({"numbers":["1",2],"texts":null})", R"({"numbers":["1","2"]})"},
    {R"({"numbers":[null]})", ""},
    {R"({"numbers":1})", ""},
    {R"({"counts":{"":"1"}})", R"({"counts":{"":"1"}})"},
    {R"({"counts":{"a":null}})", ""},
    {R"({"wheelsByPlace":{"-1":{}},"textsByBool":{"true":"t"}})",
     R"({"wheelsByPlace":{"-1":{}},"textsByBool":{"true":"t"}})"},
    {R"({"wheelsByPlace":{"x":{}}})", ""},
    {R"({"textsByBool":{"1":"t"}})", ""},
    /* Oneofs: one member only. */
    {R"({"chosenText":""})", R"({"chosenText":""})"},
    {R"({"chosenText":"a","chosenBool":true})", ""},
    {R"({"chosenText":null,"chosenBool":true})", R"({"chosenBool":true})"},
    /* Wrappers: a default is there, null is not. */
    {R"({"stringBox":"","int64Box":"0","boolBox":false,"doubleBox":0,"bytesBox":""})",
     R"({"stringBox":"","int64Box":"0","boolBox":false,"doubleBox":0,"bytesBox":""})"},
    {R"({"stringBox":null})", "{}"},
    {R"({"boolBox":1})", ""},
    /* Timestamps. */
    {R"({"time":"1970-01-01T00:00:00Z"})", R"({"time":"1970-01-01T00:00:00Z"})"},
    {R"({"time":"0001-01-01T00:00:00Z"})", R"({"time":"0001-01-01T00:00:00Z"})"},
    {R"({"time":"9999-12-31T23:59:59.999999999Z"})",
     R"({"time":"9999-12-31T23:59:59.999999999Z"})"},
    {R"({"time":"1970-01-01T00:00:00.010Z"})", R"({"time":"1970-01-01T00:00:00.010Z"})"},
    {R"({"time":"1970-01-01T08:00:01+08:00"})", R"({"time":"1970-01-01T00:00:01Z"})"},
    {R"({"time":"0000-01-01T00:00:00Z"})", ""},
    {R"({"time":"10000-01-01T00:00:00Z"})", ""},
    {R"({"time":"1970-01-01t00:00:00Z"})", ""},
    {R"({"time":"1970-01-01T00:00:00"})", ""},
    {R"({"time":"0001-01-01T00:00:00+01:00"})", ""},
    /* Durations. */
    {R"({"duration":"1.5s"})", R"({"duration":"1.500s"})"},
    {R"({"duration":"-315576000000.999999999s"})", R"({"duration":"-315576000000.999999999s"})"},
    {R"({"duration":"0s"})", R"({"duration":"0s"})"},
    {R"({"duration":"1"})", ""},
    {R"({"duration":"315576000001s"})", ""},
    {R"({"duration":"-315576000001s"})", ""},
    /* Struct, Value, ListValue. */
    {R"({"free":{"a":null,"b":[1,"x",{"c":true}]}})",
     R"({"free":{"a":null,"b":[1,"x",{"c":true}]}})"},
    {R"({"free":1})", ""},
    {R"({"anyValue":null})", R"({"anyValue":null})"},
    {R"({"anyValue":[[]]})", R"({"anyValue":[[]]})"},
    {R"({"values":[null,1]})", R"({"values":[null,1]})"},
    {R"({"list":[0,"hello"]})", R"({"list":[0,"hello"]})"},
    {R"({"list":{}})", ""},
    /* FieldMask and Empty. */
    {R"({"mask":"foo,barBaz"})", R"({"mask":"foo,barBaz"})"},
    {R"({"mask":"foo_bar"})", ""},
    {R"({"empty":{}})", R"({"empty":{}})"},
};

} // namespace

TEST_P(Conformance, ReadsAndWritesAsProtobufDoes)
{
    EXPECT_EQ(GetParam().wanted, RoundTrip(GetParam().given)) << GetParam().given;
}

INSTANTIATE_TEST_SUITE_P(ProtoJson, Conformance, testing::ValuesIn(kCases));
