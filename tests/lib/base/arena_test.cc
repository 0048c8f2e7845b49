#include "base/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/memory.h"

namespace
{

struct Arena : testing::Test {
    sl_arena *arena = sl_arena_new();
    ~Arena() override
    {
        sl_arena_free(arena);
    }
};

TEST_F(Arena, KeepsAlignmentAfterGrowth)
{
    for (size_t size = 1; size < 20000; size = size * 3 + 1) {
        void *memory = sl_arena_alloc(arena, size);
        ASSERT_NE(memory, nullptr);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % alignof(max_align_t), 0u) << size;
    }
}

TEST_F(Arena, GivesZeroedMemoryThatDoesNotOverlap)
{
    std::vector<unsigned char *> blocks;
    for (int i = 0; i < 1000; i++) {
        auto *block = static_cast<unsigned char *>(sl_arena_alloc(arena, 37));
        for (int k = 0; k < 37; k++)
            ASSERT_EQ(block[k], 0);
        memset(block, i & 0xFF, 37);
        blocks.push_back(block);
    }
    for (int i = 0; i < 1000; i++)
        for (int k = 0; k < 37; k++)
            ASSERT_EQ(blocks[i][k], i & 0xFF);
}

TEST_F(Arena, ResetGivesZeroedMemoryAgain)
{
    void *first = sl_arena_alloc(arena, 512);
    memset(first, 0xFF, 512);
    sl_arena_alloc(arena, 100000);
    sl_arena_reset(arena);
    EXPECT_LE(sl_arena_footprint(arena), 4096u);
    auto *again = static_cast<unsigned char *>(sl_arena_alloc(arena, 512));
    EXPECT_EQ(again, first);
    for (int i = 0; i < 512; i++)
        ASSERT_EQ(again[i], 0);
}

TEST_F(Arena, RefusesSizesThatOverflow)
{
    EXPECT_EQ(sl_arena_alloc(arena, SIZE_MAX), nullptr);
    EXPECT_EQ(sl_arena_alloc(arena, SIZE_MAX - 8), nullptr);
    EXPECT_EQ(sl_arena_alloc_array(arena, SIZE_MAX / 2, 4), nullptr);
    EXPECT_EQ(sl_arena_strndup(arena, "x", SIZE_MAX), nullptr);
}

TEST_F(Arena, PrintsAndCopies)
{
    EXPECT_STREQ(sl_arena_printf(arena, "%s-%d", "part", 1234), "part-1234");
    EXPECT_STREQ(sl_arena_strndup(arena, "abcdef", 3), "abc");
    EXPECT_EQ(sl_arena_strdup(arena, nullptr), nullptr);
}

TEST_F(Arena, SaysWhenMemoryIsOut)
{
    sl_alloc_fail_after(0);
    EXPECT_EQ(sl_arena_alloc(arena, 1 << 20), nullptr);
    EXPECT_EQ(sl_arena_new(), nullptr);
    sl_alloc_fail_after(-1);
    EXPECT_NE(sl_arena_alloc(arena, 1 << 20), nullptr);
}

std::vector<int> *order;

TEST(ArenaDefer, RunsLastFirstAndOnce)
{
    std::vector<int> calls;
    order = &calls;
    sl_arena *arena = sl_arena_new();
    auto note = [](void *arg) { order->push_back(*static_cast<int *>(arg)); };
    int numbers[] = {1, 2, 3};
    for (int &n : numbers)
        ASSERT_EQ(sl_arena_defer(arena, note, &n), SL_OK);
    sl_arena_reset(arena);
    EXPECT_EQ(calls, (std::vector<int>{3, 2, 1}));
    sl_arena_free(arena);
    EXPECT_EQ(calls.size(), 3u);
}

} // namespace
