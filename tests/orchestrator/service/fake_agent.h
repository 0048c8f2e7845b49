#ifndef TESTS_ORCHESTRATOR_FAKE_AGENT_H
#define TESTS_ORCHESTRATOR_FAKE_AGENT_H

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "servicelane/agent/v1/agent.grpc-c.h"
#include "json/json.h"

/** What an agent was asked to do. */
struct Asked {
    std::string operation, key, tenant, request_id, parameters;
    int timeout = 0;
};

/** How it answers: one of these. */
struct Answer {
    /** An AgentServiceResponse in the REST dialect, or "" for none. */
    std::string json;
    sl_code code = SL_OK;
    /** Never answers; the caller's deadline or its leaving ends the call. */
    bool is_silent = false;
};

Answer Success(const std::string &result = "{}");
Answer Failure(const std::string &error, const std::string &outcome = "settled",
               bool is_retryable = false);

/**
 * An agent of three operations on a real socket: "look" reads, "make" and "make_more" change
 * something. It honours keys as the contract says: what was answered under a key is answered again,
 * and counts as one effect. Its server runs on the loop given; everything else may be called from
 * any thread.
 */
class FakeAgent
{
  public:
    /** port 0: any. is_honouring: what it says of idempotency keys. store: the store_id it says. */
    FakeAgent(sl_loop *loop, int port = 0, bool is_honouring = true,
              const std::string &store = "store-1");

    int port() const;
    /** On the loop. */
    void Stop(void (*done)(void *arg), void *arg);
    void Free();

    /** Answers to an operation, one after the other; the last again and again. Default: success. */
    void Script(const std::string &operation, std::vector<Answer> answers);
    /** Calls of this operation wait until Release(). */
    void Hold(const std::string &operation);
    /** On the loop. */
    void Release();
    void RefuseValidation(const std::string &operation, const std::string &error);

    std::vector<Asked> asked(const std::string &operation = "");
    /** How many keys had an effect. */
    size_t effects();
    size_t held();

  private:
    struct Held {
        sl_server_call *call;
        std::string operation, key, request_id;
        bool is_gone = false;
    };

    static sl_code Health(void *self, sl_server_call *call,
                          const Servicelane__Agent__V1__GetHealthRequest *, sl_error *);
    static sl_code Capabilities(void *self, sl_server_call *call,
                                const Servicelane__Agent__V1__GetCapabilitiesRequest *, sl_error *);
    static sl_code Validate(void *self, sl_server_call *call,
                            const Servicelane__Agent__V1__AgentServiceRequest *request, sl_error *);
    static sl_code Execute(void *self, sl_server_call *call,
                           const Servicelane__Agent__V1__AgentServiceRequest *request, sl_error *);
    void Respond(sl_server_call *call, const std::string &operation, const std::string &key,
                 const std::string &request_id);
    void Park(sl_server_call *call, const std::string &operation, const std::string &key,
              const std::string &request_id);
    Answer Next(const std::string &operation);

    sl_server *server_ = nullptr;
    bool is_honouring_;
    std::string store_;
    std::mutex mutex_;
    std::map<std::string, std::vector<Answer>> scripts_;
    std::map<std::string, std::string> answered_, refusals_;
    std::set<std::string> effects_, holding_;
    std::vector<Asked> asked_;
    std::vector<Held *> held_;
};

#endif
