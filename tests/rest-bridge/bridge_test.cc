#include "bridge_fixture.h"

namespace
{

class Bridge : public BridgeTest
{
  protected:
    static constexpr const char *kGood =
        R"({"request_id":"r1","operation":"pay","parameters":{"amount":100}})";

    /** Reads events beside the loop until `enough` was seen. */
    struct Reader {
        Answer answer;
        int status = 0;
        std::string text, content_type;
        struct sl_http_exchange *exchange = nullptr;
    };

    void Watch(Reader *reader, const std::string &path, const Fields &fields = {})
    {
        struct sl_arena *arena = sl_arena_new();
        struct sl_headers headers = {};
        for (auto [name, value] : fields)
            ASSERT_EQ(SL_OK, sl_headers_add(&headers, arena, name, value));
        std::string url = Url(path);
        struct sl_http_request request = {};
        request.method = "GET";
        request.url = url.c_str();
        request.headers = &headers;
        request.timeout_ms = 5000;
        request.is_stream = true;
        request.on_head = [](int status, const struct sl_headers *head, void *arg) {
            auto *self = static_cast<Reader *>(arg);
            self->status = status;
            self->content_type = sl_headers_get(head, "Content-Type");
            return SL_HTTP_CONTINUE;
        };
        request.on_data = [](const void *bytes, size_t length, void *arg) {
            static_cast<Reader *>(arg)->text.append(static_cast<const char *>(bytes), length);
            return SL_HTTP_CONTINUE;
        };
        ASSERT_EQ(SL_OK, sl_http_request_start(client_, &request, OnDone, &reader->answer,
                                               &reader->exchange, &err_));
        sl_arena_free(arena);
    }
};

} // namespace

TEST_F(Bridge, AnswersAsExistingClientsExpect)
{
    result_ = R"({"amount":100.0,"half":0.5,"name":"Löwe","list":[1,null,true]})";
    Answer answer = Post("/execute", kGood);
    EXPECT_EQ(200, answer.status);
    EXPECT_EQ("application/json", answer.Header("Content-Type"));
    EXPECT_EQ(
        R"({"request_id":"r1","success":true,"result":{"amount":100,"half":0.5,"name":"Löwe",)"
        R"("list":[1,null,true]},"error":null,"execution_time":0.25,"metadata":{},)"
        R"("timestamp":"2025-06-25T10:41:45Z"})",
        answer.body);
    EXPECT_EQ(R"({"requestId":"r1","operation":"pay","parameters":{"amount":100}})", seen_);
}

TEST_F(Bridge, ServesEveryAnnotatedRoute)
{
    EXPECT_EQ(200, Get("/health").status);
    EXPECT_EQ(200, Post("/validate", kGood).status);
    EXPECT_EQ(R"({"task_id":"a/b","request_id":"","status":"processing","result":null,)"
              R"("operation":"","sequence":0,"created_at":null,"updated_at":null})",
              Get("/status/a%2Fb").body);
    EXPECT_EQ(200, Post("/status/t1/cancel", R"({"reason":"wrong"})").status);
    EXPECT_EQ(R"({"taskId":"t1","reason":"wrong"})", seen_);
    EXPECT_EQ(200, Send("POST", "/status/t2/cancel", "", {}).status);
    EXPECT_EQ(R"({"taskId":"t2"})", seen_);
    EXPECT_EQ(200,
              Post("/status/t1/reconcile",
                   R"({"task_id":"other","outcome":"happened","reason":"seen","result":{"a":1}})")
                  .status);
    EXPECT_EQ(R"({"taskId":"t1","outcome":"RECONCILE_OUTCOME_HAPPENED","result":{"a":1},)"
              R"("reason":"seen"})",
              seen_);
    /* Handlers that the server lacks say so: the routes are there all the same. */
    EXPECT_EQ(501, Get("/capabilities").status);
    EXPECT_EQ(501, Post("/execute-async", kGood).status);
    Use(kOrchestrator);
    for (const char *path : {"/health", "/services", "/workflow/w1"})
        EXPECT_EQ(501, Get(path).status) << path;
    for (const char *path : {"/plan", "/orchestrate-async"})
        EXPECT_EQ(501, Post(path, R"({"user_request":"x"})").status) << path;
    EXPECT_EQ(501, Post("/workflow/w1/cancel", "{}").status);
    EXPECT_EQ(501, Post("/workflow/w1/steps/s1/reconcile", "{}").status);
    EXPECT_EQ(501, Get("/workflow/w1/events").status);
    EXPECT_EQ(
        R"({"workflows":[],"next_page_token":""})",
        Get("/workflows?status=needs_reconciliation&page_size=7&other=1&page_token=a%26b").body);
    EXPECT_EQ(R"({"status":"WORKFLOW_STATUS_NEEDS_RECONCILIATION","pageSize":7,"pageToken":"a&b"})",
              seen_);
}

