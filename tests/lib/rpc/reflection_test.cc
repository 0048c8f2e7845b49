#include "echo.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "rpc/reflection_files.h"

namespace
{

#define ASKED(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##name

typedef Grpc__Reflection__V1__ServerReflectionRequest Request;
typedef Grpc__Reflection__V1__ServerReflectionResponse Response;

/* FileDescriptorProtos, written as protobuf's text would be; see Writer. */
struct Writer {
    std::string bytes;
    Writer &text(int number, const std::string &body)
    {
        bytes += static_cast<char>(number << 3 | 2);
        bytes += static_cast<char>(body.size());
        bytes += body;
        return *this;
    }
};

std::string named(const std::string &name)
{
    return Writer().text(1, name).bytes;
}

std::string outer_message()
{
    return Writer()
        .text(1, "Outer")
        .text(2, named("outer_field"))
        .text(3, Writer().text(1, "Inner").text(2, named("inner_field")).bytes)
        .text(4, Writer().text(1, "Color").text(2, named("RED")).bytes)
        .text(8, named("choice"))
        .bytes;
}

const std::string BASE_BYTES =
    Writer().text(1, "base.proto").text(2, "test.base").text(4, named("Base")).bytes;
const std::string MAIN_BYTES = Writer()
                                   .text(1, "main.proto")
                                   .text(2, "test.main")
                                   .text(3, "base.proto")
                                   .text(4, outer_message())
                                   .text(5, Writer().text(1, "Size").text(2, named("SMALL")).bytes)
                                   .text(6, Writer().text(1, "Shop").text(2, named("Buy")).bytes)
                                   .bytes;

const struct sl_file BASE = {"base.proto", reinterpret_cast<const uint8_t *>(BASE_BYTES.data()),
                             BASE_BYTES.size(), nullptr, 0};
const struct sl_file *const MAIN_IMPORTS[] = {&BASE};
const struct sl_file MAIN = {"main.proto", reinterpret_cast<const uint8_t *>(MAIN_BYTES.data()),
                             MAIN_BYTES.size(), MAIN_IMPORTS, 1};

TEST(ReflectionFiles, FindsEveryKindOfSymbol)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_file_list list = {};
    ASSERT_EQ(sl_file_list_add(&list, arena, &MAIN), SL_OK);
    ASSERT_EQ(sl_file_list_add(&list, arena, &MAIN), SL_OK);
    ASSERT_EQ(list.count, 2u);
    EXPECT_EQ(list.files[0], &MAIN);
    for (const char *symbol :
         {"test.main.Outer", "test.main.Outer.outer_field", "test.main.Outer.Inner",
          "test.main.Outer.Inner.inner_field", "test.main.Outer.Color", "test.main.Outer.RED",
          "test.main.Outer.choice", "test.main.Size", "test.main.SMALL", "test.main.Shop",
          "test.main.Shop.Buy"})
        EXPECT_EQ(sl_file_list_find_symbol(&list, symbol), &MAIN) << symbol;
    EXPECT_EQ(sl_file_list_find_symbol(&list, "test.base.Base"), &BASE);
    for (const char *symbol :
         {"", ".", "test", "test.main", "test.main.", "test.main.Out", "test.main.Outer.",
          "test.main.Outer.Nothing", "test.main.Outer.Color.RED", "test.mainOuter", "Outer",
          "test.base.Outer", "test.main.Shop.Buy.More"})
        EXPECT_EQ(sl_file_list_find_symbol(&list, symbol), nullptr) << symbol;
    EXPECT_EQ(sl_file_list_find(&list, "base.proto"), &BASE);
    EXPECT_EQ(sl_file_list_find(&list, "none.proto"), nullptr);
    sl_arena_free(arena);
}

/* A service that is declared in MAIN. */
const struct sl_service SHOP = {"test.main.Shop", nullptr, 0, &MAIN};

struct Reflection : Echo {
    struct sl_server *other = nullptr;
    struct sl_call *call = nullptr;
    bool is_other_stopped = false;
    Outcome outcome;
    std::vector<std::string> names, files;
    int error_code = 0, answers = 0;

