#include "flags.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NUMBER, TRUTH };

static const struct flag {
    const char *name;
    enum kind kind;
    size_t offset;
} FLAGS[] = {
    {"server_host", TEXT, offsetof(struct interop_flags, server_host)},
    {"server_host_override", TEXT, offsetof(struct interop_flags, server_host_override)},
    {"server_port", NUMBER, offsetof(struct interop_flags, port)},
    {"port", NUMBER, offsetof(struct interop_flags, port)},
    {"test_case", TEXT, offsetof(struct interop_flags, test_case)},
    {"use_tls", TRUTH, offsetof(struct interop_flags, use_tls)},
    {"ca_file", TEXT, offsetof(struct interop_flags, ca_file)},
    {"tls_cert_file", TEXT, offsetof(struct interop_flags, tls_cert_file)},
    {"tls_key_file", TEXT, offsetof(struct interop_flags, tls_key_file)},
};

static const struct flag *find(const char *name, size_t length)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(FLAGS); i++) {
        if (strlen(FLAGS[i].name) == length && strncmp(FLAGS[i].name, name, length) == 0)
            return &FLAGS[i];
    }
    return NULL;
}

static enum sl_code set_number(int *field, const char *value, struct sl_error *err)
{
    char *end;
    long number = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || number < 0 || number > 65535)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "\"%s\" is no port, 0 to 65535", value);
    *field = (int)number;
    return SL_OK;
}

static enum sl_code set_truth(bool *field, const char *value, struct sl_error *err)
{
    bool is_true = strcmp(value, "true") == 0;
    if (!is_true && strcmp(value, "false") != 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "\"%s\" is neither true nor false", value);
    *field = is_true;
    return SL_OK;
}

static enum sl_code set(struct interop_flags *flags, const struct flag *flag, const char *value,
                        struct sl_error *err)
{
    char *field = (char *)flags + flag->offset;
    enum sl_code code = SL_OK;
    if (flag->kind == TEXT)
        memcpy(field, &value, sizeof(value));
    else if (flag->kind == NUMBER)
        code = set_number((int *)(void *)field, value, err);
    else
        code = set_truth((bool *)field, value, err);
    return code == SL_OK ? SL_OK : sl_error_prefix(err, "--%s", flag->name);
}

enum sl_code interop_flags_read(struct interop_flags *flags, int argc, char **argv,
                                struct sl_error *err)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i] + strspn(argv[i], "-");
        size_t length = strcspn(name, "=");
        const struct flag *flag = name == argv[i] ? NULL : find(name, length);
        if (flag == NULL)
            return sl_error_set(err, SL_INVALID_ARGUMENT, "%s is no flag of this program", argv[i]);
        const char *value = "true";
        if (name[length] == '=')
            value = name + length + 1;
        else if (flag->kind != TRUTH && i + 1 < argc)
            value = argv[++i];
        else if (flag->kind != TRUTH)
            return sl_error_set(err, SL_INVALID_ARGUMENT, "--%s wants a value", flag->name);
        SL_TRY(set(flags, flag, value, err));
    }
    return SL_OK;
}
