#ifndef SL_BASE_CONFIG_H
#define SL_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

enum sl_config_kind {
    SL_CONFIG_STRING, /* any text without control characters */
    SL_CONFIG_INT,    /* whole number within [minimum, maximum] */
    SL_CONFIG_DOUBLE, /* finite number within [minimum, maximum] */
    SL_CONFIG_BOOL,   /* 1, 0, true, false, yes, no, on, off */
    SL_CONFIG_LISTEN, /* host:port to bind; port 0 lets the system choose; empty only where
                         is_optional */
    SL_CONFIG_TARGET, /* a gRPC target */
    SL_CONFIG_URL,    /* http:// or https:// URL */
    SL_CONFIG_PATH,   /* a file or folder */
};

/** One variable: what it is called, what it may hold, where it goes. A table of these is a
 * configuration. */
struct sl_config_variable {
    /** Name in the environment. */
    const char *name;
    enum sl_config_kind kind;
    /** Used where the variable is unset (or empty, unless is_optional). NULL means "". */
    const char *default_value;
    /** What it is for, in a line: --help, the reference and error messages show it. */
    const char *description;
    double minimum, maximum;
    /** Shown as "***" by --print-config. NAME_FILE may name a file that holds the value. */
    bool is_secret;
    /** May be empty. */
    bool is_optional;
    /** Offset in the configuration struct: const char * for texts, int64_t, double, bool. */
    size_t offset;
};

/**
 * Reads every variable of the table from the environment into the struct at ret_config.
 *
 * Texts are copied; sl_config_done() frees them. On failure nothing is to be freed, and
 * ret_mistakes (the caller's) has every mistake, one a line: the name, what was given and what is
 * wanted.
 */
SL_MUST_USE enum sl_code sl_config_read(const struct sl_config_variable *table, size_t count,
                                        void *ret_config, struct sl_text *ret_mistakes);

void sl_config_done(const struct sl_config_variable *table, size_t count, void *config);

/** NAME=value lines in the table's order, secrets as ***. */
void sl_config_print(const struct sl_config_variable *table, size_t count, const void *config,
                     FILE *out);

/**
 * The address under which a server that listens at `listen` is reached on this machine: a wildcard
 * host becomes its loopback. Errors: SL_INVALID_ARGUMENT (no host:port; a port of 0, which only the
 * server knows).
 */
SL_MUST_USE enum sl_code sl_config_dial_address(const char *listen, struct sl_text *address,
                                                struct sl_error *err);

/** What every program understands on its command line. */
enum sl_main_action {
    SL_MAIN_RUN,
    SL_MAIN_EXIT,
    /** --health: the program asks the one that runs under this configuration how it does, and ends
     * with what sl_config_main_health() makes of that. */
    SL_MAIN_HEALTH,
};

/**
 * Handles --help, --version, --print-config and unknown arguments for a program without other
 * arguments. SL_MAIN_EXIT: the program ends with *ret_status. Otherwise ret_config is filled.
 */
enum sl_main_action sl_config_main(int argc, char **argv, const char *summary,
                                   const struct sl_config_variable *table, size_t count,
                                   void *ret_config, int *ret_status);

/** Says on stdout "healthy", or on stderr what is wrong; the exit status. */
int sl_config_main_health(const char *program, enum sl_code code, const struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
