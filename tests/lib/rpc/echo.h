#ifndef TESTS_LIB_RPC_ECHO_H
#define TESTS_LIB_RPC_ECHO_H

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/struct.pb-c.h"
#include "google/protobuf/wrappers.pb-c.h"
#include "loop/timer.h"
#include "rpc/rpc.h"

/*
 * A service of all four shapes, hand-made, and what tests need to talk to it: server and client
 * share one loop, over a real socket.
 */

extern const struct sl_service ECHO_SERVICE;
/* Unary: answers with what it was told, unless a test says otherwise. */
extern const struct sl_method ECHO_SAY;
/* Stream of responses: "<n>" gives n messages. */
extern const struct sl_method ECHO_COUNT;
/* Stream of requests: answers with all of them, joined. */
extern const struct sl_method ECHO_JOIN;
/* Both: each request is answered at once. */
extern const struct sl_method ECHO_CHAT;
/* Unary, with a ListValue for a request: for what nests. */
extern const struct sl_method ECHO_NEST;

/* A google.protobuf.StringValue (or, with other bytes in it, a BytesValue) that owns its text. */
struct Text {
    std::string value;
    Google__Protobuf__StringValue message;
    explicit Text(std::string text) : value(std::move(text)), message()
    {
        google__protobuf__string_value__init(&message);
        message.value = value.data();
    }
    const ProtobufCMessage *get() const
    {
        return &message.base;
    }
};

std::string text_of(const ProtobufCMessage *message);

/* How a call at the client ended. */
struct Outcome {
    bool is_done = false;
    struct sl_error error = {};
    std::string response, peer, details;
    std::vector<std::string> messages;
    std::vector<std::pair<std::string, std::string>> initial, trailing;
    void take(const struct sl_call_info *info);
    std::string trailing_value(const std::string &key) const;
};

struct Echo : testing::Test {
    struct sl_loop *loop = nullptr;
    struct sl_server *server = nullptr;
    struct sl_channel *channel = nullptr;
    bool is_stopped = false, is_server_gone = false;

    /* What the server does with Say, when it is set. */
    std::function<enum sl_code(struct sl_server_call *, const std::string &, struct sl_error *)>
        on_say;
    int say_count = 0;
    /* Calls that on_say left unanswered. */
    std::vector<struct sl_server_call *> held;
    int sent_count = 0;
    size_t count_message_bytes = 0;
    bool has_left = false;

    void SetUp() override;
    void TearDown() override;

    struct sl_server *new_server(const std::string &listen, struct sl_server_options options = {});
    struct sl_channel *new_channel(const std::string &target,
                                   struct sl_channel_options options = {});
    /* Another server, or channel, instead of the one that is there. */
    void replace_server(struct sl_server_options options);
    void replace_channel(const std::string &target, struct sl_channel_options options = {});
    std::string address() const;
    void stop_server(int64_t grace_ms);
    /* Runs the loop until the condition holds; fails the test when it does not in time. */
    void run_until(const std::function<bool()> &condition, int64_t timeout_ms = 10000);

    struct sl_call *start(Outcome *outcome, const struct sl_method *method,
                          const ProtobufCMessage *request,
                          const struct sl_call_options *options = nullptr);
    Outcome call(const struct sl_method *method, const ProtobufCMessage *request,
                 const struct sl_call_options *options = nullptr);
    Outcome say(const std::string &text, const struct sl_call_options *options = nullptr);
    /* Puts the call into `held`. */
    void hold(struct sl_server_call *call);
    /* Stops a server that a test made, and frees it. */
    void dispose(struct sl_server *other);
};

/* A TCP port that nobody listens on. */
int unused_port();

#endif
