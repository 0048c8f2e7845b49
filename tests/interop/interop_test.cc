/* gRPC's interoperability tests: our programs against each other, and against those of others. */
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "matrix.h"
#include "parties.h"

namespace
{

const int kInstallMs = 25 * 60 * 1000; /* grpc++'s programs are compiled, on a slow machine */

bool IsSet(const char *variable, const char *wanted)
{
    const char *value = getenv(variable);
    return value != nullptr && std::string(value) == wanted;
}

/* What happens once: peers are installed, servers are stopped, the matrix is written. */
struct WholeRun : testing::Environment {
    static inline Matrix matrix;
    static inline std::string install_output;

    void SetUp() override
    {
        if (!IsSet("SL_TEST_ALL", "1"))
            return;
        Process install({SL_SOURCE_DIR "/tools/interop-peers"}, {});
        if (install.Wait(kInstallMs) != 0)
            install_output = install.Output();
        EXPECT_TRUE(install_output.empty() || !IsSet("CI", "true")) << install_output;
    }

    void TearDown() override
    {
        EXPECT_EQ(StopServers(), "");
        const char *path = getenv("SL_INTEROP_RECORD");
        EXPECT_TRUE(path == nullptr || std::ofstream(path) << matrix.Page()) << path;
    }
};

const testing::Environment *const kWholeRun = testing::AddGlobalTestEnvironment(new WholeRun);

std::string HowToInstall(const Party &party)
{
    return party.name + " is absent: tools/interop-peers " + party.name +
           " installs it (./test --all does, too). " + WholeRun::install_output;
}

/* ---- The cases ---- */

struct Play {
    const Party *client, *server;
    bool use_tls;
    std::string test_case;
};

void PrintTo(const Play &play, std::ostream *out)
{
    *out << play.client->name << " to " << play.server->name << ", " << play.test_case;
}

void AddPlays(const Party &client, const Party &server, std::vector<Play> *plays)
{
    bool has_compression = client.plays_compression && server.plays_compression;
    size_t count = has_compression ? kCases.size() : kPlainCases;
    for (bool use_tls : {false, true}) {
        for (size_t i = 0; i < count; i++)
            plays->push_back({&client, &server, use_tls, kCases[i]});
    }
}

std::vector<Play> AllPlays()
{
    std::vector<Play> plays;
    AddPlays(Ours(), Ours(), &plays);
    for (const Party &peer : Peers()) {
        AddPlays(Ours(), peer, &plays);
        AddPlays(peer, Ours(), &plays);
    }
    return plays;
}

std::string NameOf(const testing::TestParamInfo<Play> &info)
{
    const Play &play = info.param;
    std::string name = play.client->name + "_to_" + play.server->name +
                       (play.use_tls ? "_tls_" : "_plain_") + play.test_case;
    for (char &c : name)
        c = isalnum(static_cast<unsigned char>(c)) ? c : c == '+' ? 'p' : '_';
    return name;
}

struct Interop : testing::TestWithParam<Play> {
};

TEST_P(Interop, Passes)
{
    const Play &play = GetParam();
    for (const Party *party : {play.client, play.server}) {
        if (!party->IsThere())
            GTEST_SKIP() << HowToInstall(*party);
    }
    int port = PortOf(*play.server, play.use_tls);
    ASSERT_NE(port, 0) << "the server did not come up";
    std::string output;
    int status = RunClient(
        {play.client, port, play.use_tls, play.test_case, TrustOfThisRun().ca_file, kServerName},
        &output);
    WholeRun::matrix.Note(play.client->name, play.server->name, play.use_tls, play.test_case,
                          status == 0);
    EXPECT_EQ(status, 0) << output;
}

INSTANTIATE_TEST_SUITE_P(Cases, Interop, testing::ValuesIn(AllPlays()), NameOf);

/* ---- TLS is not only spoken, but holds ---- */

struct InteropTrust : testing::TestWithParam<Party> {
    int Run(const std::string &ca_file, const std::string &server_name, bool use_tls)
    {
        std::string output;
        int status = RunClient(
            {&GetParam(), PortOf(Ours(), true), use_tls, "empty_unary", ca_file, server_name},
            &output);
        EXPECT_NE(status, -1) << "the client hangs: " << output;
        return status;
    }

    void SetUp() override
    {
        if (!GetParam().IsThere())
            GTEST_SKIP() << HowToInstall(GetParam());
    }
};

TEST_P(InteropTrust, OurServerIsBelievedByItsAuthorityAndNameOnly)
{
    const Trust &trust = TrustOfThisRun();
    EXPECT_EQ(Run(trust.ca_file, kServerName, true), 0);
    EXPECT_NE(Run(trust.other_ca_file, kServerName, true), 0);
    EXPECT_NE(Run(trust.ca_file, "somebody.else.example", true), 0);
    EXPECT_NE(Run("", "", false), 0) << "plain text at a port that speaks TLS";
}

INSTANTIATE_TEST_SUITE_P(Clients, InteropTrust,
                         testing::Values(Ours(), Peers().front(), Peers().back()),
                         [](const testing::TestParamInfo<Party> &info) {
                             return info.param.IsOurs()            ? "ours"
                                    : info.param.plays_compression ? "grpcpp"
                                                                   : "grpc_go";
                         });

} // namespace
