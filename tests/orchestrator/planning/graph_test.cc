#include <gtest/gtest.h>

#include <vector>

#include "orchestrator/graph.h"

namespace
{

class Graph : public ::testing::Test
{
  protected:
    Graph() : arena_(sl_arena_new())
    {
    }
    ~Graph() override
    {
        sl_arena_free(arena_);
    }
    orch_graph Make(size_t count, const std::vector<std::pair<size_t, size_t>> &edges)
    {
        orch_graph graph = {};
        EXPECT_EQ(orch_graph_init(&graph, count, arena_, nullptr), SL_OK);
        for (const auto &edge : edges)
            orch_graph_add(&graph, edge.first, edge.second);
        return graph;
    }
    sl_arena *arena_;
    size_t nodes_[ORCH_GRAPH_MAX] = {};
};

TEST_F(Graph, WithoutCircleHasNone)
{
    orch_graph graph = Make(4, {{1, 0}, {2, 0}, {3, 1}, {3, 2}});
    EXPECT_EQ(orch_graph_cycle(&graph, nodes_), 0U);
}

TEST_F(Graph, CircleIsNamedInOrder)
{
    orch_graph graph = Make(5, {{0, 1}, {1, 2}, {2, 3}, {3, 1}, {4, 0}});
    ASSERT_EQ(orch_graph_cycle(&graph, nodes_), 3U);
    for (size_t i = 0; i < 3; i++)
        EXPECT_TRUE(orch_graph_has(&graph, nodes_[i], nodes_[(i + 1) % 3]));
}

TEST_F(Graph, SortPutsWhatIsWaitedForFirstAndThenGoesByRank)
{
    orch_graph graph = Make(4, {{0, 3}});
    const int ranks[] = {1, 5, 2, 4};
    orch_graph_sort(&graph, ranks, nodes_);
    EXPECT_EQ(std::vector<size_t>(nodes_, nodes_ + 4), (std::vector<size_t>{2, 3, 0, 1}));
}

TEST_F(Graph, LongestChainNeedsNoRecursion)
{
    orch_graph graph = Make(ORCH_GRAPH_MAX, {});
    for (size_t i = 1; i < ORCH_GRAPH_MAX; i++)
        orch_graph_add(&graph, i - 1, i);
    EXPECT_EQ(orch_graph_cycle(&graph, nodes_), 0U);
    orch_graph_add(&graph, ORCH_GRAPH_MAX - 1, 0);
    EXPECT_EQ(orch_graph_cycle(&graph, nodes_), static_cast<size_t>(ORCH_GRAPH_MAX));
}

TEST_F(Graph, TooManyNodesAreRefused)
{
    orch_graph graph = {};
    EXPECT_EQ(orch_graph_init(&graph, ORCH_GRAPH_MAX + 1, arena_, nullptr), SL_INVALID_ARGUMENT);
}

} // namespace
