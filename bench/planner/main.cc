#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "tests/planner/score.h"

/* bench-planner FILE: how many requests of the file are planned right, and how long the example
 * takes to plan; one JSON object on stdout. */

namespace
{

constexpr size_t RUNS = 2000;
constexpr const char *EXAMPLE =
    "Add part number 1234 to RO number 1234, and send payment link of 100$ to "
    "ambujmehra16@gmail.com";

double median_us()
{
    using Clock = std::chrono::steady_clock;
    Dealership dealership;
    std::vector<double> times;

    for (size_t i = 0; i < RUNS; i++) {
        auto start = Clock::now();
        sl_arena *arena = sl_arena_new();
        bool planned = plan_request(EXAMPLE, dealership, arena).document != nullptr;
        sl_arena_free(arena);
        times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
        if (!planned)
            throw std::runtime_error("the example is not planned");
    }
    std::nth_element(times.begin(), times.begin() + RUNS / 2, times.end());
    return times[RUNS / 2];
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench-planner FILE (JSON lines, as tests/planner tells)\n");
        return 2;
    }
    try {
        PlannerScore score = score_requests(argv[1]);
        double rest = score.rest > 0 ? static_cast<double>(score.rest) : 1;
        std::printf(
            "{\"runs_nothing\": {\"right\": %zu, \"of\": %zu}, \"rest\": {\"right\": %zu, "
            "\"of\": %zu, \"percent\": %.1f}, \"example_median_us\": %.1f, \"runs\": %zu}\n",
            score.nothing_right, score.nothing, score.rest_right, score.rest,
            100.0 * static_cast<double>(score.rest_right) / rest, median_us(), RUNS);
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "bench-planner: %s\n", failure.what());
        return 1;
    }
    return 0;
}