TEST_F(Bridge, SaysWhatItDoesNotServe)
{
    Answer answer = Get("/nowhere");
    EXPECT_EQ(404, answer.status);
    EXPECT_EQ(R"({"detail":"Not Found"})", answer.body);
    EXPECT_EQ(404, Get("/").status);
    EXPECT_EQ(404, Get("/status/").status);
    EXPECT_EQ(404, Get("/status/%zz").status);
    answer = Get("/execute");
    EXPECT_EQ(405, answer.status);
    EXPECT_EQ("POST", answer.Header("Allow"));
    EXPECT_EQ(R"({"detail":"Method Not Allowed"})", answer.body);
    answer = Send("DELETE", "/health", "", {});
    EXPECT_EQ(405, answer.status);
    EXPECT_EQ("GET, HEAD", answer.Header("Allow"));
    answer = Get("/health/?a=1");
    EXPECT_EQ(307, answer.status);
    EXPECT_EQ(Url("/health?a=1"), answer.Header("Location"));
    answer = Get("/status/none");
    EXPECT_EQ(404, answer.status);
    EXPECT_EQ(R"({"detail":"Task not found"})", answer.body);
    Answer head = Send("HEAD", "/health", "", {});
    EXPECT_EQ(200, head.status);
    EXPECT_EQ("", head.body);
    EXPECT_NE("0", head.Header("Content-Length"));
}

TEST_F(Bridge, RefusesBodiesInPydanticsWords)
{
    const std::string input = R"({"operation":5,"timeout":"soon","context":[]})";
    Answer answer = Post("/execute", input);
    EXPECT_EQ(422, answer.status);
    EXPECT_EQ(
        R"({"detail":[{"type":"missing","loc":["body","request_id"],"msg":"Field required",)"
        R"("input":)" +
            input +
            R"(},)"
            R"({"type":"string_type","loc":["body","operation"],"msg":"Input should be a valid )"
            R"(string","input":5},)"
            R"({"type":"missing","loc":["body","parameters"],"msg":"Field required","input":)" +
            input +
            R"(},)"
            R"({"type":"dict_type","loc":["body","context"],"msg":"Input should be a valid )"
            R"(dictionary","input":[]},)"
            R"({"type":"int_parsing","loc":["body","timeout"],"msg":"Input should be a valid )"
            R"(integer, unable to parse string as an integer","input":"soon"}]})",
        answer.body);
    EXPECT_EQ(0, calls_);
    answer = Post("/execute", "[1]");
    EXPECT_EQ(
        R"({"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a )"
        R"(valid dictionary or object to extract fields from","input":[1]}]})",
        answer.body);
    EXPECT_EQ(
        R"({"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]})",
        Post("/execute", "").body);
    EXPECT_EQ(
        R"({"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a )"
        R"(valid dictionary or object to extract fields from","input":null}]})",
        Post("/execute", "null").body);
    answer = Post("/execute", "{\"request_id\": \"\xc3\xa4\",}");
    EXPECT_EQ(422, answer.status);
    EXPECT_EQ(
        R"({"detail":[{"type":"json_invalid","loc":["body",19],"msg":"JSON decode error",)"
        R"("input":{},"ctx":{"error":"Expecting property name enclosed in double quotes"}}]})",
        answer.body);
    answer =
        Send("POST", "/execute", "a=1", {{"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(
        R"({"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a )"
        R"(valid dictionary or object to extract fields from","input":"a=1"}]})",
        answer.body);
    Use(kOrchestrator);
    answer = Post("/orchestrate", R"({"user_request":null,"priority":1.5,"request_id":null})");
    EXPECT_EQ(
        R"({"detail":[{"type":"string_type","loc":["body","user_request"],"msg":"Input should )"
        R"(be a valid string","input":null},{"type":"int_from_float","loc":["body","priority"],)"
        R"("msg":"Input should be a valid integer, got a number with a fractional part",)"
        R"("input":1.5}]})",
        answer.body);
    answer = Get("/workflows?page_size=x");
    EXPECT_EQ(
        R"({"detail":[{"type":"int_parsing","loc":["query","page_size"],"msg":"Input should be )"
        R"(a valid integer, unable to parse string as an integer","input":"x"}]})",
        answer.body);
    EXPECT_EQ(422, Get("/workflows?status=sleeping").status);
    EXPECT_EQ(0, calls_);
}

