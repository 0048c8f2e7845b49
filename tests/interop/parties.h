#ifndef TESTS_INTEROP_PARTIES_H
#define TESTS_INTEROP_PARTIES_H

#include <string>
#include <vector>

#include "tests/system/process.h"

/* The compression cases are the last four of all cases. */
extern const std::vector<std::string> kCases;
extern const size_t kPlainCases;

/* The name that the servers' certificate bears, and nobody's address is. */
extern const char *const kServerName;

/** An implementation of gRPC, with its server and client of the interoperability tests. */
struct Party {
    /** "ours", or its folder under build/interop-peers. */
    std::string name;
    bool plays_compression;
    /** Whether it stops of itself on SIGTERM and then exits 0. */
    bool stops_orderly;

    bool IsOurs() const;
    std::string Server() const;
    std::string Client() const;
    bool IsThere() const;
    /** What tools/interop-peers installed; the project's own version for ours. */
    std::string Version() const;
};

const Party &Ours();
const std::vector<Party> &Peers();

/** Certificates of servers, made for this run. */
struct Trust {
    std::string ca_file, other_ca_file, certificate_file, key_file;
};
const Trust &TrustOfThisRun();

/**
 * Port of the party's server, which is started the first time and stays until StopServers(); 0
 * where it did not come up.
 */
int PortOf(const Party &party, bool use_tls);

/** Ends all; returns what went wrong with it, "" where nothing did. */
std::string StopServers();

struct ClientRun {
    const Party *client;
    int port;
    bool use_tls;
    std::string test_case;
    /** Who signs what the client believes. */
    std::string ca_file;
    std::string server_name;
};

/** Runs one case; returns the exit status, and what the client said. */
int RunClient(const ClientRun &run, std::string *ret_output);

#endif
