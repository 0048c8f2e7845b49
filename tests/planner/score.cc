#include "tests/planner/score.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "orchestrator/capabilities.h"
#include "services/mcp/parts_tools.h"
#include "services/mcp/payment_tools.h"
#include "services/mcp/repair_order_tools.h"

namespace
{

constexpr int64_t NOW_NS = 1750848105001000000;

/* What the agents do without a tool; their parameters are in no schema. */
const char *const local_operations[3][3] = {
    {"validate_payment_data"},
    {"get_alternative_parts", "validate_part_number"},
    {"get_repair_history", "validate_repair_order_transition"}};

struct ArenaFree {
    void operator()(sl_arena *arena) const
    {
        sl_arena_free(arena);
    }
};
using Arena = std::unique_ptr<sl_arena, ArenaFree>;

json_t *parse(const char *text, sl_arena *arena)
{
    json_error_t error;
    json_t *value = sl_json_own(arena, json_loads(text, 0, &error));
    if (value == nullptr)
        throw std::runtime_error(std::string(error.text) + " in " + text);
    return value;
}

/* One case and its plan, while its steps are matched. */
class Match
{
  public:
    Match(const json_t *wanted, const json_t *plan)
        : wanted_(wanted), steps_(json_object_get(plan, "execution_steps"))
    {
    }

    bool holds()
    {
        places_.clear();
        used_.assign(json_array_size(steps_), false);
        return match_from(0);
    }

  private:
    /* Which step of the plan each wanted one is: tried in turn, for two may look alike. */
    bool match_from(size_t n)
    {
        if (n == json_array_size(wanted_))
            return rest_is_checks();
        const json_t *want = json_array_get(wanted_, n);
        for (size_t i = 0; i < json_array_size(steps_); i++) {
            if (used_[i] || !is_step(want, json_array_get(steps_, i)) || !is_after(want, i))
                continue;
            used_[i] = true;
            places_.push_back(i);
            if (match_from(n + 1))
                return true;
            places_.pop_back();
            used_[i] = false;
        }
        return false;
    }

    bool is_step(const json_t *want, const json_t *step) const
    {
        return std::strcmp(sl_json_string(want, "service"), sl_json_string(step, "service_name")) ==
                   0 &&
               std::strcmp(sl_json_string(want, "operation"), sl_json_string(step, "operation")) ==
                   0 &&
               same_object(json_object_get(want, "parameters"),
                           json_object_get(step, "parameters"));
    }

    /* invoice_number is what validation adds; nothing else may be there that was not wanted. */
    bool same_object(const json_t *want, const json_t *got) const
    {
        size_t extra = json_object_get(got, "invoice_number") != nullptr &&
                       json_object_get(want, "invoice_number") == nullptr;
        const char *name;
        json_t *value;
        if (!json_is_object(got) || json_object_size(got) != json_object_size(want) + extra)
            return false;
        json_object_foreach(const_cast<json_t *>(want), name, value)
        {
            if (!same(value, json_object_get(got, name)))
                return false;
        }
        return true;
    }

    bool same(const json_t *want, const json_t *got) const
    {
        if (json_is_number(want) && json_is_number(got))
            return std::fabs(json_number_value(want) - json_number_value(got)) < 1e-9;
        if (json_is_string(want))
            return json_is_string(got) &&
                   with_ids(json_string_value(want)) == json_string_value(got);
        if (json_is_object(want))
            return same_object(want, got);
        return json_equal(want, got) != 0;
    }

    /* "{{#0.repair_order_id}}" names a wanted step; the plan's own id takes its place. */
    std::string with_ids(std::string text) const
    {
        for (size_t at = text.find("{{#"); at != std::string::npos; at = text.find("{{#", at + 2)) {
            size_t length = 0;
            size_t n = std::stoul(text.substr(at + 3), &length);
            if (n < places_.size())
                text.replace(at + 2, length + 1, id_of(places_[n]));
        }
        return text;
    }

    std::string id_of(size_t place) const
    {
        return sl_json_string(json_array_get(steps_, place), "step_id");
    }

    bool is_after(const json_t *want, size_t place) const
    {
        const json_t *after = json_object_get(want, "after");
        for (size_t i = 0; i < json_array_size(after); i++) {
            size_t n = static_cast<size_t>(json_integer_value(json_array_get(after, i)));
            if (n >= places_.size() || !runs_after(place, places_[n]))
                return false;
        }
        return true;
    }

    /* Over declared dependencies, and as the executor keeps the plan's order round every change. A
     * plan lists what is waited for first, so that this ends. */
    bool runs_after(size_t later, size_t earlier) const
    {
        if (later <= earlier)
            return false;
        for (size_t i = earlier; i < later; i++) {
            if (waits_for(later, i) && (i == earlier || runs_after(i, earlier)))
                return true;
        }
        return false;
    }