TEST_F(Bridge, CoercesAsPydanticDoes)
{
    const std::pair<const char *, const char *> timeouts[] = {
        {"\"30\"", "30"},  {"\" 30 \"", "30"}, {"30.0", "30"},     {"true", "1"},
        {"\"1_0\"", "10"}, {"-5", "-5"},       {"\"+7.00\"", "7"},
    };
    for (auto [given, wanted] : timeouts) {
        std::string body =
            std::string(R"({"request_id":"r","operation":"o","parameters":{},"timeout":)") + given +
            "}";
        EXPECT_EQ(200, Post("/execute", body).status) << given;
        EXPECT_NE(std::string::npos, seen_.find(std::string("\"timeout\":") + wanted)) << seen_;
    }
    const std::pair<const char *, const char *> faults[] = {
        {"\"\"", "int_parsing"},
        {"\"3 0\"", "int_parsing"},
        {"\"30.5\"", "int_parsing"},
        {"\"1e3\"", "int_parsing"},
        {"[]", "int_type"},
        {"{}", "int_type"},
        {"30.5", "int_from_float"},
        {"\"_1\"", "int_parsing"},
        {"2147483648", "less_than_equal"},
        {"-2147483649", "greater_than_equal"},
        {"1e300", "less_than_equal"},
        {"\"1.\"", "int_parsing"},
        {"\"99999999999999999999\"", "less_than_equal"},
        {"\"--1\"", "int_parsing"},
    };
    for (auto [given, type] : faults) {
        std::string body =
            std::string(R"({"request_id":"r","operation":"o","parameters":{},"timeout":)") + given +
            "}";
        Answer answer = Post("/execute", body);
        EXPECT_EQ(422, answer.status) << given;
        EXPECT_NE(std::string::npos, answer.body.find(std::string("\"type\":\"") + type + "\""))
            << given << answer.body;
    }
}

TEST_F(Bridge, TakesForJsonWhatFastApiDoes)
{
    EXPECT_EQ(200,
              Send("POST", "/execute", kGood, {{"Content-Type", "application/vnd.x+JSON"}}).status);
    EXPECT_EQ(200, Send("POST", "/execute", kGood, {}).status);
    EXPECT_EQ(200, Post("/execute", std::string("\xef\xbb\xbf ") + kGood).status);
    EXPECT_EQ(200, Post("/status/t1/cancel", "null").status);
    EXPECT_EQ(422, Send("POST", "/execute", kGood, {{"Content-Type", "text/plain"}}).status);
    /* A page may send that without being asked. */
    std::string own = "http://127.0.0.1:" + std::to_string(port_);
    EXPECT_EQ(422, Send("POST", "/execute", kGood, {{"Origin", own.c_str()}}).status);
}

