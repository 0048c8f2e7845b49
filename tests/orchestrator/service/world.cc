#include "world.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "base/log.h"
#include "json/message.h"

namespace
{

/** Work for the loop, and the wait for it. */
struct Errand {
    sl_task task = {};
    std::function<void()> work;
    std::mutex mutex;
    std::condition_variable done;
    bool is_done = false;

    void Finish()
    {
        std::lock_guard<std::mutex> lock(mutex);
        is_done = true;
        done.notify_all();
    }
    void Wait()
    {
        std::unique_lock<std::mutex> lock(mutex);
        done.wait(lock, [this] { return is_done; });
    }
};

Json Parse(const std::string &text)
{
    sl_error error = {};
    json_t *json = nullptr;
    EXPECT_EQ(SL_OK, sl_json_parse(text.data(), text.size(), nullptr, &json, &error))
        << text << "\n"
        << error.message;
    return Json(json, json_decref);
}

Json ToJson(const ProtobufCMessage *message)
{
    sl_error error = {};
    json_t *json = nullptr;
    EXPECT_EQ(SL_OK, sl_message_to_json(message, SL_DIALECT_REST, &json, &error)) << error.message;
    return Json(json, json_decref);
}

sl_metadata MakeMetadata(const CallOptions &options, sl_arena *arena)
{
    sl_metadata metadata = {};
    const std::pair<const char *, const std::string &> entries[] = {
        {"x-tenant-id", options.tenant}, {"idempotency-key", options.key}};
    for (const auto &[key, value] : entries) {
        if (value.empty())
            continue;
        EXPECT_EQ(SL_OK, sl_metadata_add(&metadata, arena, key, value.c_str()));
    }
    return metadata;
}

} // namespace

bool Eventually(const std::function<bool()> &is_true)
{
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_true()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

std::string PlanStep(const std::string &id, const std::string &service,
                     const std::string &operation, const std::string &parameters,
                     const std::string &more)
{
    return R"({"step_id":")" + id + R"(","service_name":")" + service + R"(","operation":")" +
           operation + R"(","parameters":)" + parameters + (more.empty() ? "" : "," + more) + "}";
}

std::string PlanRequest(const std::string &request_id, const std::vector<std::string> &steps,
                        const std::string &more)
{
    std::string list;
    for (const std::string &step : steps)
        list += (list.empty() ? "" : ",") + step;
    return R"({"request_id":")" + request_id +
           R"(","user_request":"do it","plan":{"plan_id":"p1","execution_steps":[)" + list + "]}" +
           (more.empty() ? "" : "," + more) + "}";
}

/* ---- Answers ---- */

const json_t *Called::at(const std::string &path) const
{
    const json_t *value = json.get();
    for (size_t begin = 0; value && begin <= path.size();) {
        size_t end = std::min(path.find('.', begin), path.size());
        std::string name = path.substr(begin, end - begin);
        bool is_index = !name.empty() && isdigit(static_cast<unsigned char>(name[0]));
        value = json_is_array(value) && is_index ? json_array_get(value, std::stoul(name))
                                                 : json_object_get(value, name.c_str());
        begin = end + 1;
    }
    return value;
}

std::string Called::text(const std::string &path) const
{
    const char *value = json_string_value(at(path));
    return value ? value : "";
}

double Called::number(const std::string &path) const
{
    return json_number_value(at(path));
}

bool Called::is_true(const std::string &path) const
{
    return json_is_true(at(path));
}

/* ---- Life ---- */

World::World(bool is_honouring)
{
    char name[] = "/tmp/orchestrator-test-XXXXXX";
    folder_ = mkdtemp(name);
    sl_error error = {};
    static const sl_code logged = sl_log_init("orchestrator", "off", &error);
    EXPECT_EQ(SL_OK, logged);
    EXPECT_EQ(SL_OK, sl_loop_new(nullptr, &loop_, &error));
    for (int i = 0; i < 3; i++) {
        agents_[i] = std::make_unique<FakeAgent>(loop_, 0, is_honouring);
        targets_[i] = "127.0.0.1:" + std::to_string(agents_[i]->port());
    }
    config.listen = "127.0.0.1:0";
    config.data_dir = folder_.c_str();
    config.log_level = "off";
    config.payment_target = targets_[0].c_str();
    config.parts_target = targets_[1].c_str();
    config.repair_orders_target = targets_[2].c_str();
    config.payment_url = config.parts_url = config.repair_orders_url = "";
    config.tenant = config.dealer = config.user = "";
    config.callback_secret = config.callback_allow = "";
    config.openai_key = config.openai_url = config.llm_model = "";
    config.discovery_interval_s = 30;
    config.request_timeout_s = 10;
    config.retry_attempts = 2;
    config.health_timeout_s = 2;
    config.workflow_timeout_s = 60;
    config.workflow_ttl_days = 30;
    config.max_workflows = 100;
    thread_ = std::thread([this] { sl_loop_run(loop_); });
}

