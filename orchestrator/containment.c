#include "orchestrator/containment.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/references.h"
#include "orchestrator/said.h"
#include "orchestrator/validation.h"
#include "json/schema.h"

#define DEFAULT_CURRENCY "USD"
/* A context of many thousands of values is looked at this often in all; what is not found in it
 * then comes from nowhere. */
#define MOST_LOOKS 100000

/* What a parameter names, by the words of its own name. */
enum kind {
    /** Goes where it likes: texts, quantities, dates. */
    KIND_FREE,
    /** Shown, not held: an existence check finds what was made up. */
    KIND_ID,
    KIND_MONEY,
    KIND_CURRENCY,
    KIND_RECIPIENT,
    KIND_ACCOUNT,
};

static const char *const kind_names[] = {"a value",    "an id",       "an amount",
                                         "a currency", "a recipient", "an account"};

static const struct {
    const char *word;
    enum kind kind;
} kind_words[] = {
    {"currency", KIND_CURRENCY},    {"email", KIND_RECIPIENT},     {"mail", KIND_RECIPIENT},
    {"phone", KIND_RECIPIENT},      {"mobile", KIND_RECIPIENT},    {"recipient", KIND_RECIPIENT},
    {"recipients", KIND_RECIPIENT}, {"cc", KIND_RECIPIENT},        {"bcc", KIND_RECIPIENT},
    {"address", KIND_RECIPIENT},    {"amount", KIND_MONEY},        {"price", KIND_MONEY},
    {"total", KIND_MONEY},          {"deposit", KIND_MONEY},       {"fee", KIND_MONEY},
    {"cost", KIND_MONEY},           {"discount", KIND_MONEY},      {"tip", KIND_MONEY},
    {"balance", KIND_MONEY},        {"sum", KIND_MONEY},           {"cents", KIND_MONEY},
    {"estimate", KIND_MONEY},       {"charge", KIND_MONEY},        {"subtotal", KIND_MONEY},
    {"account", KIND_ACCOUNT},      {"iban", KIND_ACCOUNT},        {"bic", KIND_ACCOUNT},
    {"routing", KIND_ACCOUNT},      {"card", KIND_ACCOUNT},        {"wallet", KIND_ACCOUNT},
    {"customer", KIND_ACCOUNT},     {"payment", KIND_ACCOUNT},     {"invoice", KIND_ACCOUNT},
    {"order", KIND_ACCOUNT},        {"transaction", KIND_ACCOUNT},
};

static const char *const id_words[] = {"id", "ids", "number", "numbers", "vin"};

/* One step's parameters while they are walked through. */
struct containing {
    const struct orch_origin *origin;
    struct sl_arena *arena;
    struct orch_texts *faults;
    struct orch_said said;
    const struct orch_step *step;
    json_t *sources;
    /** Values of the context that may still be looked at, in all. */
    size_t looks_left;
};

/* ---- Names ---- */

static bool has_word(const char *name, size_t length, const char *word)
{
    size_t wanted = strlen(word);

    for (size_t i = 0; i + wanted <= length; i++) {
        char before = i > 0 ? name[i - 1] : '_';
        char after = i + wanted < length ? name[i + wanted] : '_';
        bool begins = !isalpha((unsigned char)before) ||
                      (islower((unsigned char)before) && isupper((unsigned char)name[i]));
        bool ends = !islower((unsigned char)after);
        if (begins && ends && strncasecmp(name + i, word, wanted) == 0)
            return true;
    }
    return false;
}

static bool is_id_name(const char *name, size_t length)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(id_words); i++) {
        if (has_word(name, length, id_words[i]))
            return true;
    }
    return false;
}

static enum kind kind_of(const char *name, size_t length)
{
    bool is_id = is_id_name(name, length);

    if (length == 2 && strncasecmp(name, "to", 2) == 0)
        return KIND_RECIPIENT;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(kind_words); i++) {
        enum kind kind = kind_words[i].kind;
        bool needs_id = kind == KIND_ACCOUNT && i >= SL_ARRAY_LENGTH(kind_words) - 5;
        if (has_word(name, length, kind_words[i].word) && (!needs_id || is_id))
            return kind;
    }
    return is_id ? KIND_ID : KIND_FREE;
}

/* The last member's name of a path: "parts[0].unit_price" is a price. */
static enum kind kind_of_path(const char *path, size_t length)
{
    size_t end = length;

    for (;;) {
        size_t begin = end;
        while (begin > 0 && strchr(".[]", path[begin - 1]) == NULL)
            begin--;
        if (begin < end && !isdigit((unsigned char)path[begin]))
            return kind_of(path + begin, end - begin);
        if (begin == 0)
            return KIND_FREE;
        end = begin - 1;
    }
}

/* ---- Finding a source ---- */

static bool text_says(const char *words, const char *value, enum kind kind)
{
    if (strchr(value, '@') != NULL)
        return orch_words_hold_address(words, value);
    return orch_words_hold(words, value, kind == KIND_RECIPIENT);
}

