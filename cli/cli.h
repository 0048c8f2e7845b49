#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "guard/settings.h"
#include "rpc/rpc.h"
#include "servicelane/orchestrator/v1/orchestrator.pb-c.h"

/* What the commands of `servicelane` share. One thread: the loop runs inside a command. */

/** Exit statuses: done; the answer says no, or there is none; the command line is wrong; Ctrl-C. */
enum cli_status { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 };

/** What the command line said. Borrowed from argv and the environment. */
struct cli_options {
    /** gRPC target of the orchestrator. */
    const char *target;
    /** Print the answer as JSON instead of text. */
    bool is_json;
    /** workflow: each change, to the end. */
    bool is_following;
    /** up: stop when the request is done. */
    bool is_once;
    /** health: seconds to wait for it. call: seconds of the operation, 0 for the agent's default.
     */
    int64_t wait_s, timeout_s;
    /** workflows, audit: the most that are shown; 0 for the default. */
    int64_t limit;
    /** workflows: only those of this status. */
    const char *status;
    /** call: idempotency key; NULL: a new one. */
    const char *key;
    /** cancel, reconcile: why; reconcile: what the step gave, as JSON. */
    const char *reason, *result;
    /** up: the data folder; NULL: that of the environment. */
    const char *data_dir;
    /** mcp-probe: the tool to call and its arguments as JSON, the revision to speak; NULL for none.
     */
    const char *tool;
    const char *tool_arguments;
    const char *revision;
    /** plan: the file whose plan is to be run; NULL: the request is to be planned. */
    const char *plan_file;
    /** The command's own arguments. */
    char **arguments;
    int argument_count;
};

/** An open connection to the orchestrator and what a command needs beside it. */
struct cli_client {
    const struct cli_options *options;
    struct sl_loop *loop;
    /** NULL for a command that needs no orchestrator. */
    struct sl_channel *channel;
    struct sl_arena *arena;
    /** The key that is shown, and TLS, from the environment. */
    struct sl_guard_settings guard;
    /** Goes with every call. */
    struct sl_metadata metadata;
};

/** is_local: without a channel. */
SL_MUST_USE enum sl_code cli_client_init(const struct cli_options *options, bool is_local,
                                         struct cli_client *ret_client, struct sl_error *err);
void cli_client_done(struct cli_client *client);

/** A channel to another service than the orchestrator, with the same key and TLS. */
SL_MUST_USE enum sl_code cli_dial(const struct cli_client *client, const char *target,
                                  struct sl_channel **ret_channel, struct sl_error *err);

/** Options of a call: timeout_ms (0: the channel's default), and who asks. Borrows from client. */
struct sl_call_options cli_call_options(const struct cli_client *client, int64_t timeout_ms);

/** Says on stderr what went wrong and what to do about it; returns CLI_FAILED. */
enum cli_status cli_complain(const struct cli_client *client, const struct sl_error *err);

/** Prints a message as indented JSON on stdout. */
enum cli_status cli_print_json(const ProtobufCMessage *message);

enum cli_status cli_orchestrate(struct cli_client *client);
enum cli_status cli_plan(struct cli_client *client);
/** Has a request carried out and shows it to its end; gives it an id. */
enum cli_status cli_follow(struct cli_client *client,
                           Servicelane__Orchestrator__V1__OrchestratorRequest *request);
/** Shows the events of a workflow until its end, and its result. */
enum cli_status cli_watch(struct cli_client *client, const char *request_id);
enum cli_status cli_services(struct cli_client *client);
enum cli_status cli_workflows(struct cli_client *client);
enum cli_status cli_cancel(struct cli_client *client);
enum cli_status cli_reconcile(struct cli_client *client);
enum cli_status cli_audit(struct cli_client *client);
enum cli_status cli_call(struct cli_client *client);
enum cli_status cli_up(struct cli_client *client);
enum cli_status cli_completion(struct cli_client *client);
enum cli_status cli_workflow(struct cli_client *client);
enum cli_status cli_health(struct cli_client *client);
enum cli_status cli_mcp_probe(struct cli_client *client);

#endif
