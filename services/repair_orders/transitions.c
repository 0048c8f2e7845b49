#include "services/repair_orders/transitions.h"

#include <string.h>

#include "base/error.h"

static const char *const FROM_PENDING[] = {"scheduled", "cancelled", NULL};
static const char *const FROM_SCHEDULED[] = {"in_progress", "cancelled", NULL};
static const char *const FROM_IN_PROGRESS[] = {"parts_ordered", "quality_check", "cancelled", NULL};
static const char *const FROM_PARTS_ORDERED[] = {"in_progress", "cancelled", NULL};
static const char *const FROM_QUALITY_CHECK[] = {"customer_approval", "in_progress", NULL};
static const char *const FROM_CUSTOMER_APPROVAL[] = {"ready_for_pickup", "in_progress", NULL};
static const char *const FROM_READY_FOR_PICKUP[] = {"completed", "in_progress", NULL};
static const char *const FROM_COMPLETED[] = {"invoiced", NULL};
static const char *const FROM_INVOICED[] = {"closed", NULL};
static const char *const FROM_LAST[] = {NULL};

static const struct repair_orders_status STATUSES[] = {
    {"pending", FROM_PENDING},
    {"scheduled", FROM_SCHEDULED},
    {"in_progress", FROM_IN_PROGRESS},
    {"parts_ordered", FROM_PARTS_ORDERED},
    {"quality_check", FROM_QUALITY_CHECK},
    {"customer_approval", FROM_CUSTOMER_APPROVAL},
    {"ready_for_pickup", FROM_READY_FOR_PICKUP},
    {"completed", FROM_COMPLETED},
    {"invoiced", FROM_INVOICED},
    {"cancelled", FROM_LAST},
    {"closed", FROM_LAST},
};

const struct repair_orders_status *repair_orders_statuses(size_t *ret_count)
{
    *ret_count = SL_ARRAY_LENGTH(STATUSES);
    return STATUSES;
}

const struct repair_orders_status *repair_orders_find_status(const char *name)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(STATUSES); i++) {
        if (strcmp(STATUSES[i].name, name) == 0)
            return &STATUSES[i];
    }
    return NULL;
}

bool repair_orders_may_become(const char *current_status, const char *new_status)
{
    const struct repair_orders_status *status = repair_orders_find_status(current_status);
    for (const char *const *next = status == NULL ? FROM_LAST : status->next; *next != NULL;
         next++) {
        if (strcmp(*next, new_status) == 0)
            return true;
    }
    return false;
}
