#ifndef TESTS_ORCHESTRATOR_FAKE_MODEL_H
#define TESTS_ORCHESTRATOR_FAKE_MODEL_H

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/server.h"

/** One answer of the stand-in. */
struct ModelAnswer {
    int status = 200;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    /** Never answers; it is answered 503 when the server ends. */
    bool is_silent = false;
};

/** What a model writes, as a chat completion of 11 prompt and 7 completion tokens. */
ModelAnswer Writes(const std::string &content, const std::string &finish_reason = "stop");
/** An answer that says no, in the form of the OpenAI API. */
ModelAnswer SaysNo(int status, const std::string &code, const std::string &message = "no",
                   const std::string &param = "");

/** What it was asked. */
struct ModelAsked {
    std::string path, authorization, body;
};

/**
 * An OpenAI-compatible server on a real socket, which answers by a script: one answer after the
 * other, the last again and again. Runs on a loop and a thread of its own; any thread.
 */
class FakeModel
{
  public:
    FakeModel();
    ~FakeModel();

    std::string url() const;
    void Script(std::vector<ModelAnswer> answers);
    std::vector<ModelAsked> asked();

  private:
    static void Handle(void *arg, sl_http_incoming *incoming,
                       const struct sl_http_incoming_request *request);

    sl_loop *loop_ = nullptr;
    sl_http_server *server_ = nullptr;
    std::thread thread_;
    std::mutex mutex_;
    std::vector<ModelAnswer> answers_;
    std::vector<ModelAsked> asked_;
    std::vector<sl_http_incoming *> unanswered_;
};

#endif