    void SetUp() override
    {
        static sl_dispatch_fn *const NONE[] = {nullptr};
        Echo::SetUp();
        other = new_server("127.0.0.1:0");
        ASSERT_EQ(sl_server_register(other, &SHOP, NONE, nullptr, 0, nullptr), SL_OK);
        ASSERT_EQ(sl_server_start(other, nullptr), SL_OK);
        sl_channel_free(channel);
        channel = new_channel("127.0.0.1:" + std::to_string(sl_server_port(other)));
    }
    void stop_other()
    {
        sl_server_stop_start(
            other, 60000,
            [](void *arg) { static_cast<Reflection *>(arg)->is_other_stopped = true; }, this);
        run_until([&] { return is_other_stopped; });
    }
    void TearDown() override
    {
        if (!is_other_stopped)
            stop_other();
        sl_server_free(other);
        if (call != nullptr)
            run_until([&] { return outcome.is_done; });
        sl_call_unref(call);
        Echo::TearDown();
    }
    void open(const char *path)
    {
        static struct sl_method method;
        method = {"ServerReflectionInfo",
                  path,
                  nullptr,
                  &grpc__reflection__v1__server_reflection_request__descriptor,
                  &grpc__reflection__v1__server_reflection_response__descriptor,
                  true,
                  true,
                  nullptr,
                  0};
        const struct sl_stream_callbacks callbacks = {
            [](const ProtobufCMessage *message, void *arg) {
                static_cast<Reflection *>(arg)->take(reinterpret_cast<const Response *>(message));
                return SL_FLOW_NEXT;
            },
            [](const struct sl_call_info *info, void *arg) {
                static_cast<Reflection *>(arg)->outcome.take(info);
            }};
        ASSERT_EQ(sl_call_open_start(channel, &method, nullptr, &callbacks, this, &call), SL_OK);
    }
    void take(const Response *response)
    {
        answers++;
        ASSERT_NE(response->original_request, nullptr);
        if (response->message_response_case == 4) {
            auto *got = response->file_descriptor_response;
            for (size_t i = 0; i < got->n_file_descriptor_proto; i++)
                files.emplace_back(reinterpret_cast<char *>(got->file_descriptor_proto[i].data),
                                   got->file_descriptor_proto[i].len);
        }
        if (response->message_response_case == 6) {
            for (size_t i = 0; i < response->list_services_response->n_service; i++)
                names.push_back(response->list_services_response->service[i]->name);
        }
        if (response->message_response_case == 7)
            error_code = response->error_response->error_code;
    }
    void ask(int what, const char *value)
    {
        Request request = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__INIT;
        request.message_request_case =
            static_cast<Grpc__Reflection__V1__ServerReflectionRequest__MessageRequestCase>(what);
        request.list_services = const_cast<char *>(value);
        int before = answers;
        names.clear();
        files.clear();
        error_code = 0;
        bool is_sent = false;
        auto on_sent = [](bool, void *arg) { *static_cast<bool *>(arg) = true; };
        ASSERT_EQ(sl_call_send(call, &request.base, on_sent, &is_sent), SL_OK);
        /* The answer may be here first. */
        run_until([&] { return is_sent && answers > before; });
    }
};

TEST_F(Reflection, AnswersInBothVersions)
{
    for (const char *path : {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                             "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
        open(path);
        ask(ASKED(LIST_SERVICES), "");
        EXPECT_EQ(names, (std::vector<std::string>{"grpc.health.v1.Health",
                                                   "grpc.reflection.v1.ServerReflection",
                                                   "grpc.reflection.v1alpha.ServerReflection",
                                                   "test.Echo", "test.main.Shop"}));
        ask(ASKED(FILE_CONTAINING_SYMBOL), "test.main.Shop");
        EXPECT_EQ(files, (std::vector<std::string>{MAIN_BYTES, BASE_BYTES}));
        ask(ASKED(FILE_BY_FILENAME), "base.proto");
        EXPECT_EQ(files, std::vector<std::string>{BASE_BYTES});
        ask(ASKED(FILE_BY_FILENAME), "none.proto");
        EXPECT_EQ(error_code, SL_NOT_FOUND);
        ask(ASKED(ALL_EXTENSION_NUMBERS_OF_TYPE), "test.main.Outer");
        EXPECT_EQ(error_code, SL_NOT_FOUND);
        ask(0, "");
        EXPECT_EQ(error_code, SL_INVALID_ARGUMENT);
        sl_call_close_send(call);
        run_until([&] { return outcome.is_done; });
        EXPECT_EQ(outcome.error.code, SL_OK);
        outcome = Outcome();
        sl_call_unref(call);
        call = nullptr;
    }
}

TEST_F(Reflection, SessionsEndWithTheServer)
{
    open("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
    ask(ASKED(LIST_SERVICES), "");
    stop_other();
    run_until([&] { return outcome.is_done; });
    EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE);
}

} // namespace
