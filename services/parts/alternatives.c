#include "services/parts/alternatives.h"

#include <string.h>

#include "json/json.h"

static const char *const LIST_MEMBERS[] = {"parts", "results", "matches", "items", "result"};

const char *parts_category(const json_t *details)
{
    const char *category = sl_json_string(details, "category");
    return category != NULL ? category
                            : sl_json_string(json_object_get(details, "part"), "category");
}

static const json_t *list_in(const json_t *found)
{
    if (json_is_array(found))
        return found;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(LIST_MEMBERS); i++) {
        const json_t *list = json_object_get(found, LIST_MEMBERS[i]);
        if (json_is_array(list))
            return list;
    }
    return NULL;
}

static json_t *others(const json_t *list, const char *part_number)
{
    json_t *array = json_array();
    size_t index;
    json_t *part;
    json_array_foreach(list, index, part)
    {
        const char *number = sl_json_string(part, "part_number");
        if (number != NULL && strcmp(number, part_number) == 0)
            continue;
        if (json_array_append(array, part) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *parts_alternatives(const char *part_number, json_t *details, const json_t *found)
{
    return json_pack("{s:O, s:o}", "original_part", details, "alternatives",
                     others(list_in(found), part_number));
}