static bool read_number(const json_t *value, double *ret_number)
{
    const char *text = json_string_value(value);
    char *end = NULL;

    if (json_is_number(value)) {
        *ret_number = json_number_value(value);
        return true;
    }
    if (text == NULL || *text == '\0')
        return false;
    *ret_number = strtod(text, &end);
    return *end == '\0' && isfinite(*ret_number);
}

static const char *text_of(const json_t *value, char out[32])
{
    if (json_is_string(value))
        return json_string_value(value);
    sl_json_format_double(json_number_value(value), out);
    return out;
}

static bool is_same(const json_t *value, const json_t *other, enum kind kind)
{
    char buffers[2][32];
    double numbers[2];

    if (!json_is_string(other) && !json_is_number(other))
        return false;
    if (kind == KIND_MONEY && read_number(value, &numbers[0]) && read_number(other, &numbers[1]))
        return numbers[0] == numbers[1];
    return kind != KIND_MONEY &&
           text_says(text_of(other, buffers[0]), text_of(value, buffers[1]), kind);
}

/* Where in the context the value is, such as ".customer.email"; NULL for nowhere. Money is not
 * taken from what is named as something else. Owned by arena. */
static const char *find_in_context(struct containing *containing, const json_t *holder,
                                   const json_t *value, enum kind kind)
{
    const char *found = NULL;
    const char *name = NULL;
    json_t *member = NULL;
    size_t i;

    if (containing->looks_left == 0)
        return NULL;
    containing->looks_left--;
    if (is_same(value, holder, kind))
        return "";
    json_array_foreach(holder, i, member)
    {
        found = find_in_context(containing, member, value, kind);
        if (found != NULL)
            return sl_arena_printf(containing->arena, "[%zu]%s", i, found);
    }
    json_object_foreach((json_t *)(uintptr_t)holder, name, member)
    {
        enum kind named = kind_of(name, strlen(name));
        bool may_be = kind != KIND_MONEY || named == KIND_MONEY || named == KIND_FREE;
        if (may_be)
            found = find_in_context(containing, member, value, kind);
        if (found != NULL)
            return sl_arena_printf(containing->arena, ".%s%s", name, found);
    }
    return NULL;
}

static bool request_says(const struct containing *containing, const json_t *value, enum kind kind)
{
    char buffer[32];
    double number = 0;

    if (kind == KIND_MONEY)
        return read_number(value, &number) && orch_said_number(&containing->said, number);
    if (kind == KIND_CURRENCY && json_is_string(value))
        return orch_said_currency(&containing->said, json_string_value(value));
    return text_says(containing->origin->user_request, text_of(value, buffer), kind);
}

/* "result of create_ro_1" where the value is nothing but one reference to a value of its kind. */
static const char *find_in_results(const struct containing *containing, const char *text,
                                   enum kind kind)
{
    struct orch_reference reference;

    if (!orch_reference_next(text, &reference) || reference.begin != text || *reference.end != '\0')
        return NULL;
    enum kind from = kind_of_path(reference.path, reference.path_length);
    bool is_of_kind = from == kind || kind == KIND_ID || (kind == KIND_ACCOUNT && from == KIND_ID);
    if (!is_of_kind)
        return NULL;
    return sl_arena_printf(containing->arena, "result of %.*s", (int)reference.step_id_length,
                           reference.step_id);
}

static bool is_reference(const json_t *value)
{
    struct orch_reference reference;

    return json_is_string(value) && orch_reference_next(json_string_value(value), &reference);
}

static const char *find_source(struct containing *containing, const json_t *value, enum kind kind)
{
    if (is_reference(value))
        return find_in_results(containing, json_string_value(value), kind);
    if (request_says(containing, value, kind))
        return "request";
    const char *place = find_in_context(containing, containing->origin->context, value, kind);
    if (place != NULL)
        return sl_arena_printf(containing->arena, "context%s", place);
    bool is_default =
        kind == KIND_CURRENCY && sl_text_equals(json_string_value(value), DEFAULT_CURRENCY);
    return is_default ? "default" : NULL;
}

/* ---- Walking ---- */

