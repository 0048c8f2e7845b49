#include "json/fault.h"

/* Bytes of a given text that an error shows. */
#define SHOWN_BYTES 60

void sl_json_path_append(const struct sl_json_path *path, struct sl_text *out)
{
    if (!path)
        return;
    sl_json_path_append(path->parent, out);
    if (!path->name) {
        sl_text_printf(out, "[%zu]", path->index);
        return;
    }
    if (out->length > 0)
        sl_text_append_char(out, '.');
    sl_text_append(out, path->name);
}

void sl_json_describe(const json_t *value, struct sl_text *out)
{
    size_t start = out->length;

    if (json_is_object(value) || json_is_array(value)) {
        sl_text_printf(out, "%s is given", sl_json_type_name(value));
        return;
    }
    if (json_is_null(value)) {
        sl_text_append(out, "null is given");
        return;
    }
    sl_json_write(value, SL_JSON_COMPACT, out);
    if (out->length - start > SHOWN_BYTES) {
        out->length = start + sl_utf8_cut(out->data + start, out->length - start, SHOWN_BYTES);
        sl_text_append(out, "...");
    }
    sl_text_printf(out, " is %s", sl_json_type_name(value));
}

enum sl_code sl_json_fault(const struct sl_json_path *path, const json_t *value, const char *wanted,
                           struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text what = {0};

    sl_json_describe(value, &what);
    sl_text_printf(&what, ", %s is wanted", wanted);
    return sl_json_fault_text(path, sl_text_string(&what), err);
}

enum sl_code sl_json_fault_text(const struct sl_json_path *path, const char *what,
                                struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text where = {0};

    sl_json_path_append(path, &where);
    return sl_error_set(err, SL_INVALID_ARGUMENT, "%s%s%s", sl_text_string(&where),
                        where.length > 0 ? ": " : "", what);
}
