#include "orchestrator/graph.h"

enum sl_code orch_graph_init(struct orch_graph *graph, size_t count, struct sl_arena *arena,
                             struct sl_error *err)
{
    if (count > ORCH_GRAPH_MAX)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%zu steps given, at most %d are wanted",
                            count, ORCH_GRAPH_MAX);
    bool *edges = sl_arena_alloc_array(arena, count * count + 1, sizeof *edges);
    if (edges == NULL)
        return sl_error_no_memory(err);
    *graph = (struct orch_graph){.count = count, .edges = edges};
    return SL_OK;
}

void orch_graph_add(struct orch_graph *graph, size_t node, size_t waits_for)
{
    graph->edges[node * graph->count + waits_for] = true;
}

bool orch_graph_has(const struct orch_graph *graph, size_t node, size_t waits_for)
{
    return graph->edges[node * graph->count + waits_for];
}

/* Next node after `from` that `node` waits for, or count. */
static size_t next_edge(const struct orch_graph *graph, size_t node, size_t from)
{
    while (from < graph->count && !orch_graph_has(graph, node, from))
        from++;
    return from;
}

enum visit { UNSEEN, ON_PATH, DONE };

struct walk {
    enum visit state[ORCH_GRAPH_MAX];
    size_t path[ORCH_GRAPH_MAX];
    size_t next[ORCH_GRAPH_MAX];
    size_t depth;
};

static void step_into(struct walk *walk, size_t node)
{
    walk->state[node] = ON_PATH;
    walk->path[walk->depth] = node;
    walk->next[walk->depth] = 0;
    walk->depth++;
}

static size_t copy_circle(const struct walk *walk, size_t node, size_t *ret_nodes)
{
    size_t start = 0;
    size_t length = 0;

    while (walk->path[start] != node)
        start++;
    for (size_t i = start; i < walk->depth; i++)
        ret_nodes[length++] = walk->path[i];
    return length;
}

/* Depth first without recursion; returns the length of a circle met on the way. */
static size_t walk_from(const struct orch_graph *graph, struct walk *walk, size_t start,
                        size_t *ret_nodes)
{
    walk->depth = 0;
    step_into(walk, start);
    while (walk->depth > 0) {
        size_t top = walk->depth - 1;
        size_t node = walk->path[top];
        size_t other = next_edge(graph, node, walk->next[top]);
        if (other == graph->count) {
            walk->state[node] = DONE;
            walk->depth--;
            continue;
        }
        walk->next[top] = other + 1;
        if (walk->state[other] == ON_PATH)
            return copy_circle(walk, other, ret_nodes);
        if (walk->state[other] == UNSEEN)
            step_into(walk, other);
    }
    return 0;
}

size_t orch_graph_cycle(const struct orch_graph *graph, size_t *ret_nodes)
{
    struct walk walk = {.depth = 0};

    for (size_t i = 0; i < graph->count; i++) {
        size_t length = walk.state[i] == UNSEEN ? walk_from(graph, &walk, i, ret_nodes) : 0;
        if (length > 0)
            return length;
    }
    return 0;
}

static bool is_ready(const struct orch_graph *graph, const bool *placed, size_t node)
{
    for (size_t other = next_edge(graph, node, 0); other < graph->count;
         other = next_edge(graph, node, other + 1)) {
        if (!placed[other])
            return false;
    }
    return true;
}

void orch_graph_sort(const struct orch_graph *graph, const int *ranks, size_t *ret_nodes)
{
    bool placed[ORCH_GRAPH_MAX] = {false};

    for (size_t done = 0; done < graph->count; done++) {
        size_t best = graph->count;
        for (size_t i = 0; i < graph->count; i++) {
            bool is_better = best == graph->count || ranks[i] < ranks[best];
            if (!placed[i] && is_better && is_ready(graph, placed, i))
                best = i;
        }
        if (best == graph->count)
            return;
        placed[best] = true;
        ret_nodes[done] = best;
    }
}