static enum sl_code fault(struct containing *containing, const char *path, enum kind kind,
                          const json_t *value)
{
    const char *text = sl_json_arena_text(value, SL_JSON_COMPACT, containing->arena);

    if (text == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (is_reference(value))
        return orch_texts_add(containing->faults, containing->arena,
                              "step \"%s\": parameters.%s names %s: %.200s is not one whole value "
                              "of that kind of an earlier result",
                              containing->step->step_id, path, kind_names[kind], text);
    return orch_texts_add(containing->faults, containing->arena,
                          "step \"%s\": parameters.%s names %s, and %.200s comes neither from the "
                          "request nor from its context nor from an earlier result",
                          containing->step->step_id, path, kind_names[kind], text);
}

static enum sl_code contain_value(struct containing *containing, const char *path, enum kind kind,
                                  const json_t *value)
{
    const char *source = find_source(containing, value, kind);

    if (source == NULL && containing->origin->otherwise != NULL)
        source = is_reference(value) ? "results" : containing->origin->otherwise;
    if (source == NULL && kind != KIND_ID)
        return fault(containing, path, kind, value);
    if (source == NULL)
        source = is_reference(value) ? "results" : "planner";
    return json_object_set_new(containing->sources, path, json_string(source)) == 0
               ? SL_OK
               : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code walk(struct containing *containing, const char *path, enum kind kind,
                         const json_t *value)
{
    const char *name = NULL;
    json_t *member = NULL;
    size_t i;

    if (path == NULL)
        return SL_RESOURCE_EXHAUSTED;
    json_array_foreach(value, i, member)
    {
        SL_TRY(
            walk(containing, sl_arena_printf(containing->arena, "%s[%zu]", path, i), kind, member));
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        enum kind named = kind_of(name, strlen(name));
        const char *inner =
            *path != '\0' ? sl_arena_printf(containing->arena, "%s.%s", path, name) : name;
        SL_TRY(walk(containing, inner, named != KIND_FREE ? named : kind, member));
    }
    bool is_empty = json_is_string(value) && json_string_length(value) == 0;
    if (kind == KIND_FREE || is_empty || (!json_is_string(value) && !json_is_number(value)))
        return SL_OK;
    return contain_value(containing, path, kind, value);
}

static enum sl_code contain_step(struct containing *containing, const struct orch_step *step,
                                 json_t *document)
{
    json_t *sources = json_object();

    containing->step = step;
    containing->sources = sources;
    if (json_object_set_new(document, "sources", sources) != 0)
        return SL_RESOURCE_EXHAUSTED;
    return walk(containing, "", KIND_FREE, step->parameters);
}

enum sl_code orch_contain(const struct orch_plan *plan, const struct orch_origin *origin,
                          struct sl_arena *arena, struct orch_texts *faults)
{
    struct containing containing = {
        .origin = origin, .arena = arena, .faults = faults, .looks_left = MOST_LOOKS};
    json_t *steps = json_object_get(plan->document, "execution_steps");

    SL_TRY(orch_said_init(&containing.said, origin->user_request, origin->context, arena));
    for (size_t i = 0; i < plan->step_count; i++)
        SL_TRY(contain_step(&containing, &plan->steps[i], json_array_get(steps, i)));
    return SL_OK;
}

/* ---- Filled in ---- */

static bool is_plain_text(const json_t *value)
{
    const char *text = json_string_value(value);

    if (text == NULL || *text == '\0' || strlen(text) != json_string_length(value))
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        if (iscntrl((unsigned char)*p) || strchr(",;<>", *p) != NULL)
            return false;
    }
    return true;
}

/* planned and resolved are of one shape, but for what took a reference's place. */
static enum sl_code check_filled(const char *name, const json_t *planned, const json_t *resolved,
                                 struct sl_error *err)
{
    enum kind kind = kind_of(name, strlen(name));
    const char *member_name = NULL;
    json_t *member = NULL;
    double number = 0;

    json_object_foreach((json_t *)(uintptr_t)planned, member_name, member)
        SL_TRY(check_filled(member_name, member, json_object_get(resolved, member_name), err));
    if (!is_reference(planned))
        return SL_OK;
    bool is_wrong_money =
        kind == KIND_MONEY && !(read_number(resolved, &number) && isfinite(number) && number > 0);
    bool is_wrong_text = kind == KIND_RECIPIENT && !is_plain_text(resolved);
    bool is_wrong_account =
        kind == KIND_ACCOUNT && !json_is_integer(resolved) && !is_plain_text(resolved);
    if (!is_wrong_money && !is_wrong_text && !is_wrong_account)
        return SL_OK;
    return sl_error_set(err, SL_FAILED_PRECONDITION, "parameters.%s names %s, and %s is not one",
                        name, kind_names[kind], json_string_value(planned));
}

enum sl_code orch_contain_resolved(const struct orch_step *step, const json_t *resolved,
                                   const struct orch_operation *operation, struct sl_error *err)
{
    struct sl_schema_faults faults = {0};

    if (!orch_parameters_have_references(step->parameters))
        return SL_OK;
    SL_TRY(check_filled("parameters", step->parameters, resolved, err));
    if (operation == NULL || operation->input_schema == NULL)
        return SL_OK;
    struct sl_arena *arena = sl_arena_new();
    if (arena == NULL)
        return sl_error_no_memory(err);
    enum sl_code code = sl_schema_check(operation->input_schema, resolved, arena, &faults, err);
    if (code == SL_OK && faults.count > 0)
        code = sl_error_set(err, SL_FAILED_PRECONDITION, "parameters%s%s: %s",
                            *faults.entries[0].path != '\0' ? "." : "", faults.entries[0].path,
                            faults.entries[0].message);
    sl_arena_free(arena);
    return code;
}
