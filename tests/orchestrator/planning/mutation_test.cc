#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "planning_fixture.h"

/* Plans changed at random: whatever validation accepts keeps every rule, checked here anew and in
 * another way. */

namespace
{

/* As many as take seconds; ten times as many where time does not matter. */
int Mutations()
{
    return std::getenv("SL_TEST_ALL") != nullptr ? 100000 : 10000;
}

class Mutation : public Planning
{
  protected:
    using Random = std::mt19937;

    json_t *RandomValue(Random &random)
    {
        static const char *const values[] = {"null",
                                             "true",
                                             "-1",
                                             "0",
                                             "1",
                                             "1.5",
                                             "11",
                                             "601",
                                             "1e300",
                                             "\"\"",
                                             "\"a\"",
                                             "\"1234\"",
                                             "\"{{validate_ro_1.status}}\"",
                                             "\"{{gone.x}}\"",
                                             "\"create_payment_1\"",
                                             "\"drop_tables\"",
                                             "[]",
                                             "{}",
                                             "[\"reserve_part_1\"]",
                                             "[\"gone\"]",
                                             "{\"a\":{\"b\":[1]}}",
                                             "\"retry\"",
                                             "\"abort\"",
                                             "\"payment\"",
                                             "\"get_part_details\"",
                                             "[\"create_payment_1\",\"create_payment_1\"]"};
        return json_loads(values[random() % (sizeof values / sizeof *values)], JSON_DECODE_ANY,
                          nullptr);
    }

    static void Collect(json_t *value, std::vector<json_t *> *all)
    {
        const char *name;
        json_t *member;
        size_t i;
        if (json_is_object(value) || json_is_array(value))
            all->push_back(value);
        json_object_foreach(value, name, member)
        {
            Collect(member, all);
        }
        json_array_foreach(value, i, member)
        {
            Collect(member, all);
        }
    }

    void MutateObject(json_t *object, Random &random)
    {
        size_t size = json_object_size(object);
        if (size == 0) {
            json_object_set_new(object, "x", RandomValue(random));
            return;
        }
        void *member = json_object_iter(object);
        for (size_t skip = random() % size; skip > 0; skip--)
            member = json_object_iter_next(object, member);
        std::string name = json_object_iter_key(member);
        if (random() % 3 == 0)
            json_object_del(object, name.c_str());
        else
            json_object_set_new(object, name.c_str(), RandomValue(random));
    }

    void MutateArray(json_t *array, Random &random)
    {
        size_t size = json_array_size(array);
        if (size == 0 || random() % 4 == 0) {
            json_array_append_new(array, RandomValue(random));
            return;
        }
        size_t place = random() % size;
        switch (random() % 3) {
        case 0:
            json_array_remove(array, place);
            break;
        case 1:
            json_array_append_new(array, json_deep_copy(json_array_get(array, place)));
            break;
        default:
            json_array_set_new(array, place, RandomValue(random));
        }
    }

    void Mutate(json_t *document, Random &random)
    {
        std::vector<json_t *> all;
        Collect(document, &all);
        json_t *target = all[random() % all.size()];
        if (json_is_object(target))
            MutateObject(target, random);
        else
            MutateArray(target, random);
    }

    static void References(const json_t *value, std::set<std::string> *ids)
    {
        const char *name;
        json_t *member;
        size_t i;
        if (json_is_string(value)) {
            std::string text = json_string_value(value);
            for (size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2))
                ids->insert(text.substr(at + 2, text.find_first_of(".}", at) - at - 2));
        }
        json_object_foreach((json_t *)value, name, member)
        {
            References(member, ids);
        }
        json_array_foreach(value, i, member)
        {
            References(member, ids);
        }
    }

    /* "" where the plan keeps every rule. */
    std::string BrokenRule(const orch_plan *plan, const orch_capabilities *services)
    {
        std::map<std::string, size_t> places;
        if (plan->step_count < 1 || plan->step_count > 100)
            return "number of steps";
        for (size_t i = 0; i < plan->step_count; i++) {
            if (!places.emplace(plan->steps[i].step_id, i).second)
                return "unique ids";
        }
        for (size_t i = 0; i < plan->step_count; i++) {
            const orch_step &step = plan->steps[i];
            const orch_operation *operation =
                orch_capabilities_operation(services, step.service_name, step.operation);
            if (operation == nullptr)
                return "known operations";
            if (step.timeout_seconds < 1 || step.timeout_seconds > 600)
                return "timeout";
            if (step.retry_attempts < 0 || step.retry_attempts > 10)
                return "retries";
            std::set<size_t> waits;
            for (size_t d = 0; d < step.dependency_count; d++) {
                if (step.dependencies[d] >= i ||
                    plan->steps[step.dependencies[d]].order > step.order)
                    return "dependencies come first";
                waits.insert(step.dependencies[d]);
            }
            std::set<std::string> ids;
            References(step.parameters, &ids);
            for (const std::string &id : ids) {
                if (places.count(id) == 0 || waits.count(places[id]) == 0)
                    return "references are dependencies";
            }
            for (const char *required : {"repair_order_id", "part_number", "payment_id"}) {
                const json_t *schema = json_object_get(operation->input_schema, "properties");
                const json_t *value = json_object_get(step.parameters, required);
                if (json_object_get(schema, required) != nullptr && !json_is_string(value))
                    return std::string("type of ") + required;
            }
            std::string broken = MissingCheck(plan, step, operation, waits);
            if (!broken.empty())
                return broken;
        }
        return "";
    }

    std::string MissingCheck(const orch_plan *plan, const orch_step &step,
                             const orch_operation *operation, const std::set<size_t> &waits)
    {
        const char *order = sl_json_string(step.parameters, "repair_order_id");
        if (operation->is_read_only || order == nullptr ||
            std::string(order).find("{{") != std::string::npos)
            return "";
        for (size_t other : waits) {
            const orch_step &check = plan->steps[other];
            const char *checked = sl_json_string(check.parameters, "repair_order_id");
            if (std::string(check.operation) == "get_repair_order_details" && checked != nullptr &&
                std::string(checked) == order)
                return "";
        }
        return "existence check";
    }
};

TEST_F(Mutation, NoPlanThatBreaksARuleIsAccepted)
{
    orch_capabilities services = Dealership();
    json_t *start = Plan(EXAMPLE_REQUEST, nullptr, &services).document;
    ASSERT_NE(start, nullptr);
    int accepted = 0;
    const int mutations = Mutations();
    for (int seed = 0; seed < mutations; seed++) {
        Random random(static_cast<unsigned>(seed));
        sl_arena *arena = sl_arena_new();
        json_t *document = json_deep_copy(start);
        for (unsigned n = 1 + random() % 3; n > 0; n--)
            Mutate(document, random);
        orch_validation found = {};
        sl_error error = {};
        ASSERT_EQ(orch_validate(document, &services, &defaults_, arena, &found, &error), SL_OK);
        ASSERT_EQ(found.plan == nullptr, found.errors.count > 0) << "seed " << seed;
        if (found.plan != nullptr) {
            accepted++;
            ASSERT_EQ(BrokenRule(found.plan, &services), "")
                << "seed " << seed << ": " << Text(found.plan->document);
        }
        json_decref(document);
        sl_arena_free(arena);
    }
    EXPECT_GT(accepted, mutations / 50);
    EXPECT_LT(accepted, mutations);
    std::printf("%d of %d mutated plans were sound and accepted\n", accepted, mutations);
}

} // namespace
