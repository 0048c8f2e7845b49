#ifndef AGENT_OPERATION_H
#define AGENT_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "services/agent/faults.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What an agent can do, as a table, and how the code behind a row talks to the tools: all that a
 * domain (services/payment, ...) has to know of the rest. No socket is needed to test it.
 */

/** How an operation is carried out. */
enum agent_kind {
    /** By the agent itself. */
    AGENT_LOCAL,
    /** By the tool of the operation's name. */
    AGENT_TOOL,
    /** By several tool calls together. */
    AGENT_COMPOSED,
};

enum agent_type {
    AGENT_ANY,
    AGENT_STRING,
    AGENT_NUMBER,
    AGENT_INTEGER,
    AGENT_STRINGS,
    AGENT_OBJECT,
};

enum agent_need {
    AGENT_OPTIONAL,
    AGENT_REQUIRED,
    /** Required unless the tool's inputSchema is known and says otherwise. */
    AGENT_BY_TOOL,
};

struct agent_parameter {
    const char *name;
    /** Checked only where no tool's inputSchema says it better. */
    enum agent_type type;
    enum agent_need need;
    /** In words, as an error wants it: "an e-mail address". */
    const char *wanted;
    /** Optional. Text that is passed to the tool where the caller gives none. */
    const char *default_text;
};

struct agent_run;

/** Looks at parameters as the domain does and notes what is wrong. Parameters may be missing or of
 * any type. */
typedef void agent_check_fn(const json_t *parameters, struct agent_faults *faults);

/**
 * One step of an operation: value is what the tool called last gave (borrowed until return), NULL
 * at the first step. It calls exactly one of agent_run_call_tool(), agent_run_succeed(),
 * agent_run_refuse().
 */
typedef void agent_step_fn(struct agent_run *run, json_t *value);

/** One row. */
struct agent_operation {
    const char *name;
    enum agent_kind kind;
    /** Changes nothing, whatever its tool's annotations say or leave out. */
    bool is_reading;
    /** A sentence: planners read it. */
    const char *description;
    const struct agent_parameter *parameters;
    size_t parameter_count;
    /** Optional. */
    agent_check_fn *check;
    /** Local and composed: the first step. */
    agent_step_fn *execute;
    /**
     * Composed and state-changing: the step after the one call that changes state. It must need
     * nothing from the steps before, because after a crash that call may be the first one made.
     */
    agent_step_fn *after_effect;
    /** Composed: the names of the tools it calls, NULL after the last. */
    const char *const *tools;
};

/** How a run does what its steps ask; the agent's execution provides it, and tests their own. */
struct agent_run_interface {
    void (*call_tool)(struct agent_run *run, const char *tool, json_t *arguments,
                      agent_step_fn *next);
    bool (*tool_takes)(const struct agent_run *run, const char *tool, const char *parameter);
    void (*succeed)(struct agent_run *run, json_t *result);
    void (*refuse)(struct agent_run *run, const char *message);
};

/** An operation being carried out, as its steps see it. Loop only. */
struct agent_run {
    const struct agent_run_interface *interface;
    /** Lives as long as the run. */
    struct sl_arena *arena;
    /** The caller's parameters; an object. Owned by the run. */
    json_t *parameters;
    /** The steps' own, in the arena. */
    void *state;
};

/**
 * Calls a tool and goes on with next when it has answered; where it fails or refuses, the run ends
 * with that and next is never called. arguments is taken; NULL means that memory ran out.
 */
static inline void agent_run_call_tool(struct agent_run *run, const char *tool, json_t *arguments,
                                       agent_step_fn *next)
{
    run->interface->call_tool(run, tool, arguments, next);
}

/** Whether the tool's inputSchema has a property of that name. */
static inline bool agent_run_tool_takes(const struct agent_run *run, const char *tool,
                                        const char *parameter)
{
    return run->interface->tool_takes(run, tool, parameter);
}

/** Ends the run with a result, which is taken; NULL means that memory ran out. */
static inline void agent_run_succeed(struct agent_run *run, json_t *result)
{
    run->interface->succeed(run, result);
}

/** Ends the run: nothing was changed, for the reason given. message is copied; NULL: out of memory.
 */
static inline void agent_run_refuse(struct agent_run *run, const char *message)
{
    run->interface->refuse(run, message);
}

#ifdef __cplusplus
}
#endif

#endif
