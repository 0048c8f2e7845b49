#include "rest-bridge/rate.h"

#include <math.h>
#include <string.h>
#include <sys/random.h>

#include "base/memory.h"

/* A client has one set, in which it is one of a few. */
#define SETS 2048
#define WAYS 8
#define MAX_WAIT_S 3600

struct bucket {
    uint64_t client;
    double tokens;
    int64_t updated_ms;
};

struct bridge_rates {
    /* Nobody can choose names that fall together. */
    uint64_t seed;
    struct bucket buckets[SETS][WAYS];
};

enum sl_code bridge_rates_new(struct bridge_rates **ret_rates, struct sl_error *err)
{
    struct bridge_rates *rates = sl_alloc(sizeof(*rates));
    if (rates == NULL)
        return sl_error_no_memory(err);
    if (getrandom(&rates->seed, sizeof(rates->seed), 0) != (ssize_t)sizeof(rates->seed))
        rates->seed = (uint64_t)(uintptr_t)rates;
    *ret_rates = rates;
    return SL_OK;
}

void bridge_rates_free(struct bridge_rates *rates)
{
    sl_free(rates);
}

/* FNV-1a over seed and name, then mixed as splitmix64 does, so that all bits count; never 0. */
static uint64_t hash(uint64_t seed, const char *text)
{
    uint64_t h = seed ^ UINT64_C(14695981039346656037);
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (h ^ (h >> 31)) | 1;
}

/* The client's bucket, or the one of its set that was silent longest, made new. */
static struct bucket *bucket_of(struct bridge_rates *rates, const char *name, double burst,
                                int64_t now_ms)
{
    uint64_t client = hash(rates->seed, name);
    struct bucket *set = rates->buckets[(client >> 1) % SETS];
    struct bucket *oldest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].client == client)
            return &set[i];
        if (set[i].client == 0 || set[i].updated_ms < oldest->updated_ms)
            oldest = &set[i];
        if (oldest->client == 0)
            break;
    }
    *oldest = (struct bucket){client, burst, now_ms};
    return oldest;
}

bool bridge_rates_take(struct bridge_rates *rates, const char *client,
                       const struct bridge_allowance *allowance, int64_t now_ms, int64_t *ret_after)
{
    double burst = allowance->burst >= 1 ? allowance->burst : 1;
    struct bucket *bucket = bucket_of(rates, client, burst, now_ms);
    double passed_s = (double)(now_ms - bucket->updated_ms) / 1000;
    bucket->tokens = fmin(burst, bucket->tokens + passed_s * allowance->rate);
    bucket->updated_ms = now_ms;
    if (bucket->tokens >= 1) {
        bucket->tokens -= 1;
        return true;
    }
    double wait_s = ceil((1 - bucket->tokens) / allowance->rate);
    *ret_after = wait_s < MAX_WAIT_S ? (int64_t)wait_s : MAX_WAIT_S;
    return false;
}
