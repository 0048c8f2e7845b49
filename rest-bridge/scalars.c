#include "rest-bridge/scalars.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define WHITE " \t\n\r\v\f"

/** How reading a number from a text ended. */
enum parsed { PARSED, NOT_PARSED, OUT_OF_RANGE };

/** Copies text without white space around it and without single underscores between digits. */
static bool clean(const char *text, char *out, size_t size)
{
    text += strspn(text, WHITE);
    size_t length = strlen(text);
    while (length > 0 && strchr(WHITE, text[length - 1]) != NULL)
        length--;
    if (length == 0 || length >= size)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        bool is_between = i > 0 && i + 1 < length && text[i - 1] >= '0' && text[i - 1] <= '9' &&
                          text[i + 1] >= '0' && text[i + 1] <= '9';
        if (text[i] != '_')
            out[count++] = text[i];
        else if (!is_between)
            return false;
    }
    out[count] = '\0';
    return true;
}

/** Digits with a sign, and ".000" at most: "30.0" is a whole number, "30.5" and "3e1" are none. */
static enum parsed parse_integer(const char *text, int64_t *ret_value)
{
    char digits[128];
    if (!clean(text, digits, sizeof(digits)))
        return NOT_PARSED;
    size_t length = strspn(digits, "+-") + strspn(digits + strspn(digits, "+-"), "0123456789");
    if (strspn(digits, "+-") > 1 || length == strspn(digits, "+-"))
        return NOT_PARSED;
    const char *rest = digits + length;
    if (*rest == '.' && (rest[1] == '\0' || rest[1 + strspn(rest + 1, "0")] != '\0'))
        return NOT_PARSED;
    if (*rest != '\0' && *rest != '.')
        return NOT_PARSED;
    errno = 0;
    long long value = strtoll(digits, NULL, 10);
    if (errno == ERANGE)
        return OUT_OF_RANGE;
    *ret_value = value;
    return PARSED;
}

/** The input as a whole number, if pydantic takes it for one; otherwise a fault. */
static bool to_integer(json_t *input, const struct bridge_place *place,
                       struct bridge_faults *faults, double *ret_range, int64_t *ret_value)
{
    enum bridge_fault fault = BRIDGE_FAULT_INT_TYPE;
    *ret_range = 0;
    if (json_is_integer(input) || json_is_boolean(input)) {
        *ret_value = json_is_integer(input) ? json_integer_value(input) : json_is_true(input);
        return true;
    }
    if (json_is_real(input)) {
        double number = json_real_value(input);
        *ret_range = fabs(number) >= 0x1p63 ? number : 0;
        *ret_value = *ret_range == 0 ? (int64_t)number : 0;
        if (number == floor(number))
            return true;
        fault = BRIDGE_FAULT_INT_FROM_FLOAT;
    } else if (json_is_string(input)) {
        enum parsed parsed = parse_integer(json_string_value(input), ret_value);
        *ret_range = strchr(json_string_value(input), '-') != NULL ? -HUGE_VAL : HUGE_VAL;
        if (parsed == OUT_OF_RANGE)
            return true;
        *ret_range = 0;
        if (parsed == PARSED)
            return true;
        fault = BRIDGE_FAULT_INT_PARSING;
    }
    bridge_faults_add(faults, fault, place, input);
    return false;
}

json_t *bridge_check_integer(json_t *input, double minimum, double maximum,
                             const struct bridge_place *place, struct bridge_faults *faults)
{
    int64_t value = 0;
    double beyond = 0;
    if (!to_integer(input, place, faults, &beyond, &value))
        return NULL;
    double number = beyond != 0 ? beyond : (double)value;
    if (number > maximum)
        bridge_faults_add_limit(faults, BRIDGE_FAULT_TOO_LARGE, place, input, maximum);
    else if (number < minimum)
        bridge_faults_add_limit(faults, BRIDGE_FAULT_TOO_SMALL, place, input, minimum);
    else
        return json_integer(value);
    return NULL;
}

json_t *bridge_check_number(json_t *input, const struct bridge_place *place,
                            struct bridge_faults *faults)
{
    if (json_is_number(input))
        return json_incref(input);
    if (json_is_boolean(input))
        return json_integer(json_is_true(input));
    if (!json_is_string(input)) {
        bridge_faults_add(faults, BRIDGE_FAULT_FLOAT_TYPE, place, input);
        return NULL;
    }
    char text[128];
    char *end = text;
    bool is_clean = clean(json_string_value(input), text, sizeof(text)) &&
                    text[strspn(text, "0123456789+-.eE")] == '\0';
    double number = is_clean ? strtod(text, &end) : 0;
    if (is_clean && end != text && *end == '\0' && isfinite(number))
        return json_real(number);
    bridge_faults_add(faults, BRIDGE_FAULT_FLOAT_PARSING, place, input);
    return NULL;
}

static const struct {
    const char *word;
    bool value;
} bool_words[] = {
    {"true", true}, {"false", false}, {"1", true}, {"0", false}, {"yes", true}, {"no", false},
    {"on", true},   {"off", false},   {"t", true}, {"f", false}, {"y", true},   {"n", false},
};

json_t *bridge_check_bool(json_t *input, const struct bridge_place *place,
                          struct bridge_faults *faults)
{
    if (json_is_boolean(input))
        return json_incref(input);
    bool is_bit =
        json_is_number(input) && (json_number_value(input) == 0 || json_number_value(input) == 1);
    if (is_bit)
        return json_boolean(json_number_value(input) == 1);
    for (size_t i = 0; json_is_string(input) && i < SL_ARRAY_LENGTH(bool_words); i++) {
        if (sl_text_equals_nocase(json_string_value(input), bool_words[i].word))
            return json_boolean(bool_words[i].value);
    }
    bool is_scalar = json_is_string(input) || json_is_integer(input);
    bridge_faults_add(faults, is_scalar ? BRIDGE_FAULT_BOOL_PARSING : BRIDGE_FAULT_BOOL_TYPE, place,
                      input);
    return NULL;
}
