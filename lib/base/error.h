#ifndef SL_BASE_ERROR_H
#define SL_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The caller has to look at the result. */
#define SL_MUST_USE __attribute__((warn_unused_result))
/** Checks a printf-like function's arguments; positions count from 1. */
#define SL_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))

/** How a function ended. The numbers are gRPC's: every error ends on the wire. */
enum sl_code {
    SL_OK = 0,
    SL_CANCELLED = 1,
    SL_UNKNOWN = 2,
    SL_INVALID_ARGUMENT = 3,
    SL_DEADLINE_EXCEEDED = 4,
    SL_NOT_FOUND = 5,
    SL_ALREADY_EXISTS = 6,
    SL_PERMISSION_DENIED = 7,
    SL_RESOURCE_EXHAUSTED = 8,
    SL_FAILED_PRECONDITION = 9,
    SL_ABORTED = 10,
    SL_OUT_OF_RANGE = 11,
    SL_UNIMPLEMENTED = 12,
    SL_INTERNAL = 13,
    SL_UNAVAILABLE = 14,
    SL_DATA_LOSS = 15,
    SL_UNAUTHENTICATED = 16,
};

/** What a failed call did to the other side. */
enum sl_outcome {
    /** Not said: a caller that may have had an effect takes it for unknown. */
    SL_OUTCOME_UNKNOWN = 0,
    /** The request provably had no effect: it never left, or was refused unread. */
    SL_OUTCOME_NOT_EXECUTED,
    /** There is an answer, and it is final. */
    SL_OUTCOME_SETTLED,
};

/** Why a function failed. The caller's storage, no heap; zeroed it means "no error". */
struct sl_error {
    enum sl_code code;
    enum sl_outcome outcome;
    /** UTF-8, ends with NUL, cut at a character's border where it is too long. */
    char message[500];
};

/** Fills err (which may be NULL) and returns code, so that a function can return it at once. */
enum sl_code sl_error_set(struct sl_error *err, enum sl_code code, const char *format, ...)
    SL_PRINTF(3, 4);

/** As sl_error_set(), with the arguments of a caller that is variadic itself. */
enum sl_code sl_error_set_va(struct sl_error *err, enum sl_code code, const char *format,
                             va_list arguments) SL_PRINTF(3, 0);

/** Puts "<prefix>: " before err's message and returns err's code; err may be NULL (then
 * SL_UNKNOWN). */
enum sl_code sl_error_prefix(struct sl_error *err, const char *format, ...) SL_PRINTF(2, 3);

/** Sets err to RESOURCE_EXHAUSTED, "out of memory". */
enum sl_code sl_error_no_memory(struct sl_error *err);

/** "INVALID_ARGUMENT" for SL_INVALID_ARGUMENT; "UNKNOWN" for a number that is no code. Static. */
const char *sl_code_name(enum sl_code code);

/** "settled", "not_executed" or "unknown". Static. */
const char *sl_outcome_name(enum sl_outcome outcome);

/** Returns from the calling function where expr is not SL_OK. */
#define SL_TRY(expr)                                                                               \
    do {                                                                                           \
        enum sl_code sl_try_code_ = (expr);                                                        \
        if (sl_try_code_ != SL_OK)                                                                 \
            return sl_try_code_;                                                                   \
    } while (0)

/** Calls fn with the variable's address when it leaves its scope: SL_CLEANUP(sl_arena_cleanup). */
#define SL_CLEANUP(fn) __attribute__((cleanup(fn)))

/** Gives the pointer away: evaluates to p's value and leaves NULL in p. */
#define SL_TAKE(p)                                                                                 \
    __extension__({                                                                                \
        __typeof__(p) sl_taken_ = (p);                                                             \
        (p) = NULL;                                                                                \
        sl_taken_;                                                                                 \
    })

/** Defines `name`, a static cleanup function that calls fn on a pointer to type. */
#define SL_DEFINE_CLEANUP(name, type, fn)                                                          \
    static inline void name(type **sl_pointer_)                                                    \
    {                                                                                              \
        fn(*sl_pointer_);                                                                          \
    }

#define SL_ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

#ifdef __cplusplus
}
#endif

#endif
