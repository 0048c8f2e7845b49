#include "fake_agent.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rpc/server.h"
#include "rpc/server_call.h"
#include "json/message.h"

Answer Success(const std::string &result)
{
    return {R"({"success":true,"result":)" + result + R"(,"metadata":{"outcome":"settled"}})"};
}

Answer Failure(const std::string &error, const std::string &outcome, bool is_retryable)
{
    return {R"({"success":false,"result":null,"error":")" + error + R"(","metadata":{"outcome":")" +
            outcome + R"(","retryable":)" + (is_retryable ? "true" : "false") + "}}"};
}

namespace
{

const char kCapabilities[] = R"({"service":"fake-agent","operations":["look","make","make_more"],
    "operation_details":[
      {"name":"look","kind":"tool","read_only":true,"available":true},
      {"name":"make","kind":"tool","read_only":false,"available":true,
       "input_schema":{"type":"object","properties":{"amount":{"type":"number"}}}},
      {"name":"make_more","kind":"tool","read_only":false,"available":true}],
    "store_id":"store-1","honours_idempotency_key":true})";

void ReplyJson(sl_server_call *call, const std::string &text)
{
    sl_error error = {};
    json_t *json = nullptr;
    ProtobufCMessage *message = nullptr;
    sl_json_limits limits = {};
    limits.max_depth = 40; /* a result of 32 levels, and what it stands in */
    ASSERT_EQ(SL_OK, sl_json_parse(text.data(), text.size(), &limits, &json, &error))
        << text << error.message;
    ASSERT_EQ(SL_OK,
              sl_message_from_json(sl_server_call_method(call)->response, json, SL_DIALECT_REST,
                                   sl_server_call_arena(call), &message, &error))
        << error.message;
    json_decref(json);
    sl_server_call_reply(call, message);
}

std::string Metadata(sl_server_call *call, const char *key)
{
    const char *value = sl_metadata_get(sl_server_call_metadata(call), key);
    return value ? value : "";
}

std::string Parameters(const Servicelane__Agent__V1__AgentServiceRequest *request)
{
    sl_error error = {};
    json_t *json = nullptr;
    if (!request->parameters ||
        sl_struct_to_json(&request->parameters->base, &json, &error) != SL_OK)
        return "";
    char *text = sl_json_text(json, SL_JSON_CANONICAL);
    std::string copy = text;
    free(text);
    json_decref(json);
    return copy;
}

} // namespace

FakeAgent::FakeAgent(sl_loop *loop, int port, bool is_honouring, const std::string &store)
    : is_honouring_(is_honouring), store_(store)
{
    static const agent_service_handlers handlers = [] {
        agent_service_handlers table = {};
        table.get_health = Health;
        table.get_capabilities = Capabilities;
        table.validate_operation = Validate;
        table.execute = Execute;
        return table;
    }();
    std::string listen = "127.0.0.1:" + std::to_string(port);
    sl_server_options options = {};
    sl_error error = {};
    options.listen = listen.c_str();
    options.is_insecure = true;
    EXPECT_EQ(SL_OK, sl_server_new(loop, &options, &server_, &error)) << error.message;
    EXPECT_EQ(SL_OK, agent_service_register(server_, &handlers, this));
    EXPECT_EQ(SL_OK, sl_server_start(server_, &error)) << error.message;
}

int FakeAgent::port() const
{
    return sl_server_port(server_);
}

void FakeAgent::Stop(void (*done)(void *arg), void *arg)
{
    sl_server_stop_start(server_, 0, done, arg);
}

void FakeAgent::Free()
{
    sl_server_free(server_);
    server_ = nullptr;
}

void FakeAgent::Script(const std::string &operation, std::vector<Answer> answers)
{
    std::lock_guard<std::mutex> lock(mutex_);
    scripts_[operation] = std::move(answers);
}

void FakeAgent::Hold(const std::string &operation)
{
    std::lock_guard<std::mutex> lock(mutex_);
    holding_.insert(operation);
}

void FakeAgent::Release()
{
    std::vector<Held *> held;
    {
        std::lock_guard<std::mutex> lock(mutex_);
        holding_.clear();
        held.swap(held_);
    }
    for (Held *one : held) {
        sl_server_call_on_cancel(one->call, nullptr, nullptr);
        Respond(one->call, one->operation, one->key, one->request_id);
        delete one;
    }
}

void FakeAgent::RefuseValidation(const std::string &operation, const std::string &error)
{
    std::lock_guard<std::mutex> lock(mutex_);
    refusals_[operation] = error;
}

std::vector<Asked> FakeAgent::asked(const std::string &operation)
{
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<Asked> found;
    for (const Asked &one : asked_)
        if (operation.empty() || one.operation == operation)
            found.push_back(one);
    return found;
}

