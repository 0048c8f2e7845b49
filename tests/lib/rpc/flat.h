#ifndef TESTS_LIB_RPC_FLAT_H
#define TESTS_LIB_RPC_FLAT_H

#include <malloc.h>

#include <filesystem>
#include <iterator>

/* What a process holds, for tests that want it not to grow. */

#if defined(__SANITIZE_THREAD__)
constexpr bool IS_SLOW = true;
#else
constexpr bool IS_SLOW = false;
#endif

/* The sanitizers have an allocator of their own, and find leaks by themselves. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool COUNTS_MEMORY = false;
#else
constexpr bool COUNTS_MEMORY = true;
#endif

inline size_t descriptors()
{
    auto all = std::filesystem::directory_iterator("/proc/self/fd");
    return static_cast<size_t>(std::distance(begin(all), end(all)));
}

inline size_t allocated()
{
    return mallinfo2().uordblks;
}

#endif