World::~World()
{
    Stop();
    for (auto &agent : agents_)
        if (agent)
            StopAgent(agent.get());
    sl_loop_stop(loop_);
    thread_.join();
    sl_loop_free(loop_);
    std::filesystem::remove_all(folder_);
}

std::unique_ptr<FakeAgent> World::TakeAgent(int index)
{
    return std::move(agents_[index]);
}

void World::StopAgent(FakeAgent *agent)
{
    Errand stopped;
    OnLoop([&] { agent->Stop([](void *arg) { static_cast<Errand *>(arg)->Finish(); }, &stopped); });
    stopped.Wait();
    OnLoop([&] { agent->Free(); });
}

void World::GiveAgent(int index, int port)
{
    OnLoop([&] { agents_[index] = std::make_unique<FakeAgent>(loop_, port); });
}

std::unique_ptr<FakeAgent> World::NewAgent(const std::string &store)
{
    std::unique_ptr<FakeAgent> agent;
    OnLoop([&] { agent = std::make_unique<FakeAgent>(loop_, 0, true, store); });
    return agent;
}

void World::OnLoop(const std::function<void()> &work)
{
    Errand errand;
    errand.work = work;
    errand.task.run = [](sl_task *task) {
        Errand *self = reinterpret_cast<Errand *>(task);
        self->work();
        self->Finish();
    };
    sl_loop_post(loop_, &errand.task);
    errand.Wait();
}

bool World::Start()
{
    sl_error error = {};
    sl_code code = SL_OK;
    OnLoop([&] { code = orch_process_new(loop_, &config, nullptr, nullptr, &process_, &error); });
    error_ = error.message;
    if (code != SL_OK)
        return false;
    Dial(orch_process_port(process_));
    return true;
}

void World::Stop(int64_t grace_ms)
{
    if (!process_)
        return;
    Errand stopped;
    OnLoop([&] {
        orch_process_stop_start(
            process_, grace_ms, [](void *arg) { static_cast<Errand *>(arg)->Finish(); }, &stopped);
    });
    stopped.Wait();
    HangUp();
    OnLoop([&] { orch_process_free(process_); });
    process_ = nullptr;
}

void World::Dial(int port)
{
    std::string target = "127.0.0.1:" + std::to_string(port);
    sl_channel_options options = {};
    sl_error error = {};
    options.target = target.c_str();
    options.is_insecure = true;
    EXPECT_EQ(SL_OK, sl_channel_new(nullptr, &options, &channel_, &error)) << error.message;
    OnLoop([&] {
        EXPECT_EQ(SL_OK, sl_channel_new(loop_, &options, &stream_channel_, &error))
            << error.message;
    });
}

void World::HangUp()
{
    OnLoop([&] { sl_channel_free(stream_channel_); });
    sl_channel_free(channel_);
    stream_channel_ = channel_ = nullptr;
}

int World::FreePort()
{
    sockaddr_in address = {};
    socklen_t length = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(0, bind(one, reinterpret_cast<sockaddr *>(&address), length));
    getsockname(one, reinterpret_cast<sockaddr *>(&address), &length);
    close(one);
    return ntohs(address.sin_port);
}

pid_t World::Spawn(const std::string &program, const std::string &variable)
{
    std::vector<std::string> environment = {variable,
                                            "SERVICELANE_LOG=off",
                                            "SERVICELANE_DATA_DIR=" + folder_,
                                            "PAYMENT_TARGET=" + targets_[0],
                                            "PARTS_TARGET=" + targets_[1],
                                            "REPAIR_ORDERS_TARGET=" + targets_[2]};
    std::vector<char *> variables;
    for (std::string &one : environment)
        variables.push_back(one.data());
    variables.push_back(nullptr);
    char *arguments[] = {const_cast<char *>(program.c_str()), nullptr};
    pid_t child = -1;
    EXPECT_EQ(0,
              posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, variables.data()));
    return child;
}

