#ifndef ORCH_GRAPH_H
#define ORCH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which step waits for which: at most ORCH_GRAPH_MAX nodes, known by their place in a list. */

#define ORCH_GRAPH_MAX 128

struct orch_graph {
    size_t count;
    /** edges[a * count + b]: a waits for b. Owned by arena. */
    bool *edges;
};

/** Errors: SL_RESOURCE_EXHAUSTED; count above ORCH_GRAPH_MAX is SL_INVALID_ARGUMENT. */
SL_MUST_USE enum sl_code orch_graph_init(struct orch_graph *graph, size_t count,
                                         struct sl_arena *arena, struct sl_error *err);

void orch_graph_add(struct orch_graph *graph, size_t node, size_t waits_for);
bool orch_graph_has(const struct orch_graph *graph, size_t node, size_t waits_for);

/**
 * Finds a circle.
 *
 * ret_nodes  room for graph->count places; gets the circle's nodes, each waiting for the next, the
 * last for the first. Returns how many; 0 where there is no circle.
 */
size_t orch_graph_cycle(const struct orch_graph *graph, size_t *ret_nodes);

/**
 * Sorts a graph without circles: what is waited for comes first; among those that could come next
 * the one with the lowest rank, then the first of the list. ranks and ret_nodes have graph->count
 * places.
 */
void orch_graph_sort(const struct orch_graph *graph, const int *ranks, size_t *ret_nodes);

#ifdef __cplusplus
}
#endif

#endif
