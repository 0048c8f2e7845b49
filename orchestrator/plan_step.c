#include "orchestrator/plan_step.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A whole number of a step, with its bounds. */
struct integer_rule {
    const char *name;
    int minimum;
    int maximum;
    int fallback;
};

static const char *const policies[] = {"retry", "skip", "abort", NULL};

static const struct orch_text_rule step_id_rule = {"step_id", true, true, NULL, NULL};
static const struct orch_text_rule service_rule = {"service_name", true, true, NULL, NULL};
static const struct orch_text_rule operation_rule = {"operation", true, true, NULL, NULL};
static const struct orch_text_rule group_rule = {"parallel_group", false, false, NULL, NULL};
static const struct orch_text_rule policy_rule = {"failure_handling", false, false, policies,
                                                  "retry"};

static bool is_identifier(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!isalnum((unsigned char)*text) && strchr("_-", *text) == NULL)
            return false;
    }
    return true;
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

static bool is_choice(const char *const *choices, const char *text)
{
    while (*choices != NULL && strcmp(*choices, text) != 0)
        choices++;
    return *choices != NULL;
}

static const char *choices_text(struct sl_arena *arena, const char *const *choices)
{
    const char *text = choices[0];

    for (size_t i = 1; text != NULL && choices[i] != NULL; i++)
        text = sl_arena_printf(arena, "%s, %s", text, choices[i]);
    return text != NULL ? text : "";
}

static enum sl_code check_text(struct orch_reading *reading, const struct orch_text_rule *rule,
                               const char *where, const char *text)
{
    if (*text == '\0')
        return orch_reading_fault(reading, "%s: %s is empty", where, rule->name);
    if (strlen(text) > ORCH_PLAN_MAX_NAME)
        return orch_reading_fault(reading, "%s: %s has %zu bytes, at most %d are wanted", where,
                                  rule->name, strlen(text), ORCH_PLAN_MAX_NAME);
    if (has_control(text))
        return orch_reading_fault(reading, "%s: %s holds control characters", where, rule->name);
    if (rule->is_identifier && !is_identifier(text))
        return orch_reading_fault(reading,
                                  "%s: %s is \"%s\", letters, digits, '_' and '-' are wanted",
                                  where, rule->name, text);
    if (rule->choices != NULL && !is_choice(rule->choices, text))
        return orch_reading_fault(reading, "%s: %s is \"%s\", one of %s is wanted", where,
                                  rule->name, text, choices_text(reading->arena, rule->choices));
    return SL_OK;
}