TEST_F(Bridge, IgnoresUnknownFieldsAndTakesTheLastOfTwo)
{
    Answer answer = Post("/execute", R"({"zzz":[1],"operation":"a","parameters":{"x":"\u00e4"},)"
                                     R"("context":null,"callback_url":null,"timeout":null,)"
                                     R"("request_id":"r","operation":"b"})");
    EXPECT_EQ(200, answer.status) << answer.body;
    EXPECT_EQ(R"({"requestId":"r","operation":"b","parameters":{"x":"ä"}})", seen_);
}

TEST_F(Bridge, RefusesWhatCannotGoOn)
{
    auto with = [](const std::string &value) {
        return R"({"request_id":"r","operation":"o","parameters":{"x":)" + value + "}}";
    };
    auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(200, Post("/execute", with(nested(30))).status);
    for (const std::string &value :
         {nested(31), nested(100000), std::string("9007199254740993"), std::string("1e400"),
          std::string("\"\\u0000\""), std::string("\"\\ud800\""), std::string("NaN")}) {
        Answer answer = Post("/execute", with(value));
        EXPECT_EQ(422, answer.status) << value.substr(0, 40) << answer.body;
        EXPECT_EQ(0u, answer.body.find("{\"detail\":[{\"type\":\"")) << answer.body;
    }
    Answer answer = Post("/execute", with("\"\xff\""));
    EXPECT_EQ(400, answer.status);
    EXPECT_EQ(R"({"detail":"There was an error parsing the body"})", answer.body);
    answer = Post("/execute", with("\"" + std::string(5 << 20, 'x') + "\""));
    EXPECT_EQ(413, answer.status);
    EXPECT_EQ(R"({"detail":"Request body too large"})", answer.body);
    EXPECT_EQ(1, calls_);
}

TEST_F(Bridge, MapsCodesToStatuses)
{
    const std::pair<enum sl_code, int> codes[] = {
        {SL_INVALID_ARGUMENT, 422},  {SL_FAILED_PRECONDITION, 422}, {SL_UNAUTHENTICATED, 401},
        {SL_PERMISSION_DENIED, 403}, {SL_NOT_FOUND, 404},           {SL_ALREADY_EXISTS, 409},
        {SL_ABORTED, 409},           {SL_RESOURCE_EXHAUSTED, 429},  {SL_INTERNAL, 500},
        {SL_UNIMPLEMENTED, 501},
    };
    failure_text_ = "because \"so\"";
    for (auto [code, status] : codes) {
        failure_ = code;
        failures_ = 1;
        Answer answer = Post("/execute", kGood);
        EXPECT_EQ(status, answer.status) << sl_code_name(code);
        EXPECT_EQ(R"({"detail":"because \"so\""})", answer.body);
    }
}

TEST_F(Bridge, PassesHeadersOn)
{
    Answer answer = Send("POST", "/execute", kGood,
                         {{"Content-Type", "application/json; charset=utf-8"},
                          {"Idempotency-Key", "k1"},
                          {"X-Tenant-Id", "t"},
                          {"X-Dealer-Id", "d"},
                          {"X-User-Id", "u"},
                          {"X-Request-Id", "q"},
                          {"Traceparent", "00-1-2-01"},
                          {"X-Other", "o"}});
    EXPECT_EQ(200, answer.status);
    EXPECT_EQ("q", answer.Header("X-Request-Id"));
    const std::pair<const char *, const char *> wanted[] = {
        {"idempotency-key", "k1"}, {"x-tenant-id", "t"},  {"x-dealer-id", "d"},
        {"x-user-id", "u"},        {"x-request-id", "q"}, {"traceparent", "00-1-2-01"},
    };
    for (auto [name, value] : wanted)
        EXPECT_EQ(value, metadata_[name]) << name;
    EXPECT_EQ(0u, metadata_.count("x-other"));
    answer = Send("POST", "/execute", kGood,
                  {{"Content-Type", "application/json"}, {"X-Tenant-Id", "t\xc3\xa4"}});
    EXPECT_EQ(422, answer.status);
    EXPECT_NE(std::string::npos, answer.body.find(R"("loc":["header","x-tenant-id"])"));
}

