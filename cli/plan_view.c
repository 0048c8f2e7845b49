#include "cli/plan_view.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "json/json.h"

/* A graph wider than this says less than the table's column. */
#define WIDEST_GRAPH 40

static const char *text_or(const json_t *object, const char *name, const char *fallback)
{
    const char *text = sl_json_string(object, name);

    return text != NULL ? text : fallback;
}

static bool holds(const json_t *array, const char *text)
{
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(array, i, entry)
    {
        if (sl_text_equals(json_string_value(entry), text))
            return true;
    }
    return false;
}

static void print_list(const json_t *list, const char *title, FILE *out)
{
    const json_t *entry = NULL;
    size_t i;

    if (json_array_size(list) > 0)
        fprintf(out, "\n%s\n", title);
    json_array_foreach(list, i, entry)
    {
        fprintf(out, "  - %s\n", json_string_value(entry));
    }
}

/* ---- The table ---- */

struct widths {
    int step;
    int operation;
};

static int longer(int width, size_t length)
{
    return length > (size_t)width && length < 200 ? (int)length : width;
}

static struct widths measure(const json_t *steps)
{
    struct widths widths = {4, 9};
    const json_t *step = NULL;
    size_t i;

    json_array_foreach(steps, i, step)
    {
        size_t length =
            strlen(text_or(step, "service_name", "")) + 1 + strlen(text_or(step, "operation", ""));
        widths.step = longer(widths.step, strlen(text_or(step, "step_id", "")));
        widths.operation = longer(widths.operation, length);
    }
    return widths;
}

static void print_dependencies(const json_t *step, FILE *out)
{
    const json_t *dependencies = json_object_get(step, "dependencies");
    const json_t *entry = NULL;
    size_t i;

    if (json_array_size(dependencies) == 0)
        fputs("-", out);
    json_array_foreach(dependencies, i, entry)
    {
        fprintf(out, "%s%s", i > 0 ? ", " : "", json_string_value(entry));
    }
    fputc('\n', out);
}

/* "request" is what most values come from; the others say more. */
static void print_source(const json_t *step, const char *parameter, FILE *out)
{
    const json_t *sources = json_object_get(step, "sources");
    const char *source = sl_json_string(sources, parameter);
    const char *path = NULL;
    json_t *entry = NULL;
    size_t length = strlen(parameter);

    json_object_foreach((json_t *)(uintptr_t)sources, path, entry)
    {
        if (source == NULL && strncmp(path, parameter, length) == 0 &&
            (path[length] == '.' || path[length] == '['))
            source = json_string_value(entry);
    }
    fprintf(out, "%s%s\n", source != NULL ? "   <- " : "", source != NULL ? source : "");
}

static void print_parameters(const json_t *step, FILE *out)
{
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach(json_object_get(step, "parameters"), name, value)
    {
        SL_CLEANUP(sl_free_cleanup) char *text = sl_json_text(value, SL_JSON_SPACED);
        fprintf(out, "       %s: %s", name, text != NULL ? text : "");
        print_source(step, name, out);
    }
}

static void print_table(const json_t *steps, const json_t *added, FILE *out)
{
    struct widths widths = measure(steps);
    const json_t *step = NULL;
    size_t i;

    fprintf(out, "\n   #  %-*s  %-*s  %-10s  %s\n", widths.step, "STEP", widths.operation,
            "OPERATION", "ON FAILURE", "WAITS FOR");
    json_array_foreach(steps, i, step)
    {
        const char *step_id = text_or(step, "step_id", "?");
        const char *service = text_or(step, "service_name", "?");
        const char *operation = text_or(step, "operation", "?");
        int rest = widths.operation - (int)strlen(service) - 1;
        fprintf(out, "%s%3zu  %-*s  %s.%-*s  %-10s  ", holds(added, step_id) ? "+" : " ", i + 1,
                widths.step, step_id, service, rest > 0 ? rest : 0, operation,
                text_or(step, "failure_handling", "retry"));
        print_dependencies(step, out);
        print_parameters(step, out);
    }
}

/* ---- The graph ---- */

static bool waits_for(const json_t *steps, size_t step, size_t other)
{
    const char *id = sl_json_string(json_array_get(steps, other), "step_id");

    return id != NULL && holds(json_object_get(json_array_get(steps, step), "dependencies"), id);
}

static bool goes_on(const json_t *steps, size_t column, size_t row)
{
    for (size_t i = row + 1; i < json_array_size(steps); i++) {
        if (waits_for(steps, i, column))
            return true;
    }
    return false;
}

/* One step a row and a column: lines come down from what it waits for. */
static void print_row(const json_t *steps, size_t row, FILE *out)
{
    bool is_drawing = false;

    fputs("  ", out);
    for (size_t column = 0; column < row; column++) {
        bool joins = waits_for(steps, row, column);
        bool is_alive = goes_on(steps, column, row);
        const char *sign = is_drawing ? "─" : " ";
        if (joins && is_drawing)
            sign = is_alive ? "┼" : "┴";
        else if (joins)
            sign = is_alive ? "├" : "└";
        else if (is_alive)
            sign = "│";
        is_drawing = is_drawing || joins;
        fprintf(out, "%s%s", sign, is_drawing ? "─" : " ");
    }
    fprintf(out, "○ %s\n", text_or(json_array_get(steps, row), "step_id", "?"));
}

static void print_graph(const json_t *steps, FILE *out)
{
    size_t count = json_array_size(steps);

    if (count < 2 || count > WIDEST_GRAPH)
        return;
    fputc('\n', out);
    for (size_t row = 0; row < count; row++)
        print_row(steps, row, out);
}

/* ---- All of it ---- */

static void print_head(const json_t *plan, FILE *out)
{
    const json_t *planner = json_object_get(plan, "planner");
    const char *name = text_or(planner, "name", "");
    const char *model = text_or(planner, "model", "");

    fprintf(out, "Plan %s: risk %s, about %.0f s\n", text_or(plan, "plan_id", "?"),
            text_or(plan, "risk_level", "?"),
            sl_json_number(plan, "estimated_duration_seconds", 0));
    if (*name != '\0')
        fprintf(out, "Planner: %s%s%s (%s)\n", name, *model != '\0' ? " " : "", model,
                text_or(planner, "reason", ""));
}

void cli_plan_print(const json_t *response, FILE *out)
{
    const json_t *plan = json_object_get(response, "workflow_plan");
    const json_t *validation = json_object_get(response, "validation");
    const json_t *added = json_object_get(validation, "added_steps");
    const json_t *steps = json_object_get(plan, "execution_steps");

    if (json_array_size(steps) > 0) {
        print_head(plan, out);
        print_table(steps, added, out);
        print_graph(steps, out);
    }
    if (json_array_size(added) > 0)
        fputs("\n+ was added by validation\n", out);
    print_list(json_object_get(plan, "not_verified"), "Not verified by anything:", out);
    print_list(json_object_get(validation, "errors"), "What is wrong with the plan:", out);
    print_list(json_object_get(response, "missing"), "What the request leaves out:", out);
    bool is_asking = json_array_size(json_object_get(response, "missing")) > 0;
    fprintf(out, "%s%s\n", json_array_size(steps) > 0 ? "\n" : "",
            is_asking ? "Nothing is planned." : text_or(response, "message", ""));
}
