#include "fake_model.h"

#include <gtest/gtest.h>

#include "json/json.h"

namespace
{

std::string Text(json_t *value)
{
    char *text = sl_json_text(value, SL_JSON_COMPACT);
    std::string copy = text;
    free(text);
    json_decref(value);
    return copy;
}

} // namespace

ModelAnswer Writes(const std::string &content, const std::string &finish_reason)
{
    ModelAnswer answer;
    answer.body = Text(json_pack("{s:s, s:[{s:i, s:s, s:{s:s, s:s}}], s:{s:i, s:i}}", "id", "c1",
                                 "choices", "index", 0, "finish_reason", finish_reason.c_str(),
                                 "message", "role", "assistant", "content", content.c_str(),
                                 "usage", "prompt_tokens", 11, "completion_tokens", 7));
    return answer;
}

ModelAnswer SaysNo(int status, const std::string &code, const std::string &message,
                   const std::string &param)
{
    ModelAnswer answer;
    answer.status = status;
    answer.body =
        Text(json_pack("{s:{s:s, s:s, s:s, s:s}}", "error", "message", message.c_str(), "type",
                       "invalid_request_error", "code", code.c_str(), "param", param.c_str()));
    return answer;
}

FakeModel::FakeModel()
{
    sl_error error = {};
    EXPECT_EQ(SL_OK, sl_loop_new(nullptr, &loop_, &error));
    sl_http_server_options options = {};
    options.listen = "127.0.0.1:0";
    options.handler = Handle;
    options.arg = this;
    EXPECT_EQ(SL_OK, sl_http_server_new(loop_, &options, &server_, &error)) << error.message;
    thread_ = std::thread([this] { sl_loop_run(loop_); });
}

FakeModel::~FakeModel()
{
    sl_loop_stop(loop_);
    thread_.join();
    /* The loop goes on on this thread until the server let go of the calls that it never answered.
     */
    bool is_stopped = false;
    auto note = [](void *arg) { *static_cast<bool *>(arg) = true; };
    sl_http_server_stop_start(server_, 0, note, &is_stopped);
    for (sl_http_incoming *incoming : unanswered_)
        sl_http_reply(incoming, 503, nullptr, nullptr, 0);
    EXPECT_TRUE(sl_loop_run_until(loop_, &is_stopped, 10000));
    sl_http_server_free(server_);
    sl_loop_free(loop_);
}

std::string FakeModel::url() const
{
    return "http://127.0.0.1:" + std::to_string(sl_http_server_port(server_)) + "/v1";
}

void FakeModel::Script(std::vector<ModelAnswer> answers)
{
    std::lock_guard<std::mutex> lock(mutex_);
    answers_ = std::move(answers);
    asked_.clear();
}

std::vector<ModelAsked> FakeModel::asked()
{
    std::lock_guard<std::mutex> lock(mutex_);
    return asked_;
}

void FakeModel::Handle(void *arg, sl_http_incoming *incoming,
                       const struct sl_http_incoming_request *request)
{
    FakeModel *model = static_cast<FakeModel *>(arg);
    std::lock_guard<std::mutex> lock(model->mutex_);
    const char *authorization = sl_headers_get(request->headers, "authorization");
    size_t place = std::min(model->asked_.size(), model->answers_.size() - 1);
    model->asked_.push_back({request->path, authorization != nullptr ? authorization : "",
                             std::string(request->body, request->body_length)});
    const ModelAnswer &answer = model->answers_.at(place);
    if (answer.is_silent) {
        model->unanswered_.push_back(incoming);
        return;
    }
    sl_headers headers = {};
    for (const auto &[name, value] : answer.headers)
        EXPECT_EQ(SL_OK, sl_headers_add(&headers, sl_http_incoming_arena(incoming), name.c_str(),
                                        value.c_str()));
    sl_http_reply(incoming, answer.status, &headers, answer.body.data(), answer.body.size());
}