enum sl_code orch_reading_text(struct orch_reading *reading, const json_t *object,
                               const struct orch_text_rule *rule, const char *where,
                               const char **ret_text)
{
    const json_t *value = json_object_get(object, rule->name);
    size_t faults = reading->faults->count;

    if (value == NULL || json_is_null(value)) {
        if (rule->is_required)
            return orch_reading_fault(reading, "%s: %s is missing", where, rule->name);
        *ret_text = rule->fallback;
        return SL_OK;
    }
    if (!json_is_string(value))
        return orch_reading_fault(reading, "%s: %s is %s, a string is wanted", where, rule->name,
                                  sl_json_type_name(value));
    SL_TRY(check_text(reading, rule, where, json_string_value(value)));
    if (reading->faults->count > faults)
        return SL_OK;
    *ret_text = sl_arena_strdup(reading->arena, json_string_value(value));
    return *ret_text != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

/* Numbers that came through a Struct are doubles: an integral one is an integer. */
static bool whole_number(const json_t *value, double *ret_number)
{
    if (!json_is_number(value))
        return false;
    *ret_number = json_number_value(value);
    return floor(*ret_number) == *ret_number;
}

static enum sl_code read_integer(struct orch_reading *reading, const json_t *step,
                                 const struct integer_rule *rule, const char *where,
                                 int *ret_number)
{
    const json_t *value = json_object_get(step, rule->name);
    double number = 0;

    if (value == NULL || json_is_null(value)) {
        *ret_number = rule->fallback;
        return SL_OK;
    }
    if (!whole_number(value, &number))
        return orch_reading_fault(reading, "%s: %s is %s, a whole number is wanted", where,
                                  rule->name, sl_json_type_name(value));
    if (number < rule->minimum || number > rule->maximum) {
        char given[32];
        sl_json_format_double(number, given);
        return orch_reading_fault(reading, "%s: %s is %s, %d to %d is wanted", where, rule->name,
                                  given, rule->minimum, rule->maximum);
    }
    *ret_number = (int)number;
    return SL_OK;
}

static enum sl_code read_checks(struct orch_reading *reading, json_t *step, const char *where,
                                json_t **ret_checks)
{
    json_t *checks = json_object_get(step, "validation_checks");
    const json_t *check = NULL;
    size_t i;

    if (checks == NULL || json_is_null(checks)) {
        if (json_object_set_new(step, "validation_checks", json_array()) != 0)
            return SL_RESOURCE_EXHAUSTED;
        checks = json_object_get(step, "validation_checks");
    }
    if (!json_is_array(checks))
        return orch_reading_fault(reading, "%s: validation_checks is %s, an array is wanted", where,
                                  sl_json_type_name(checks));
    json_array_foreach(checks, i, check)
    {
        if (!json_is_string(check))
            return orch_reading_fault(reading,
                                      "%s: validation_checks[%zu] is %s, a string is wanted", where,
                                      i, sl_json_type_name(check));
    }
    *ret_checks = checks;
    return SL_OK;
}

static enum sl_code read_parameters(struct orch_reading *reading, json_t *step, const char *where,
                                    json_t **ret_parameters)
{
    json_t *parameters = json_object_get(step, "parameters");

    if (parameters == NULL)
        return orch_reading_fault(reading, "%s: parameters is missing", where);
    if (!json_is_object(parameters))
        return orch_reading_fault(reading, "%s: parameters is %s, an object is wanted", where,
                                  sl_json_type_name(parameters));
    *ret_parameters = parameters;
    return SL_OK;
}

static enum orch_failure_policy policy_of(const char *name)
{
    if (name != NULL && strcmp(name, "skip") == 0)
        return ORCH_FAILURE_SKIP;
    if (name != NULL && strcmp(name, "abort") == 0)
        return ORCH_FAILURE_ABORT;
    return ORCH_FAILURE_RETRY;
}

static enum sl_code write_defaults(json_t *step, const struct orch_step *read, const char *policy)
{
    json_t *group = read->parallel_group != NULL ? json_string(read->parallel_group) : json_null();
    int failed = json_object_set_new(step, "step_order", json_integer(read->order));

    failed |= json_object_set_new(step, "parallel_group", group);
    failed |= json_object_set_new(step, "failure_handling", json_string(policy));
    failed |= json_object_set_new(step, "timeout_seconds", json_integer(read->timeout_seconds));
    failed |= json_object_set_new(step, "retry_attempts", json_integer(read->retry_attempts));
    return failed == 0 ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static int clamp(int number, int minimum, int maximum)
{
    return number < minimum ? minimum : number > maximum ? maximum : number;
}

enum sl_code orch_step_read(struct orch_reading *reading, json_t *step, size_t place,
                            struct orch_step *ret_step)
{
    const struct integer_rule order = {"step_order", 0, 1000000, (int)place + 1};
    const struct integer_rule timeout = {
        "timeout_seconds", 1, ORCH_PLAN_MAX_TIMEOUT_SECONDS,
        clamp(reading->defaults->timeout_seconds, 1, ORCH_PLAN_MAX_TIMEOUT_SECONDS)};
    const struct integer_rule retries = {
        "retry_attempts", 0, ORCH_PLAN_MAX_RETRIES,
        clamp(reading->defaults->retry_attempts, 0, ORCH_PLAN_MAX_RETRIES)};
    struct orch_step read = {0};
    const char *policy = "retry";
    char where[ORCH_PLAN_MAX_NAME + 32];

    snprintf(where, sizeof where, "step %zu", place + 1);
    if (!json_is_object(step))
        return orch_reading_fault(reading, "%s is %s, an object is wanted", where,
                                  sl_json_type_name(step));
    SL_TRY(orch_reading_text(reading, step, &step_id_rule, where, &read.step_id));
    if (read.step_id != NULL)
        snprintf(where, sizeof where, "step \"%s\"", read.step_id);
    SL_TRY(orch_reading_text(reading, step, &service_rule, where, &read.service_name));
    SL_TRY(orch_reading_text(reading, step, &operation_rule, where, &read.operation));
    SL_TRY(orch_reading_text(reading, step, &group_rule, where, &read.parallel_group));
    SL_TRY(orch_reading_text(reading, step, &policy_rule, where, &policy));
    SL_TRY(read_integer(reading, step, &order, where, &read.order));
    SL_TRY(read_integer(reading, step, &timeout, where, &read.timeout_seconds));
    SL_TRY(read_integer(reading, step, &retries, where, &read.retry_attempts));
    SL_TRY(read_parameters(reading, step, where, &read.parameters));
    SL_TRY(read_checks(reading, step, where, &read.validation_checks));
    read.failure_policy = policy_of(policy);
    *ret_step = read;
    return write_defaults(step, &read, policy);
}