void World::InJournal(sl_work_fn *work, void *arg)
{
    OnLoop([&] {
        orch_journal *journal = nullptr;
        sl_error error = {};
        ASSERT_EQ(SL_OK, orch_journal_open(loop_, config.data_dir, &journal, &error))
            << error.message;
        EXPECT_EQ(SL_OK, sl_store_write(orch_journal_store(journal), work, arg, &error))
            << error.message;
        orch_journal_close(journal);
    });
}

/* ---- Calls ---- */

Called World::Call(const sl_method &method, const std::string &request, CallOptions options)
{
    Called called;
    sl_error error = {};
    ProtobufCMessage *message = nullptr, *response = nullptr;
    std::unique_ptr<sl_arena, void (*)(sl_arena *)> arena(sl_arena_new(), sl_arena_free);
    sl_metadata metadata = MakeMetadata(options, arena.get());
    sl_call_options call_options = {};
    call_options.timeout_ms = options.timeout_ms;
    call_options.metadata = &metadata;
    EXPECT_EQ(SL_OK, sl_message_from_json(method.request, Parse(request).get(), SL_DIALECT_REST,
                                          arena.get(), &message, &error))
        << error.message;
    called.code =
        sl_call_unary(channel_, &method, &call_options, message, arena.get(), &response, &error);
    called.message = error.message;
    if (called.code == SL_OK)
        called.json = ToJson(response);
    return called;
}

Called World::Orchestrate(const std::string &request, CallOptions options)
{
    return Call(orchestrator_orchestrate_method, request, options);
}

Called World::Accept(const std::string &request, CallOptions options)
{
    return Call(orchestrator_orchestrate_async_method, request, options);
}

Called World::Get(const std::string &request_id, CallOptions options)
{
    return Call(orchestrator_get_workflow_method, R"({"request_id":")" + request_id + R"("})",
                options);
}

Called World::Ended(const std::string &request_id)
{
    Called called;
    EXPECT_TRUE(Eventually([&] {
        called = Get(request_id);
        return called.code == SL_OK && json_is_object(called.at("result"));
    })) << request_id
        << " did not end: " << called.message << " " << called.text("status");
    return called;
}

Called World::Watch(const std::string &request_id, int64_t after, std::vector<Json> *ret_events)
{
    struct Watching {
        Errand end;
        std::atomic<int> *watched;
        std::vector<Json> events;
        Called called;
    } watching;
    watching.watched = &watched_;
    OnLoop([&] {
        Servicelane__Orchestrator__V1__WatchWorkflowRequest request;
        servicelane__orchestrator__v1__watch_workflow_request__init(&request);
        request.request_id = const_cast<char *>(request_id.c_str());
        request.after_sequence = after;
        sl_stream_callbacks callbacks = {};
        callbacks.on_message = [](const ProtobufCMessage *message, void *arg) {
            static_cast<Watching *>(arg)->events.push_back(ToJson(message));
            ++*static_cast<Watching *>(arg)->watched;
            return SL_FLOW_NEXT;
        };
        callbacks.on_done = [](const sl_call_info *info, void *arg) {
            Watching *self = static_cast<Watching *>(arg);
            self->called.code = info->error.code;
            self->called.message = info->error.message;
            self->end.Finish();
        };
        EXPECT_EQ(SL_OK,
                  sl_call_stream_start(stream_channel_, &orchestrator_watch_workflow_method,
                                       nullptr, &request.base, &callbacks, &watching, nullptr));
    });
    watching.end.Wait();
    *ret_events = watching.events;
    return watching.called;
}

void World::OrchestrateAndLeave(const std::string &request, const std::function<bool()> &until)
{
    Errand end;
    sl_call *call = nullptr;
    OnLoop([&] {
        std::unique_ptr<sl_arena, void (*)(sl_arena *)> arena(sl_arena_new(), sl_arena_free);
        ProtobufCMessage *message = nullptr;
        sl_error error = {};
        EXPECT_EQ(SL_OK, sl_message_from_json(orchestrator_orchestrate_method.request,
                                              Parse(request).get(), SL_DIALECT_REST, arena.get(),
                                              &message, &error))
            << error.message;
        EXPECT_EQ(SL_OK, sl_call_unary_start(
                             stream_channel_, &orchestrator_orchestrate_method, nullptr, message,
                             [](const sl_call_info *info, const ProtobufCMessage *, void *arg) {
                                 EXPECT_EQ(SL_CANCELLED, info->error.code);
                                 static_cast<Errand *>(arg)->Finish();
                             },
                             &end, &call));
    });
    EXPECT_TRUE(Eventually(until));
    OnLoop([&] { sl_call_cancel(call); });
    end.Wait();
    OnLoop([&] { sl_call_unref(call); });
}
