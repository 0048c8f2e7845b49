#ifndef TESTS_AGENT_FAKE_RUN_H
#define TESTS_AGENT_FAKE_RUN_H

#include <map>
#include <string>
#include <vector>

#include "services/agent/service.h"

/** Carries an operation out against tools that are texts: what they answer, by their names. */
class FakeRun
{
  public:
    struct Call {
        std::string tool;
        std::string arguments;
    };

    explicit FakeRun(const char *parameters)
    {
        run_.base.interface = Interface();
        run_.base.arena = sl_arena_new();
        run_.base.parameters = json_loads(parameters, JSON_DECODE_ANY, nullptr);
        run_.self = this;
    }
    ~FakeRun()
    {
        json_decref(run_.base.parameters);
        json_decref(result_);
        sl_arena_free(run_.base.arena);
    }

    /** A tool that answers. */
    FakeRun &Tool(const std::string &name, const std::string &answer)
    {
        answers_[name] = answer;
        return *this;
    }
    /** A property in a tool's schema. */
    FakeRun &Takes(const std::string &tool, const std::string &parameter)
    {
        takes_.insert({tool, parameter});
        return *this;
    }
    FakeRun &Execute(const struct agent_service *service, const char *operation)
    {
        const struct agent_operation *row = agent_service_find(service, operation);
        service->execute_operation(row, &run_.base);
        return *this;
    }

    /** Compact, members sorted; "" where the run did not succeed. */
    std::string Result() const
    {
        return result_ == nullptr ? "" : Text(result_);
    }
    const std::string &Refusal() const
    {
        return refusal_;
    }
    const std::vector<Call> &Calls() const
    {
        return calls_;
    }
    json_t *Json() const
    {
        return result_;
    }

  private:
    struct Run {
        struct agent_run base;
        FakeRun *self;
    };

    static std::string Text(const json_t *value)
    {
        char *text = sl_json_text(value, SL_JSON_CANONICAL);
        std::string copy = text;
        free(text);
        return copy;
    }
    static FakeRun *Self(const struct agent_run *run)
    {
        return reinterpret_cast<const Run *>(run)->self;
    }
    static void CallTool(struct agent_run *run, const char *tool, json_t *arguments,
                         agent_step_fn *next)
    {
        FakeRun *self = Self(run);
        self->calls_.push_back({tool, Text(arguments)});
        json_decref(arguments);
        auto answer = self->answers_.find(tool);
        if (answer == self->answers_.end()) {
            self->refusal_ = std::string("no tool ") + tool;
            return;
        }
        json_t *value = json_loads(answer->second.c_str(), JSON_DECODE_ANY, nullptr);
        next(run, value);
        json_decref(value);
    }
    static bool ToolTakes(const struct agent_run *run, const char *tool, const char *parameter)
    {
        auto range = Self(run)->takes_.equal_range(tool);
        for (auto it = range.first; it != range.second; ++it)
            if (it->second == parameter)
                return true;
        return false;
    }
    static void Succeed(struct agent_run *run, json_t *result)
    {
        Self(run)->result_ = result;
    }
    static void Refuse(struct agent_run *run, const char *message)
    {
        Self(run)->refusal_ = message;
    }
    static const struct agent_run_interface *Interface()
    {
        static const struct agent_run_interface interface = {CallTool, ToolTakes, Succeed, Refuse};
        return &interface;
    }

    Run run_ = {};
    std::map<std::string, std::string> answers_;
    std::multimap<std::string, std::string> takes_;
    std::vector<Call> calls_;
    json_t *result_ = nullptr;
    std::string refusal_;
};

/** What a service's own check says of parameters. */
inline std::string Faults(const struct agent_service *service, const char *operation,
                          const char *parameters)
{
    struct sl_arena *arena = sl_arena_new();
    struct agent_faults faults;
    agent_faults_init(&faults, arena);
    json_t *object = json_loads(parameters, JSON_DECODE_ANY, nullptr);
    service->validate_operation(agent_service_find(service, operation), object, &faults);
    std::string text = agent_faults_join(&faults);
    json_decref(object);
    sl_arena_free(arena);
    return text;
}

#endif
