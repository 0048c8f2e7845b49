#include "services/repair_orders/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "json/json.h"

/* Where servers write the time of an entry, the likeliest first. */
static const char *const TIME_MEMBERS[] = {"timestamp",  "time",        "at",          "changed_at",
                                           "created_at", "assigned_at", "reserved_at", "date"};

/* One entry on its way into the timeline; place keeps the sort stable. */
struct moment {
    json_t *entry;
    bool has_time;
    int64_t wall_ns;
    size_t place;
};

struct timeline {
    struct moment *moments;
    size_t count;
};

static const char *entry_time(const json_t *entry)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(TIME_MEMBERS); i++) {
        const char *time = sl_json_string(entry, TIME_MEMBERS[i]);
        if (time != NULL)
            return time;
    }
    return NULL;
}

static json_t *new_entry(const char *kind, json_t *source, const char *time)
{
    json_t *entry = json_pack("{s:s?, s:s}", "time", time, "kind", kind);
    if (entry == NULL)
        return NULL;
    int result = json_is_object(source) ? json_object_update_missing(entry, source)
                                        : json_object_set(entry, "text", source);
    if (result != 0) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}

static bool add_entries(struct timeline *timeline, const char *kind, const json_t *entries)
{
    size_t index;
    json_t *source;
    json_array_foreach(entries, index, source)
    {
        const char *time = entry_time(source);
        struct moment *moment = &timeline->moments[timeline->count];
        moment->entry = new_entry(kind, source, time);
        if (moment->entry == NULL)
            return false;
        moment->has_time = time != NULL && sl_time_parse(time, &moment->wall_ns);
        moment->place = timeline->count++;
    }
    return true;
}

static int compare_moments(const void *a, const void *b)
{
    const struct moment *one = a, *other = b;
    if (one->has_time != other->has_time)
        return one->has_time ? -1 : 1;
    if (one->has_time && one->wall_ns != other->wall_ns)
        return one->wall_ns < other->wall_ns ? -1 : 1;
    return one->place < other->place ? -1 : 1;
}

/* Takes every entry out of timeline, also where it fails. */
static json_t *to_array(struct timeline *timeline)
{
    json_t *array = json_array();
    if (timeline->count > 1)
        qsort(timeline->moments, timeline->count, sizeof(*timeline->moments), compare_moments);
    for (size_t i = 0; i < timeline->count; i++) {
        if (array == NULL) {
            json_decref(timeline->moments[i].entry);
        } else if (json_array_append_new(array, timeline->moments[i].entry) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *make_timeline(const json_t *statuses, const json_t *notes, const json_t *resources)
{
    size_t count = json_array_size(statuses) + json_array_size(notes) + json_array_size(resources);
    struct timeline timeline = {sl_alloc_array(count + 1, sizeof(struct moment)), 0};
    if (timeline.moments == NULL)
        return NULL;
    bool is_whole = add_entries(&timeline, "status", statuses) &&
                    add_entries(&timeline, "note", notes) &&
                    add_entries(&timeline, "resource", resources);
    json_t *array = to_array(&timeline);
    sl_free(timeline.moments);
    if (!is_whole) {
        json_decref(array);
        return NULL;
    }
    return array;
}

static json_t *list_of(const json_t *details, const char *name)
{
    json_t *list = json_object_get(details, name);
    return json_is_array(list) ? json_incref(list) : json_array();
}

json_t *repair_orders_history(const char *repair_order_id, const json_t *details)
{
    json_t *statuses = list_of(details, "status_history");
    json_t *notes = list_of(details, "notes");
    json_t *resources = list_of(details, "resources");
    json_t *timeline = make_timeline(statuses, notes, resources);
    return json_pack("{s:s, s:s?, s:o, s:o, s:o, s:o}", "repair_order_id", repair_order_id,
                     "current_status", sl_json_string(details, "status"), "status_history",
                     statuses, "notes", notes, "resources", resources, "timeline", timeline);
}
