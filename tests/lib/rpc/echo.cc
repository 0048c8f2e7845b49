#include "echo.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flat.h"

namespace
{

const struct sl_method *const METHODS[] = {&ECHO_SAY, &ECHO_COUNT, &ECHO_JOIN, &ECHO_CHAT,
                                           &ECHO_NEST};
const ProtobufCMessageDescriptor *const STRING = &google__protobuf__string_value__descriptor;

enum sl_code serve_say(const void *, void *self, struct sl_server_call *call,
                       const ProtobufCMessage *request, struct sl_error *err)
{
    Echo *test = static_cast<Echo *>(self);
    test->say_count++;
    std::string text = text_of(request);
    if (test->on_say)
        return test->on_say(call, text, err);
    sl_server_call_reply(call, Text(text).get());
    return SL_OK;
}

enum sl_code serve_nest(const void *, void *, struct sl_server_call *call, const ProtobufCMessage *,
                        struct sl_error *)
{
    sl_server_call_reply(call, Text("nested").get());
    return SL_OK;
}

struct Counting {
    Echo *test;
    struct sl_server_call *call;
    int next, count;
};

void count_on(Counting *counting)
{
    std::string text = std::to_string(counting->next);
    text.resize(std::max(text.size(), counting->test->count_message_bytes), ' ');
    auto sent = [](bool is_sent, void *arg) {
        Counting *self = static_cast<Counting *>(arg);
        self->test->sent_count++;
        if (is_sent && ++self->next < self->count) {
            count_on(self);
            return;
        }
        self->test->has_left = !is_sent;
        sl_server_call_end(self->call, nullptr);
        delete self;
    };
    if (sl_server_call_send(counting->call, Text(text).get(), sent, counting) == SL_OK)
        return;
    counting->test->has_left = true;
    sl_server_call_end(counting->call, nullptr);
    delete counting;
}

enum sl_code serve_count(const void *, void *self, struct sl_server_call *call,
                         const ProtobufCMessage *request, struct sl_error *)
{
    count_on(new Counting{static_cast<Echo *>(self), call, 0, std::stoi(text_of(request))});
    return SL_OK;
}

struct Joining {
    Echo *test;
    struct sl_server_call *call;
    std::string all;
};

void join_on(const ProtobufCMessage *message, const struct sl_error *error, void *arg)
{
    Joining *self = static_cast<Joining *>(arg);
    if (message != nullptr) {
        self->all += text_of(message);
        ASSERT_EQ(sl_server_call_receive(self->call, join_on, self), SL_OK);
        return;
    }
    self->test->has_left = sl_server_call_is_cancelled(self->call);
    if (error != nullptr)
        sl_server_call_fail(self->call, error);
    else
        sl_server_call_reply(self->call, Text(self->all).get());
    delete self;
}

enum sl_code serve_join(const void *, void *self, struct sl_server_call *call,
                        const ProtobufCMessage *, struct sl_error *)
{
    return sl_server_call_receive(call, join_on, new Joining{static_cast<Echo *>(self), call, ""});
}

struct Chatting {
    Echo *test;
    struct sl_server_call *call;
};

void chat_on(const ProtobufCMessage *message, const struct sl_error *error, void *arg)
{
    Chatting *self = static_cast<Chatting *>(arg);
    std::string text = message != nullptr ? text_of(message) : "";
    struct sl_error bye = {SL_ABORTED, SL_OUTCOME_UNKNOWN, "bye"};
    if (message == nullptr || text == "bye") {
        self->test->has_left = sl_server_call_is_cancelled(self->call);
        sl_server_call_end(self->call, message != nullptr ? &bye : error);
        delete self;
        return;
    }
    auto sent = [](bool, void *sent_arg) {
        Chatting *chatting = static_cast<Chatting *>(sent_arg);
        ASSERT_EQ(sl_server_call_receive(chatting->call, chat_on, chatting), SL_OK);
    };
    ASSERT_EQ(sl_server_call_send(self->call, Text(text).get(), sent, self), SL_OK);
}

enum sl_code serve_chat(const void *, void *self, struct sl_server_call *call,
                        const ProtobufCMessage *, struct sl_error *)
{
    return sl_server_call_receive(call, chat_on, new Chatting{static_cast<Echo *>(self), call});
}

} // namespace

const struct sl_service ECHO_SERVICE = {"test.Echo", METHODS, 5, nullptr};
const struct sl_method ECHO_SAY = {
    "Say", "/test.Echo/Say", &ECHO_SERVICE, STRING, STRING, false, false, nullptr, 0};
const struct sl_method ECHO_COUNT = {
    "Count", "/test.Echo/Count", &ECHO_SERVICE, STRING, STRING, false, true, nullptr, 0};
const struct sl_method ECHO_JOIN = {
    "Join", "/test.Echo/Join", &ECHO_SERVICE, STRING, STRING, true, false, nullptr, 0};
const struct sl_method ECHO_CHAT = {
    "Chat", "/test.Echo/Chat", &ECHO_SERVICE, STRING, STRING, true, true, nullptr, 0};
const struct sl_method ECHO_NEST = {"Nest",
                                    "/test.Echo/Nest",
                                    &ECHO_SERVICE,
                                    &google__protobuf__list_value__descriptor,
                                    STRING,
                                    false,
                                    false,
                                    nullptr,
                                    0};

std::string text_of(const ProtobufCMessage *message)
{
    return reinterpret_cast<const Google__Protobuf__StringValue *>(message)->value;
}