    bool waits_for(size_t later, size_t earlier) const
    {
        const json_t *step = json_array_get(steps_, later);
        const json_t *names = json_object_get(step, "dependencies");
        const json_t *other = json_array_get(steps_, earlier);
        for (size_t i = 0; i < json_array_size(names); i++) {
            if (id_of(earlier) == json_string_value(json_array_get(names, i)))
                return true;
        }
        const char *group = sl_json_string(step, "parallel_group");
        const char *others = sl_json_string(other, "parallel_group");
        bool side_by_side =
            group != nullptr && others != nullptr && std::strcmp(group, others) == 0;
        return !side_by_side && (changes_state(step) || changes_state(other));
    }

    static bool changes_state(const json_t *step)
    {
        return !orch_is_reading_operation(sl_json_string(step, "operation"));
    }

    bool rest_is_checks() const
    {
        for (size_t i = 0; i < used_.size(); i++) {
            if (!used_[i] && !is_existence_check(json_array_get(steps_, i)))
                return false;
        }
        return true;
    }

    static bool is_existence_check(const json_t *step)
    {
        const std::string operation = sl_json_string(step, "operation");
        return json_array_size(json_object_get(step, "validation_checks")) > 0 &&
               (operation == "get_repair_order_details" || operation == "get_part_details" ||
                operation == "check_payment_status");
    }

    const json_t *wanted_;
    const json_t *steps_;
    std::vector<size_t> places_;
    std::vector<bool> used_;
};

std::string describe(const json_t *wanted, const orch_planned &planned, sl_arena *arena)
{
    std::string text =
        std::string("\n    wanted ") + sl_json_arena_text(wanted, SL_JSON_COMPACT, arena);
    const json_t *steps = json_object_get(planned.document, "execution_steps");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        text += std::string("\n    ") + sl_json_string(step, "step_id") + " " +
                sl_json_string(step, "operation") + " " +
                sl_json_arena_text(json_object_get(step, "parameters"), SL_JSON_COMPACT, arena) +
                " after " +
                sl_json_arena_text(json_object_get(step, "dependencies"), SL_JSON_COMPACT, arena);
    }
    for (size_t i = 0; i < planned.missing.count; i++)
        text += std::string("\n    missing ") + planned.missing.entries[i];
    if (planned.declined != nullptr)
        text += std::string("\n    declined ") + planned.declined;
    return text;
}

void score_line(const std::string &line, const Dealership &dealership, PlannerScore *score)
{
    Arena arena(sl_arena_new());
    const json_t *one = parse(line.c_str(), arena.get());
    const char *request = sl_json_string(one, "request");
    const json_t *wanted = json_object_get(one, "steps");
    orch_planned planned = plan_request(request, dealership, arena.get());
    bool nothing = json_is_true(json_object_get(one, "runs_nothing"));
    bool right = nothing ? planned.document == nullptr
                         : planned.document != nullptr && Match(wanted, planned.document).holds();

    (nothing ? score->nothing : score->rest)++;
    (nothing ? score->nothing_right : score->rest_right) += right;
    if (!right)
        score->wrong.push_back(std::string(sl_json_string(one, "id")) + ": " + request +
                               describe(wanted, planned, arena.get()));
}

} // namespace

Dealership::Dealership() : arena_(sl_arena_new())
{
    const reference_definition *const servers[] = {&payment_server, &parts_server,
                                                   &repair_orders_server};
    const char *const names[] = {"payment", "parts", "repair_orders"};

    for (size_t s = 0; s < 3; s++) {
        for (size_t i = 0; i < servers[s]->tool_count; i++) {
            const sl_mcp_tool &tool = servers[s]->tools[i].declaration;
            operations_[s].push_back({tool.name, tool.description, parse(tool.input_schema, arena_),
                                      tool.is_read_only, tool.is_idempotent, true});
        }
        for (const char *name : local_operations[s]) {
            if (name != nullptr)
                operations_[s].push_back({name, "", nullptr, true, true, true});
        }
        services_[s] = {names[s], true, operations_[s].data(), operations_[s].size()};
    }
    capabilities_ = {services_, 3};
}

Dealership::~Dealership()
{
    sl_arena_free(arena_);
}

orch_planned plan_request(const char *request, const Dealership &dealership, sl_arena *arena)
{
    orch_planned planned = {};
    orch_planning planning = {};
    sl_error error = {};

    planning.user_request = request;
    planning.capabilities = &dealership.capabilities();
    planning.now_wall_ns = NOW_NS;
    if (orch_planner_rules(&planning, arena, &planned, &error) != SL_OK)
        throw std::runtime_error(error.message);
    return planned;
}

PlannerScore score_requests(const std::string &path)
{
    std::ifstream file(path);
    Dealership dealership;
    PlannerScore score;

    if (!file.is_open())
        throw std::runtime_error("cannot read " + path);
    for (std::string line; std::getline(file, line);) {
        if (!line.empty())
            score_line(line, dealership, &score);
    }
    return score;
}
