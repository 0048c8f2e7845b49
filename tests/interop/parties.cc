#include "parties.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "tests/lib/rpc/certificates.h"

const std::vector<std::string> kCases = {"empty_unary",
                                         "large_unary",
                                         "client_streaming",
                                         "server_streaming",
                                         "ping_pong",
                                         "empty_stream",
                                         "custom_metadata",
                                         "status_code_and_message",
                                         "special_status_message",
                                         "unimplemented_method",
                                         "unimplemented_service",
                                         "cancel_after_begin",
                                         "cancel_after_first_response",
                                         "timeout_on_sleeping_server",
                                         "client_compressed_unary",
                                         "server_compressed_unary",
                                         "client_compressed_streaming",
                                         "server_compressed_streaming"};
const size_t kPlainCases = 14;
const char *const kServerName = "interop.test.example";

namespace
{

const int kPatienceMs = 120000;
const std::string kPeersFolder = SL_SOURCE_DIR "/build/interop-peers/";

bool CanConnect(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int result = connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof(address));
    close(fd);
    return result == 0;
}

struct Server {
    const Party *party;
    Process process;
    int port;
};

using Key = std::pair<std::string, bool>;

/* What this run has started: ended by StopServers(). */
std::map<Key, Server> &Servers()
{
    static std::map<Key, Server> servers;
    return servers;
}

Server Start(const Party &party, bool use_tls)
{
    const Trust &trust = TrustOfThisRun();
    int port = FreePort();
    std::vector<std::string> command = {party.Server(), "--port=" + std::to_string(port)};
    if (use_tls)
        command.insert(command.end(),
                       {"--use_tls=true", "--tls_cert_file=" + trust.certificate_file,
                        "--tls_key_file=" + trust.key_file});
    return Server{&party, Process(command, {}), port};
}

} // namespace

bool Party::IsOurs() const
{
    return name == "ours";
}

std::string Party::Server() const
{
    return IsOurs() ? SL_BIN_DIR "/interop-server" : kPeersFolder + name + "/server";
}

std::string Party::Client() const
{
    return IsOurs() ? SL_BIN_DIR "/interop-client" : kPeersFolder + name + "/client";
}

bool Party::IsThere() const
{
    return IsOurs() || std::filesystem::exists(kPeersFolder + name + "/version");
}

std::string Party::Version() const
{
    std::string version = SL_VERSION;
    if (!IsOurs())
        std::getline(std::ifstream(kPeersFolder + name + "/version"), version);
    return version;
}

const Party &Ours()
{
    static const Party ours = {"ours", true, true};
    return ours;
}

const std::vector<Party> &Peers()
{
    static const std::vector<Party> peers = {{"grpc-go", false, false}, {"grpc++", true, false}};
    return peers;
}

const Trust &TrustOfThisRun()
{
    static Folder folder;
    static Trust trust;
    if (!trust.ca_file.empty())
        return trust;
    trust = {folder / "ca.pem", folder / "other-ca.pem", folder / "server.pem", folder / "key.pem"};
    Certificate authority, other, server;
    authority.make("Interop test authority", "");
    other.make("Another authority", "");
    server.make("interop-server", std::string("DNS:") + kServerName, &authority);
    authority.write_certificate(trust.ca_file);
    other.write_certificate(trust.other_ca_file);
    server.write_certificate(trust.certificate_file);
    server.write_key(trust.key_file);
    return trust;
}

int PortOf(const Party &party, bool use_tls)
{
    auto [place, is_new] = Servers().try_emplace({party.name, use_tls});
    Server &server = place->second;
    if (is_new)
        server = Start(party, use_tls);
    bool is_up = WaitUntil(
        [&server] { return CanConnect(server.port) || !server.process.IsRunning(); }, kPatienceMs);
    return is_up && server.process.IsRunning() ? server.port : 0;
}

std::string StopServers()
{
    std::string complaints;
    for (auto &[key, server] : Servers()) {
        bool was_running = server.process.IsRunning();
        int status = server.process.End(SIGTERM);
        if (!was_running || (server.party->stops_orderly && status != 0))
            complaints += key.first + "'s server ended with " + std::to_string(status) + ": " +
                          server.process.Output();
    }
    Servers().clear();
    return complaints;
}

int RunClient(const ClientRun &run, std::string *ret_output)
{
    std::vector<std::string> command = {run.client->Client(), "--server_host=127.0.0.1",
                                        "--server_port=" + std::to_string(run.port),
                                        "--test_case=" + run.test_case};
    Environment environment;
    if (run.use_tls)
        command.insert(command.end(),
                       {"--use_tls=true", "--server_host_override=" + run.server_name});
    /* Each has its own way to be told whom to believe. */
    if (run.use_tls && run.client->name == "grpc++")
        environment["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = run.ca_file;
    else if (run.use_tls)
        command.push_back("--ca_file=" + run.ca_file);
    if (run.use_tls && run.client->name == "grpc-go")
        command.push_back("--use_test_ca=true");
    Process process(command, environment);
    int status = process.Wait(kPatienceMs);
    *ret_output = process.Output();
    return status;
}
