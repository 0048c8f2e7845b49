#ifndef ORCH_AGENT_H
#define ORCH_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "guard/settings.h"
#include "http/client.h"
#include "loop/loop.h"
#include "orchestrator/schedule.h"
#include "orchestrator/workflow.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * One agent, however it is spoken to: its answers come as JSON, in the names of the contract. What
 * differs between gRPC and REST stands behind struct orch_agent_protocol. Loop only.
 */
struct orch_agent;

/** A call under way, for orch_agent_cancel(); dead when its callback has run. */
struct orch_agent_call;

/** How a call ended. Borrowed until return. */
struct orch_agent_answer {
    /** code SL_OK: there is an answer. Else why there is none, and its outcome. */
    struct sl_error error;
    /** The message in the REST dialect, such as an AgentServiceResponse; NULL without an answer. */
    json_t *message;
    /** Without an answer: seconds after which it is worth asking again; 0 where nobody says. */
    double retry_after_seconds;
};

typedef void orch_agent_done_fn(const struct orch_agent_answer *answer, void *arg);

/** What an agent is asked. Borrowed until the start returns. */
enum orch_agent_method {
    ORCH_AGENT_HEALTH,
    ORCH_AGENT_CAPABILITIES,
    ORCH_AGENT_VALIDATE,
    ORCH_AGENT_EXECUTE,
};

struct orch_agent_request {
    enum orch_agent_method method;
    /** Required. Milliseconds for the whole call. */
    int64_t timeout_ms;
    /* The rest: for validate and execute. */
    /** Only correlates. */
    const char *request_id;
    const char *operation;
    const json_t *parameters;
    /** Optional. */
    const json_t *context;
    /** Seconds that the operation may take in the agent; 0: the agent's default. */
    int timeout_seconds;
    /** Optional. */
    const char *idempotency_key;
    /** Optional. For whom. */
    const struct orch_caller *caller;
    /** Being carried out twice does no harm: the request may use a connection that was used before
     * (libcurl sends such a one again by itself when the connection dies). */
    bool is_repeatable;
};

/** A way to speak to agents. */
struct orch_agent_protocol {
    enum sl_code (*call_start)(struct orch_agent *agent, const struct orch_agent_request *request,
                               orch_agent_done_fn *done, void *arg,
                               struct orch_agent_call **ret_call, struct sl_error *err);
    void (*cancel)(struct orch_agent_call *call);
    void (*free)(struct orch_agent *agent);
};

struct orch_agent {
    const struct orch_agent_protocol *protocol;
};

/** An agent at a gRPC target, and what is shown to it. */
struct orch_agent_grpc_options {
    /** Required. */
    const char *target;
    /** Optional. TLS, and the key of the orchestrator's own. Borrowed until orch_agent_free(). */
    const struct sl_guard_settings *guard;
    /** Optional. Name that the agent's certificate bears where target is an address. Borrowed until
     * the call returns. */
    const char *server_name;
};
/** Instances that say by grpc.health.v1 that they do not serve are passed over. */
SL_MUST_USE enum sl_code orch_agent_grpc_new(struct sl_loop *loop,
                                             const struct orch_agent_grpc_options *options,
                                             struct orch_agent **ret_agent, struct sl_error *err);

/**
 * An agent that speaks REST at url ("http://parts:8085", any path is a prefix), such as one of the
 * Python system. http is borrowed until every call has ended. What its answers lack is put in:
 * capabilities without honours_idempotency_key honour nothing, a failure that says it timed out has
 * an unknown outcome.
 */
SL_MUST_USE enum sl_code orch_agent_rest_new(struct sl_http_client *http, const char *url,
                                             struct orch_agent **ret_agent, struct sl_error *err);

/** Calls under way go on to their end. agent may be NULL. */
void orch_agent_free(struct orch_agent *agent);

/**
 * Asks the agent; done runs exactly once, on the loop, never inside this call. ret_call may be
 * NULL. Errors: SL_INVALID_ARGUMENT (parameters that cannot be sent), SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code orch_agent_call_start(struct orch_agent *agent,
                                               const struct orch_agent_request *request,
                                               orch_agent_done_fn *done, void *arg,
                                               struct orch_agent_call **ret_call,
                                               struct sl_error *err);

/** Ends a call with SL_CANCELLED; its callback still comes. */
void orch_agent_cancel(struct orch_agent *agent, struct orch_agent_call *call);

/** What kind of step was asked for, as far as judging the answer goes. */
struct orch_agent_traits {
    bool changes_state;
    bool is_repeatable;
};

/** What an attempt at Execute came to (ARCHITECTURE.md, "Effects happen once"). */
enum orch_verdict orch_agent_judge(const struct orch_agent_answer *answer,
                                   const struct orch_agent_traits *traits);

/** Seconds that the answer asks to wait before another try, 0 where it does not; 60 at most. */
double orch_agent_retry_after(const struct orch_agent_answer *answer);

/** Why the attempt did not succeed, in words, naming the service; into text of size bytes. */
void orch_agent_explain(const struct orch_agent_answer *answer, const char *service, char *text,
                        size_t size);

#ifdef __cplusplus
}
#endif

#endif
