#ifndef SL_OUTBOX_ROWS_H
#define SL_OUTBOX_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "outbox/outbox.h"

/*
 * What must be delivered, on disk, as units of work for lib/store. Each works on a struct of its
 * own, which nobody else touches from start to done; texts in it live as long as its arena.
 */

struct sl_outbox_row {
    const char *id, *url, *body;
    int64_t attempts;
    int64_t created_ms;
};

enum { SL_OUTBOX_TAKE_MAX = 32 };

/** Takes a lease on what is due, so that replicas do not deliver it twice at a time. */
struct sl_outbox_take {
    struct sl_arena *arena;
    const char *owner;
    int64_t now_ms;
    /** Results: at most SL_OUTBOX_TAKE_MAX; and when the next row is due, 0 where there is none. */
    struct sl_outbox_row *rows;
    size_t count;
    int64_t next_due_ms;
};
enum sl_code sl_outbox_rows_take(struct sl_db *db, struct sl_outbox_take *take,
                                 struct sl_error *err);

/** What becomes of a row: it goes, or is due again. */
struct sl_outbox_end {
    const char *id;
    bool is_over;
    int64_t attempts;
    int64_t due_ms;
};
enum sl_code sl_outbox_rows_end(struct sl_db *db, const struct sl_outbox_end *end,
                                struct sl_error *err);

#endif
