#include "http_fixture.h"

namespace
{

class HttpServer : public HttpTest
{
  protected:
    void StartEcho(struct sl_http_server_options options = {})
    {
        StartServer(
            [this](struct sl_http_incoming *incoming,
                   const struct sl_http_incoming_request *request) {
                handled_++;
                std::string text = std::string(request->method) + " " + request->path + "?" +
                                   request->query + " " +
                                   std::string(request->body, request->body_length);
                ReplyText(incoming, 200, text);
            },
            options);
    }

    int handled_ = 0;
};

std::string Status(const std::string &answer)
{
    return answer.substr(0, answer.find("\r\n"));
}

} // namespace

TEST_F(HttpServer, HandsOverTheRequestAsSent)
{
    std::string peer, host;
    StartServer(
        [&](struct sl_http_incoming *incoming, const struct sl_http_incoming_request *request) {
            EXPECT_TRUE(sl_loop_is_current(loop_));
            EXPECT_STREQ("POST", request->method);
            EXPECT_STREQ("/a%2Fb", request->path);
            EXPECT_STREQ("x=%20&y", request->query);
            EXPECT_EQ(5u, request->body_length);
            EXPECT_STREQ("hello", request->body);
            peer = request->peer;
            host = sl_headers_get(request->headers, "host");
            struct sl_headers headers = {};
            struct sl_arena *arena = sl_http_incoming_arena(incoming);
            EXPECT_EQ(SL_OK, sl_headers_add(&headers, arena, "X-Answer", "42"));
            sl_http_reply(incoming, 201, &headers, "made", 4);
        });
    std::string url = Url("/a%2Fb?x=%20&y");
    struct sl_http_request request = {};
    request.method = "POST";
    request.url = url.c_str();
    request.body = "hello";
    request.body_length = 5;
    Answer answer = Fetch(request);
    EXPECT_EQ(201, answer.status);
    EXPECT_EQ("made", answer.body);
    EXPECT_EQ("42", answer.Header("x-answer"));
    EXPECT_EQ("4", answer.Header("content-length"));
    EXPECT_EQ(0u, peer.find("127.0.0.1:"));
    EXPECT_EQ("127.0.0.1:" + std::to_string(port_), host);
}

TEST_F(HttpServer, AnswersManyOnOneConnection)
{
    StartEcho();
    std::string one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    std::string last = "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    std::string answer = Raw(one + one + last);
    EXPECT_NE(std::string::npos, answer.find("GET /2? "));
    EXPECT_EQ(3, handled_);
}

TEST_F(HttpServer, RefusesShapesThatTwoReadersCouldReadDifferently)
{
    StartEcho();
    const char *const shapes[] = {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\nab",
        "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    for (const char *shape : shapes) {
        std::string answer = Raw(shape);
        EXPECT_EQ(0u, Status(answer).find("HTTP/1.1 4")) << shape << answer;
    }
    EXPECT_NE(
        std::string::npos,
        Raw("GET / HTTP/1.1\r\n\r\n").find("{\"detail\":\"Exactly one Host header is wanted\"}"));
    EXPECT_EQ(0, handled_);
}

TEST_F(HttpServer, ReadsChunkedBodies)
{
    StartEcho();
    std::string answer =
        Raw("POST /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: "
            "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EXPECT_NE(std::string::npos, answer.find("POST /c? abcde")) << answer;
}

TEST_F(HttpServer, SaysThatABodyIsTooLarge)
{
    struct sl_http_server_options options = {};
    options.max_body_bytes = 1000;
    StartEcho(options);
    std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    std::string answer = Raw(head + "Content-Length: 5000\r\n\r\n" + std::string(5000, 'x'), "}");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 413 ")) << answer;
    EXPECT_NE(std::string::npos, answer.find("{\"detail\":\"Request body too large\"}"));
    EXPECT_NE(std::string::npos, answer.find("application/json"));
    answer = Raw(head + "Transfer-Encoding: chunked\r\n\r\n1388\r\n" + std::string(5000, 'x') +
                     "\r\n0\r\n\r\n",
                 "}");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 413")) << answer;
    answer = Raw(head + "Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 413")) << answer;
    answer = Raw(head + "Content-Length: 99999999999999999999999\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 4")) << answer;
    EXPECT_EQ(0, handled_);
    answer =
        Raw(head + "Connection: close\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
    EXPECT_EQ(0u, answer.find("HTTP/1.1 200")) << answer;
}

