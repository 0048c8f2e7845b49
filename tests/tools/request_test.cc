/* The generator against requests that protoc would never send. */
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/memory.h"
#include "google/protobuf/compiler/plugin.pb-c.h"
#include "tools/protoc-gen-grpc-c/plugin.h"

namespace
{

using Request = Google__Protobuf__Compiler__CodeGeneratorRequest;
using Response = Google__Protobuf__Compiler__CodeGeneratorResponse;

std::string field(int number, const std::string &bytes)
{
    std::string out(1, static_cast<char>(number << 3 | 2));
    size_t length = bytes.size();

    for (; length >= 0x80; length >>= 7)
        out += static_cast<char>(length | 0x80);
    return out + static_cast<char>(length) + bytes;
}

std::string method(const std::string &name, const std::string &options = "")
{
    return field(2, field(1, name) + field(2, ".p.M") + field(3, ".p.M") + options);
}

/* A request for a.proto with message M and one service, made by hand. */
std::string request(const std::string &methods, const std::string &parameter = "")
{
    std::string file = field(1, "a.proto") + field(2, "p") + field(4, field(1, "M")) +
                       field(6, field(1, "Svc") + methods);

    return field(1, "a.proto") + field(2, parameter) + field(15, file);
}

struct Answer {
    enum sl_code code;
    std::string error;
    size_t files = 0;
};

Answer run(const std::string &bytes)
{
    struct sl_text in = {};
    struct sl_text out = {};
    struct sl_error err = {};
    Answer answer;

    sl_text_append_bytes(&in, bytes.data(), bytes.size());
    answer.code = gen_plugin_run(&in, &out, &err);
    answer.error = err.message;
    if (answer.code == SL_OK) {
        Response *response = google__protobuf__compiler__code_generator_response__unpack(
            nullptr, out.length, reinterpret_cast<const uint8_t *>(sl_text_string(&out)));
        if (response->error != nullptr)
            answer.error = response->error;
        answer.files = response->n_file;
        google__protobuf__compiler__code_generator_response__free_unpacked(response, nullptr);
    }
    sl_text_done(&in);
    sl_text_done(&out);
    return answer;
}

TEST(Request, ByHandWorks)
{
    Answer answer = run(request(method("Do")));

    EXPECT_EQ(answer.error, "");
    EXPECT_EQ(answer.files, 2u);
}

TEST(Request, GarbageIsAnError)
{
    EXPECT_EQ(run("garbage").code, SL_INVALID_ARGUMENT);
    EXPECT_NE(run("garbage").error.find("CodeGeneratorRequest"), std::string::npos);
    EXPECT_EQ(run(std::string(64, '\xff')).code, SL_INVALID_ARGUMENT);
}

TEST(Request, NestingTenThousandDeepIsAnError)
{
    std::string nested;

    for (int i = 0; i < 10000; i++)
        nested = field(3, nested);
    Answer answer = run(field(15, field(4, nested)));
    EXPECT_EQ(answer.code, SL_INVALID_ARGUMENT);
    EXPECT_NE(answer.error.find("nests deeper than 100 levels"), std::string::npos) << answer.error;
}

TEST(Request, StringsAreChecked)
{
    EXPECT_NE(run(request(method(std::string("a\0b", 3)))).error.find("NUL"), std::string::npos);
    EXPECT_NE(run(request(method("a\xff"))).error.find("not UTF-8"), std::string::npos);
}

TEST(Request, NamesThatAreNoneAreRefused)
{
    EXPECT_EQ(run(request(method("x(); int y"))).error,
              "a.proto: not the name of a method: \"x(); int y\"");
    EXPECT_EQ(run(request(method(""))).error, "a.proto: not the name of a method: \"\"");
    EXPECT_EQ(run(request(field(2, field(1, "Do") + field(2, ".p.X") + field(3, ".p.M")))).error,
              "a.proto: there is no message .p.X in the request \"p.Svc.Do\"");
    EXPECT_NE(run(field(1, "\"") + field(15, field(1, "\""))).error.find("not the name of a file"),
              std::string::npos);
    EXPECT_NE(
        run(field(15, field(1, "a") + field(2, "a b"))).error.find("not the name of a package"),
        std::string::npos);
}

TEST(Request, EditionsAreRefusedAsWhatProtocCDoesNotKnow)
{
    std::string file = field(1, "a.proto") + field(12, "editions");
    EXPECT_EQ(
        run(field(1, "a.proto") + field(15, file)).error,
        "a.proto: syntax \"editions\", which protoc-c does not know; wanted: proto3 or proto2");
}

TEST(Request, WantedFileThatIsNotThere)
{
    EXPECT_EQ(run(field(1, "b.proto")).error,
              "1 files are to be generated, the request describes 0 of them");
}

TEST(Request, UnknownParameter)
{
    EXPECT_EQ(
        run(request(method("Do"), "speed=9")).error,
        "unknown parameter \"speed=9\"; there are prefix.<package>=<prefix>, name.<service or "
        "method>=<C name> and comments.<package>=none");
}

/* MethodOptions with google.api.http, field 72295728. */
std::string with_rule(const std::string &rule)
{
    std::string tag = "\x82\xd3\xe4\x93\x02";

    return field(4, tag + static_cast<char>(rule.size()) + rule);
}

TEST(Request, RoutesThatAreNoneAreRefused)
{
    EXPECT_EQ(run(request(method("Do", with_rule(field(2, "/x"))))).error, "");
    EXPECT_NE(run(request(method("Do", with_rule("")))).error.find("names no HTTP method"),
              std::string::npos);
    EXPECT_NE(run(request(method("Do", with_rule(field(2, "x"))))).error.find("begins with /"),
              std::string::npos);
    EXPECT_NE(run(request(method("Do", with_rule("\xff")))).error.find("google.api.HttpRule"),
              std::string::npos);
    std::string binding = field(11, field(2, "/y") + field(11, field(2, "/z")));
    EXPECT_NE(run(request(method("Do", with_rule(field(2, "/x") + binding)))).error.find("its own"),
              std::string::npos);
}

TEST(Request, EveryTruncationEnds)
{
    std::string whole = request(method("Do", with_rule(field(2, "/x"))) + method("Watch"));

    for (size_t length = 0; length < whole.size(); length++)
        run(whole.substr(0, length));
    EXPECT_EQ(run(whole).files, 2u);
}

TEST(Request, AnyByteChangedEnds)
{
    std::string whole = request(method("Do", with_rule(field(2, "/x"))) + method("Watch"));
    std::mt19937 random(20251125);

    for (int i = 0; i < 20000; i++) {
        std::string changed = whole;

        for (int k = 0; k < 3; k++)
            changed[random() % changed.size()] = static_cast<char>(random());
        Answer answer = run(changed);
        EXPECT_TRUE(answer.code == SL_OK || !answer.error.empty());
        EXPECT_EQ(answer.files % 2, 0u);
    }
}

TEST(Request, OutOfMemoryIsAnErrorEverywhere)
{
    std::string bytes = request(method("Do", with_rule(field(2, "/x"))));
    struct sl_text in = {};
    int failures = 0;

    sl_text_append_bytes(&in, bytes.data(), bytes.size());
    for (long allowed = 0; allowed < 2000; allowed++) {
        struct sl_text out = {};
        struct sl_error err = {};

        sl_alloc_fail_after(allowed);
        enum sl_code code = gen_plugin_run(&in, &out, &err);
        sl_alloc_fail_after(-1);
        sl_text_done(&out);
        if (code == SL_OK)
            break;
        EXPECT_EQ(code, SL_RESOURCE_EXHAUSTED) << err.message;
        failures++;
    }
    EXPECT_GT(failures, 3);
    sl_text_done(&in);
}

std::string lower(const std::string &bytes)
{
    struct sl_text in = {};
    struct sl_text out = {};
    struct sl_error err = {};
    std::string result;

    sl_text_append_bytes(&in, bytes.data(), bytes.size());
    if (gen_for_protoc_c_run(&in, &out, &err) == SL_OK)
        result.assign(sl_text_string(&out), out.length);
    else
        result = std::string("error: ") + err.message;
    sl_text_done(&in);
    sl_text_done(&out);
    return result;
}

/* message M { optional string x = 1; } and what stands in the same message beside it. */
std::string optional_field(const std::string &beside)
{
    std::string x = field(1, "x") + "\x48" + std::string(1, '\0') + "\x88\x01\x01";

    return field(1, field(1, "a.proto") +
                        field(4, field(1, "M") + field(2, x) + beside + field(8, field(1, "_x"))));
}

TEST(ForProtocC, MakesAPlainOneof)
{
    std::string out = lower(optional_field(""));
    Google__Protobuf__FileDescriptorSet *set = google__protobuf__file_descriptor_set__unpack(
        nullptr, out.size(), reinterpret_cast<const uint8_t *>(out.data()));

    ASSERT_NE(set, nullptr) << out;
    const Google__Protobuf__DescriptorProto *message = set->file[0]->message_type[0];
    EXPECT_STREQ(message->oneof_decl[0]->name, "optional_x");
    EXPECT_FALSE(message->field[0]->has_proto3_optional);
    EXPECT_TRUE(message->field[0]->has_oneof_index);
    google__protobuf__file_descriptor_set__free_unpacked(set, nullptr);
}

TEST(ForProtocC, RefusesANameThatIsTaken)
{
    EXPECT_EQ(
        lower(optional_field(field(2, field(1, "optional_x")))),
        "error: a.proto: message M: \"optional_x\" is the name that the presence of \"x\" needs");
    EXPECT_EQ(lower("garbage").substr(0, 6), "error:");
}

TEST(ForProtocC, RefusesEditions)
{
    EXPECT_EQ(
        lower(field(1, field(1, "a.proto") + field(12, "editions"))),
        "error: a.proto: syntax \"editions\", which protoc-c does not know; wanted: proto3 or "
        "proto2");
}

TEST(ForProtocC, RefusesGroupsWhichCrashIt)
{
    std::string group = field(1, "g") + "\x28\x0a";

    EXPECT_EQ(
        lower(field(1, field(1, "a.proto") + field(4, field(1, "M") + field(2, group)))),
        "error: a.proto: message M: field \"g\" is a group, which protoc-c does not know; make "
        "it a message");
}

} // namespace
