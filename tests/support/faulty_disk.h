#ifndef TESTS_SUPPORT_FAULTY_DISK_H
#define TESTS_SUPPORT_FAULTY_DISK_H

/*
 * A disk that fails, for whole processes: faulty_disk.so, preloaded into a program, counts what
 * that does to the files whose path ends in SL_DISK_FILE, and kills it or fails an act where it is
 * told. It is told by the page that SL_DISK_FAULT names, which whoever tests maps too.
 */

enum disk_fault {
    DISK_WORKS = 0,
    /* The act whose number is `at` kills the process: before it is done, when it is, or in its
     * middle (half of the bytes are written). */
    DISK_KILLS_BEFORE,
    DISK_KILLS_AFTER,
    DISK_KILLS_WITHIN,
    /* Every act from number `at` on fails with this, until the fault is taken back. */
    DISK_IS_FULL,
    DISK_IS_BROKEN,
};

struct disk_page {
    /* enum disk_fault */
    int fault;
    /* Which act; the first is 1. */
    int at;
    /* Acts so far: writes, syncs and truncations. Of them, syncs. */
    int acts, syncs;
    /* Acts that failed. */
    int failed;
    /* What the acts were, one letter each: w(rite), s(ync), t(runcate). */
    char kinds[4096];
};

#endif