TEST_F(HttpServer, NamesATakenAddress)
{
    StartEcho();
    std::string taken = "127.0.0.1:" + std::to_string(port_);
    struct sl_http_server_options options = {};
    options.listen = taken.c_str();
    options.handler = [](void *, struct sl_http_incoming *,
                         const struct sl_http_incoming_request *) {};
    struct sl_http_server *second = nullptr;
    EXPECT_EQ(SL_UNAVAILABLE, sl_http_server_new(loop_, &options, &second, &err_));
    EXPECT_EQ(nullptr, second);
    EXPECT_NE(nullptr, strstr(err_.message, taken.c_str())) << err_.message;
    options.listen = "nonsense";
    EXPECT_EQ(SL_INVALID_ARGUMENT, sl_http_server_new(loop_, &options, &second, &err_));
}

TEST_F(HttpServer, StreamsAsItComes)
{
    struct sl_http_incoming *waiting = nullptr;
    StartServer([&](struct sl_http_incoming *incoming, const struct sl_http_incoming_request *) {
        struct sl_headers headers = {};
        EXPECT_EQ(SL_OK, sl_headers_add(&headers, sl_http_incoming_arena(incoming), "Content-Type",
                                        "text/event-stream"));
        sl_http_stream_begin(incoming, 200, &headers, nullptr, nullptr);
        sl_http_stream_send(incoming, "one\n", 4);
        waiting = incoming;
    });
    std::string seen;
    std::string url = Url("/events");
    struct sl_http_request request = {};
    request.method = "GET";
    request.url = url.c_str();
    request.timeout_ms = 5000;
    request.is_stream = true;
    struct State {
        Answer answer;
        std::string seen;
        int status = 0;
    } state;
    request.on_head = [](int status, const struct sl_headers *, void *arg) {
        static_cast<State *>(arg)->status = status;
        return SL_HTTP_CONTINUE;
    };
    request.on_data = [](const void *bytes, size_t length, void *arg) {
        static_cast<State *>(arg)->seen.append(static_cast<const char *>(bytes), length);
        return SL_HTTP_CONTINUE;
    };
    ASSERT_EQ(SL_OK,
              sl_http_request_start(client_, &request, OnDone, &state.answer, nullptr, &err_));
    ASSERT_TRUE(RunUntilTrue([&] { return state.seen == "one\n"; }));
    EXPECT_EQ(200, state.status);
    EXPECT_FALSE(state.answer.is_done);
    std::string big(300000, 'y');
    size_t before = sl_http_stream_send(waiting, big.data(), big.size());
    EXPECT_GT(before, 0u);
    sl_http_stream_end(waiting);
    ASSERT_TRUE(RunUntil(&state.answer.is_done));
    EXPECT_EQ(SL_OK, state.answer.error.code) << state.answer.error.message;
    EXPECT_EQ(4 + big.size(), state.seen.size());
}

TEST_F(HttpServer, TellsThatAClientLeftItsStream)
{
    struct State {
        struct sl_http_incoming *incoming = nullptr;
        bool is_closed = false;
    } state;
    StartServer([&](struct sl_http_incoming *incoming, const struct sl_http_incoming_request *) {
        state.incoming = incoming;
        sl_http_stream_begin(
            incoming, 200, nullptr, [](void *arg) { static_cast<State *>(arg)->is_closed = true; },
            &state);
        sl_http_stream_send(incoming, "hello", 5);
    });
    std::string answer = Raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "hello");
    EXPECT_NE(std::string::npos, answer.find("hello"));
    EXPECT_TRUE(RunUntilTrue([&] {
        sl_http_stream_send(state.incoming, ":\n", 2);
        return state.is_closed;
    }));
    sl_http_stream_end(state.incoming);
}