void Outcome::take(const struct sl_call_info *info)
{
    ASSERT_FALSE(is_done);
    is_done = true;
    error = info->error;
    peer = info->peer;
    for (size_t i = 0; i < info->initial_metadata->count; i++)
        initial.emplace_back(info->initial_metadata->entries[i].key,
                             info->initial_metadata->entries[i].value);
    for (size_t i = 0; i < info->trailing_metadata->count; i++)
        trailing.emplace_back(info->trailing_metadata->entries[i].key,
                              info->trailing_metadata->entries[i].value);
    if (info->details != nullptr)
        details.assign(static_cast<const char *>(info->details), info->details_length);
}

std::string Outcome::trailing_value(const std::string &key) const
{
    for (const auto &entry : trailing) {
        if (entry.first == key)
            return entry.second;
    }
    return "(none)";
}

struct sl_server *Echo::new_server(const std::string &listen, struct sl_server_options options)
{
    static sl_dispatch_fn *const DISPATCH[] = {serve_say, serve_count, serve_join, serve_chat,
                                               serve_nest};
    options.listen = listen.c_str();
    options.is_insecure = options.tls == nullptr;
    struct sl_server *made = nullptr;
    EXPECT_EQ(sl_server_new(loop, &options, &made, nullptr), SL_OK);
    EXPECT_EQ(sl_server_register(made, &ECHO_SERVICE, DISPATCH, nullptr, 0, this), SL_OK);
    return made;
}

struct sl_channel *Echo::new_channel(const std::string &target, struct sl_channel_options options)
{
    options.target = target.c_str();
    options.is_insecure = options.tls == nullptr;
    if (IS_SLOW && options.default_timeout_ms == 0)
        options.default_timeout_ms = 300000;
    struct sl_channel *made = nullptr;
    struct sl_error error = {};
    EXPECT_EQ(sl_channel_new(loop, &options, &made, &error), SL_OK) << error.message;
    return made;
}

void Echo::dispose(struct sl_server *other)
{
    bool done = false;
    sl_server_stop_start(
        other, 0, [](void *arg) { *static_cast<bool *>(arg) = true; }, &done);
    run_until([&] { return done; });
    sl_server_free(other);
}

void Echo::replace_server(struct sl_server_options options)
{
    dispose(server);
    server = new_server("127.0.0.1:0", options);
    struct sl_error error = {};
    ASSERT_EQ(sl_server_start(server, &error), SL_OK) << error.message;
}

void Echo::replace_channel(const std::string &target, struct sl_channel_options options)
{
    sl_channel_free(channel);
    channel = new_channel(target, options);
}

std::string Echo::address() const
{
    return "127.0.0.1:" + std::to_string(sl_server_port(server));
}

void Echo::SetUp()
{
    ASSERT_EQ(sl_loop_new(nullptr, &loop, nullptr), SL_OK);
    server = new_server("127.0.0.1:0");
    struct sl_error error = {};
    ASSERT_EQ(sl_server_start(server, &error), SL_OK) << error.message;
    channel = new_channel(address());
}

void Echo::stop_server(int64_t grace_ms)
{
    sl_server_stop_start(
        server, grace_ms, [](void *arg) { static_cast<Echo *>(arg)->is_stopped = true; }, this);
}

void Echo::TearDown()
{
    if (!is_stopped)
        stop_server(0);
    struct sl_error error = {SL_UNAVAILABLE, SL_OUTCOME_UNKNOWN, "the test is over"};
    for (struct sl_server_call *call : held)
        sl_server_call_fail(call, &error);
    run_until([&] { return is_stopped; });
    sl_server_free(server);
    sl_channel_free(channel);
    sl_loop_free(loop);
}

void Echo::run_until(const std::function<bool()> &condition, int64_t timeout_ms)
{
    int64_t end_ms = sl_loop_now_ms(loop) + (IS_SLOW ? 10 : 1) * timeout_ms;
    while (!condition() && sl_loop_now_ms(loop) < end_ms) {
        bool never = false;
        sl_loop_run_until(loop, &never, 1);
    }
    ASSERT_TRUE(condition()) << "waited " << timeout_ms << " ms";
}

struct sl_call *Echo::start(Outcome *outcome, const struct sl_method *method,
                            const ProtobufCMessage *request, const struct sl_call_options *options)
{
    struct sl_call *started = nullptr;
    auto done = [](const struct sl_call_info *info, const ProtobufCMessage *response, void *arg) {
        Outcome *self = static_cast<Outcome *>(arg);
        self->take(info);
        EXPECT_EQ(response != nullptr, info->error.code == SL_OK);
        if (response != nullptr)
            self->response = text_of(response);
    };
    EXPECT_EQ(sl_call_unary_start(channel, method, options, request, done, outcome, &started),
              SL_OK);
    EXPECT_FALSE(outcome->is_done);
    return started;
}

Outcome Echo::call(const struct sl_method *method, const ProtobufCMessage *request,
                   const struct sl_call_options *options)
{
    Outcome outcome;
    sl_call_unref(start(&outcome, method, request, options));
    run_until([&] { return outcome.is_done; });
    return outcome;
}

Outcome Echo::say(const std::string &text, const struct sl_call_options *options)
{
    return call(&ECHO_SAY, Text(text).get(), options);
}

void Echo::hold(struct sl_server_call *call)
{
    held.push_back(call);
}

int unused_port()
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {};
    socklen_t size = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&address), size), 0);
    EXPECT_EQ(getsockname(fd, reinterpret_cast<struct sockaddr *>(&address), &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}