TEST_F(Bridge, RepeatsALostCallWithItsKey)
{
    failure_ = SL_UNAVAILABLE;
    failures_ = 1;
    EXPECT_EQ(200, Post("/execute", kGood).status);
    EXPECT_EQ(2, calls_);
    EXPECT_EQ(36u, metadata_["idempotency-key"].size());
    failures_ = 1;
    EXPECT_EQ(200, Get("/health").status);
    EXPECT_EQ(0u, metadata_.count("idempotency-key"));
    calls_ = 0;
    failures_ = 9;
    Answer answer = Send("POST", "/execute", kGood,
                         {{"Content-Type", "application/json"}, {"Idempotency-Key", "mine"}});
    EXPECT_EQ(503, answer.status);
    EXPECT_EQ(2, calls_);
    EXPECT_EQ("mine", metadata_["idempotency-key"]);
    failures_ = 0;
}

TEST_F(Bridge, NamesTheServiceThatIsDown)
{
    StopRpc();
    Answer answer = Get("/health");
    EXPECT_EQ(503, answer.status);
    EXPECT_EQ(0u, answer.body.find(R"({"detail":"payment at 127.0.0.1:)")) << answer.body;
}

TEST_F(Bridge, SetsTheDeadlineFromTheTimeout)
{
    /* gRPC rounds up what it sends. */
    Post("/execute", kGood);
    EXPECT_GT(remaining_ms_, 30000);
    EXPECT_LE(remaining_ms_, 33000);
    Post("/execute", R"({"request_id":"r","operation":"o","parameters":{},"timeout":100})");
    EXPECT_GT(remaining_ms_, 100000);
    EXPECT_LE(remaining_ms_, 104000);
    Post("/execute", R"({"request_id":"r","operation":"o","parameters":{},"timeout":0})");
    EXPECT_GT(remaining_ms_, 30000);
    EXPECT_LE(remaining_ms_, 33000);
}

TEST_F(Bridge, NamesTheWorkflowThatGoesOn)
{
    StartBridge(30000, 100);
    Use(kOrchestrator);
    Answer answer = Post("/orchestrate", R"({"user_request":"x","request_id":"w7"})");
    EXPECT_EQ(504, answer.status);
    EXPECT_NE(std::string::npos, answer.body.find("w7")) << answer.body;
    answer = Send("POST", "/orchestrate", R"({"user_request":"x"})",
                  {{"Content-Type", "application/json"}, {"Idempotency-Key", "key-9"}});
    EXPECT_EQ(504, answer.status);
    EXPECT_NE(std::string::npos, answer.body.find("key-9")) << answer.body;
    FailHeld(SL_CANCELLED);
}

TEST_F(Bridge, StreamsEvents)
{
    Reader reader;
    Watch(&reader, "/status/t1/events", {{"Last-Event-ID", "4"}});
    ASSERT_TRUE(RunUntilTrue([&] { return !held_.empty(); }));
    EXPECT_EQ(R"({"taskId":"t1","afterSequence":"4"})", seen_);
    EXPECT_GT(remaining_ms_, 3600 * 1000);
    SendState(5);
    ASSERT_TRUE(RunUntilTrue([&] { return !reader.text.empty(); }));
    EXPECT_EQ(200, reader.status);
    EXPECT_EQ("text/event-stream; charset=utf-8", reader.content_type);
    SendState(6);
    agent_service_watch_task_end(held_.back(), nullptr);
    held_.clear();
    ASSERT_TRUE(RunUntil(&reader.answer.is_done));
    EXPECT_EQ(SL_OK, reader.answer.error.code) << reader.answer.error.message;
    EXPECT_EQ(0u, reader.text.find("id: 5\ndata: {\"task_id\":\"t1\",")) << reader.text;
    EXPECT_NE(std::string::npos, reader.text.find("\n\nid: 6\ndata: {"));
}

TEST_F(Bridge, StreamsLinesWhereAskedTo)
{
    Reader reader;
    Watch(&reader, "/status/t1/events?after_sequence=2", {{"Accept", "application/x-ndjson"}});
    ASSERT_TRUE(RunUntilTrue([&] { return !held_.empty(); }));
    EXPECT_EQ(R"({"taskId":"t1","afterSequence":"2"})", seen_);
    SendState(3);
    FailHeld(SL_INTERNAL);
    ASSERT_TRUE(RunUntil(&reader.answer.is_done));
    EXPECT_EQ("application/x-ndjson", reader.content_type);
    EXPECT_EQ(0u, reader.text.find("{\"task_id\":\"t1\"")) << reader.text;
    EXPECT_NE(std::string::npos,
              reader.text.find("}\n{\"detail\":\"ended by the test\",\"code\":\"INTERNAL\"}\n"))
        << reader.text;
}

TEST_F(Bridge, GivesAFailedStreamItsStatus)
{
    failures_ = 1;
    failure_ = SL_NOT_FOUND;
    failure_text_ = "Task not found";
    Answer answer = Get("/status/none/events");
    EXPECT_EQ(404, answer.status);
    EXPECT_EQ(R"({"detail":"Task not found"})", answer.body);
    EXPECT_EQ(422, Send("GET", "/status/t/events", "", {{"Last-Event-ID", "x"}}).status);
}

TEST_F(Bridge, CancelsTheCallWhenTheWatcherLeaves)
{
    Reader reader;
    Watch(&reader, "/status/t1/events");
    ASSERT_TRUE(RunUntilTrue([&] { return !held_.empty(); }));
    SendState(1);
    ASSERT_TRUE(RunUntilTrue([&] { return !reader.text.empty(); }));
    sl_http_cancel(reader.exchange);
    ASSERT_TRUE(RunUntil(&reader.answer.is_done));
    /* It is found out by writing. */
    int64_t sequence = 1;
    EXPECT_TRUE(RunUntilTrue([&] {
        if (!is_watch_cancelled_)
            SendState(++sequence);
        return is_watch_cancelled_;
    }));
    FailHeld(SL_CANCELLED);
}

TEST_F(Bridge, ReadsNoFasterThanItsWatcher)
{
    int fd = -1;
    Beside([&] {
        fd = Connect();
        int small = 4096;
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        SendAll(fd, "GET /status/t1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    });
    ASSERT_TRUE(RunUntilTrue([&] { return !held_.empty(); }));
    /* Nobody reads: at some point the agent cannot send any more. */
    std::string big(256 << 10, 'x');
    Servicelane__Agent__V1__Task task = SERVICELANE__AGENT__V1__TASK__INIT;
    task.task_id = big.data();
    static int sent;
    sent = 0;
    bool is_blocked = false;
    for (int i = 0; i < 400 && !is_blocked; i++) {
        int before = sent;
        ASSERT_EQ(SL_OK, agent_service_watch_task_send(
                             held_.back(), &task, [](bool, void *) { sent++; }, nullptr));
        bool never = false;
        for (int wait = 0; wait < 500 && sent == before; wait++)
            sl_loop_run_until(loop_, &never, 2);
        is_blocked = sent == before;
    }
    EXPECT_TRUE(is_blocked);
    EXPECT_LT(sent, 100);
    close(fd);
    ASSERT_TRUE(RunUntil(&is_watch_cancelled_));
    FailHeld(SL_CANCELLED);
}

TEST_F(Bridge, StopsInOrder)
{
    is_holding_ = true;
    std::string url = Url("/execute");
    struct sl_http_request request = {};
    request.method = "POST";
    request.url = url.c_str();
    request.body = kGood;
    request.body_length = strlen(kGood);
    request.timeout_ms = 5000;
    Answer answer;
    Reader reader;
    Watch(&reader, "/status/t1/events");
    ASSERT_EQ(SL_OK, sl_http_request_start(client_, &request, OnDone, &answer, nullptr, &err_));
    ASSERT_TRUE(RunUntilTrue([&] { return held_.size() == 2; }));
    StopBridge(50);
    ASSERT_TRUE(RunUntil(&answer.is_done));
    EXPECT_EQ(503, answer.status);
    ASSERT_TRUE(RunUntil(&reader.answer.is_done));
    FailHeld(SL_CANCELLED);
}