TEST_F(HttpServer, StopsAfterWhatIsUnderWay)
{
    struct sl_http_incoming *held = nullptr;
    StartServer([&](struct sl_http_incoming *incoming, const struct sl_http_incoming_request *) {
        held = incoming;
    });
    std::string url = Url("/slow");
    struct sl_http_request request = {};
    request.method = "GET";
    request.url = url.c_str();
    request.timeout_ms = 5000;
    Answer answer;
    ASSERT_EQ(SL_OK, sl_http_request_start(client_, &request, OnDone, &answer, nullptr, &err_));
    ASSERT_TRUE(RunUntilTrue([&] { return held != nullptr; }));
    is_stop_begun_ = true;
    BeginStop(60000);
    /* New connections are refused at once. */
    Answer refused = Get("/new");
    EXPECT_NE(SL_OK, refused.error.code);
    EXPECT_FALSE(is_stopped_);
    ReplyText(held, 200, "done");
    ASSERT_TRUE(RunUntil(&answer.is_done));
    EXPECT_EQ("done", answer.body);
    ASSERT_TRUE(RunUntil(&is_stopped_));
}

TEST_F(HttpServer, AnswersTheRestWhenGraceIsOver)
{
    std::vector<struct sl_http_incoming *> held;
    bool is_closed = false;
    StartServer(
        [&](struct sl_http_incoming *incoming, const struct sl_http_incoming_request *request) {
            held.push_back(incoming);
            if (strcmp(request->path, "/stream") != 0)
                return;
            sl_http_stream_begin(
                incoming, 200, nullptr, [](void *arg) { *static_cast<bool *>(arg) = true; },
                &is_closed);
        });
    std::string paths[] = {Url("/stream"), Url("/slow")};
    Answer answers[2];
    for (int i = 0; i < 2; i++) {
        struct sl_http_request request = {};
        request.method = "GET";
        request.url = paths[i].c_str();
        request.timeout_ms = 5000;
        ASSERT_EQ(SL_OK,
                  sl_http_request_start(client_, &request, OnDone, &answers[i], nullptr, &err_));
    }
    ASSERT_TRUE(RunUntilTrue([&] { return held.size() == 2; }));
    is_stop_begun_ = true;
    BeginStop(10);
    ASSERT_TRUE(RunUntil(&is_stopped_));
    EXPECT_TRUE(is_closed);
    ASSERT_TRUE(RunUntil(&answers[0].is_done));
    ASSERT_TRUE(RunUntil(&answers[1].is_done));
    EXPECT_EQ(200, answers[0].status);
    EXPECT_EQ(503, answers[1].status);
    EXPECT_EQ("{\"detail\":\"The server is being stopped\"}", answers[1].body);
    /* Late answers go nowhere. */
    for (struct sl_http_incoming *incoming : held) {
        if (strcmp(sl_http_incoming_request(incoming)->path, "/stream") == 0)
            sl_http_stream_end(incoming);
        else
            ReplyText(incoming, 200, "late");
    }
}

TEST_F(HttpServer, SurvivesFloodsOfHeads)
{
    StartEcho();
    std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
    std::string answer = Raw(head + "X: " + std::string(60000, 'h') + "\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 4")) << answer;
    answer = Raw("GET /" + std::string(60000, 'u') + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 4")) << answer;
    answer = Raw("\x16\x03\x01\x02\r\n\r\n");
    EXPECT_NE(0u, answer.find("HTTP/1.1 2")) << answer;
    EXPECT_EQ(0, handled_);
    EXPECT_EQ("GET /ok? ", Get("/ok").body);
}
