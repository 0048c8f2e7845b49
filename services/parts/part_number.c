#include "services/parts/part_number.h"

#include <string.h>

enum { SHORTEST = 3, LONGEST = 20 };

static bool is_allowed(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static size_t allowed_prefix(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0' && is_allowed(text[length]))
        length++;
    return length;
}

void parts_check_part_number(const json_t *part_number, struct agent_faults *faults)
{
    const char *text = json_string_value(part_number);
    size_t length = text == NULL ? 0 : strlen(text);
    if (text == NULL || length < SHORTEST || length > LONGEST || allowed_prefix(text) != length)
        agent_faults_add(faults, "part_number", part_number, PARTS_NUMBER_WORDS);
}