size_t FakeAgent::effects()
{
    std::lock_guard<std::mutex> lock(mutex_);
    return effects_.size();
}

size_t FakeAgent::held()
{
    std::lock_guard<std::mutex> lock(mutex_);
    return held_.size();
}

sl_code FakeAgent::Health(void *, sl_server_call *call,
                          const Servicelane__Agent__V1__GetHealthRequest *, sl_error *)
{
    ReplyJson(call, R"({"status":"healthy","service":"fake-agent"})");
    return SL_OK;
}

sl_code FakeAgent::Capabilities(void *self, sl_server_call *call,
                                const Servicelane__Agent__V1__GetCapabilitiesRequest *, sl_error *)
{
    std::string text = kCapabilities;
    if (!static_cast<FakeAgent *>(self)->is_honouring_)
        text.replace(text.find("_key\":true"), 10, "_key\":false");
    text.replace(text.find("store-1"), 7, static_cast<FakeAgent *>(self)->store_);
    ReplyJson(call, text);
    return SL_OK;
}

sl_code FakeAgent::Validate(void *self, sl_server_call *call,
                            const Servicelane__Agent__V1__AgentServiceRequest *request, sl_error *)
{
    FakeAgent *agent = static_cast<FakeAgent *>(self);
    std::string error;
    {
        std::lock_guard<std::mutex> lock(agent->mutex_);
        auto refusal = agent->refusals_.find(request->operation);
        if (refusal != agent->refusals_.end())
            error = refusal->second;
    }
    if (error.empty())
        ReplyJson(call, R"({"valid":true,"errors":[]})");
    else
        ReplyJson(call, R"({"valid":false,"errors":[")" + error + R"("]})");
    return SL_OK;
}

Answer FakeAgent::Next(const std::string &operation)
{
    std::vector<Answer> &script = scripts_[operation];
    if (script.empty())
        return Success(R"({"of":")" + operation + R"(","number":42})");
    Answer answer = script.front();
    if (script.size() > 1)
        script.erase(script.begin());
    return answer;
}

void FakeAgent::Park(sl_server_call *call, const std::string &operation, const std::string &key,
                     const std::string &request_id)
{
    Held *held = new Held{call, operation, key, request_id};
    held_.push_back(held);
    struct Leaving {
        FakeAgent *agent;
        Held *held;
    };
    auto *leaving =
        static_cast<Leaving *>(sl_arena_alloc(sl_server_call_arena(call), sizeof(Leaving)));
    *leaving = {this, held};
    sl_server_call_on_cancel(
        call,
        [](void *arg) {
            Leaving *one = static_cast<Leaving *>(arg);
            sl_server_call *gone = one->held->call;
            {
                std::lock_guard<std::mutex> lock(one->agent->mutex_);
                auto &list = one->agent->held_;
                list.erase(std::remove(list.begin(), list.end(), one->held), list.end());
            }
            delete one->held;
            sl_error error = {};
            sl_error_set(&error, SL_CANCELLED, "gone");
            sl_server_call_fail(gone, &error);
        },
        leaving);
}

void FakeAgent::Respond(sl_server_call *call, const std::string &operation, const std::string &key,
                        const std::string &request_id)
{
    Answer answer;
    {
        std::lock_guard<std::mutex> lock(mutex_);
        auto known = answered_.find(key);
        answer = known != answered_.end() && operation != "look" ? Answer{known->second}
                                                                 : Next(operation);
        if (answer.is_silent) {
            Park(call, operation, key, request_id);
            return;
        }
        bool is_done = answer.json.find("\"success\":true") != std::string::npos;
        if (is_done && operation != "look") {
            effects_.insert(key);
            answered_[key] = answer.json;
        }
    }
    if (answer.code == SL_OK) {
        ReplyJson(call, answer.json);
        return;
    }
    sl_error error = {};
    sl_error_set(&error, answer.code, "scripted");
    sl_server_call_fail(call, &error);
}

sl_code FakeAgent::Execute(void *self, sl_server_call *call,
                           const Servicelane__Agent__V1__AgentServiceRequest *request, sl_error *)
{
    FakeAgent *agent = static_cast<FakeAgent *>(self);
    Asked asked = {request->operation,
                   Metadata(call, "idempotency-key"),
                   Metadata(call, "x-tenant-id"),
                   request->request_id,
                   Parameters(request),
                   request->timeout};
    {
        std::lock_guard<std::mutex> lock(agent->mutex_);
        agent->asked_.push_back(asked);
        if (agent->holding_.count(asked.operation)) {
            agent->Park(call, asked.operation, asked.key, asked.request_id);
            return SL_OK;
        }
    }
    agent->Respond(call, asked.operation, asked.key, asked.request_id);
    return SL_OK;
}
