#include "rpc/tls.h"

#include <fstream>

#include "certificates.h"
#include "echo.h"

namespace
{

struct Tls : Echo {
    Folder folder;
    Certificate authority, stranger, server_certificate, client_certificate;
    const std::string ca = folder / "ca.pem", certificate = folder / "server.pem",
                      key = folder / "server.key", client_file = folder / "client.pem",
                      client_key = folder / "client.key";
    struct sl_tls_options server_tls = {}, client_tls = {};
    struct sl_peer_identity seen = {};
    std::string seen_name, seen_names;
    bool has_identity = false;

    void SetUp() override
    {
        Echo::SetUp();
        authority.make("Test authority", "");
        stranger.make("Another authority", "");
        server_certificate.make("server", "DNS:localhost,DNS:parts.test,IP:127.0.0.1", &authority);
        client_certificate.make(
            "orchestrator", "DNS:orchestrator.test,URI:spiffe://dealer/orchestrator", &authority);
        authority.write_certificate(ca);
        server_certificate.write_certificate(certificate);
        server_certificate.write_key(key);
        client_certificate.write_certificate(client_file);
        client_certificate.write_key(client_key);
        server_tls.certificate_file = certificate.c_str();
        server_tls.key_file = key.c_str();
        server_tls.refresh_seconds = client_tls.refresh_seconds = 1;
        client_tls.ca_file = ca.c_str();
        on_say = [this](struct sl_server_call *call, const std::string &text, struct sl_error *) {
            see(sl_server_call_peer_identity(call));
            EXPECT_EQ(sl_server_call_peer_identity(call), sl_server_call_peer_identity(call));
            sl_server_call_reply(call, Text(text).get());
            return SL_OK;
        };
    }
    void see(const struct sl_peer_identity *identity)
    {
        has_identity = identity != nullptr;
        seen_name = identity != nullptr ? identity->common_name : "";
        seen_names.clear();
        for (size_t i = 0; identity != nullptr && i < identity->name_count; i++)
            seen_names += std::string(identity->names[i]) + " ";
    }
    void serve()
    {
        struct sl_server_options options = {};
        options.tls = &server_tls;
        replace_server(options);
    }
    void dial(const std::string &host = "localhost")
    {
        struct sl_channel_options options = {};
        options.tls = &client_tls;
        replace_channel(host + ":" + std::to_string(sl_server_port(server)), options);
    }
    void show_client_certificate()
    {
        client_tls.certificate_file = client_file.c_str();
        client_tls.key_file = client_key.c_str();
    }
    void require_client_certificates()
    {
        server_tls.ca_file = ca.c_str();
        server_tls.requires_client_certificate = true;
    }
    /* A call that has no connection fails as such, at once, not with its deadline. */
    void is_refused()
    {
        int before = say_count;
        Outcome outcome = say("x");
        EXPECT_EQ(outcome.error.code, SL_UNAVAILABLE) << outcome.error.message;
        EXPECT_EQ(say_count, before);
    }
    void refuses_channel(const std::string &why)
    {
        struct sl_channel_options options = {};
        options.target = "localhost:1";
        options.tls = &client_tls;
        struct sl_channel *none = nullptr;
        struct sl_error error = {};
        EXPECT_EQ(sl_channel_new(loop, &options, &none, &error), SL_INVALID_ARGUMENT);
        EXPECT_EQ(none, nullptr);
        EXPECT_NE(std::string(error.message).find(why), std::string::npos) << error.message;
    }
    void refuses_server(const std::string &why)
    {
        struct sl_server_options options = {};
        options.listen = "127.0.0.1:0";
        options.tls = &server_tls;
        struct sl_server *none = nullptr;
        struct sl_error error = {};
        EXPECT_EQ(sl_server_new(loop, &options, &none, &error), SL_INVALID_ARGUMENT);
        EXPECT_EQ(none, nullptr);
        EXPECT_NE(std::string(error.message).find(why), std::string::npos) << error.message;
    }
};

TEST_F(Tls, ServerShowsWhoItIs)
{
    serve();
    dial();
    EXPECT_EQ(say("secret").response, "secret");
    EXPECT_FALSE(has_identity);
}

TEST_F(Tls, PlainTextHasNoIdentity)
{
    has_identity = true;
    EXPECT_EQ(say("plain").response, "plain");
    EXPECT_FALSE(has_identity);
}

TEST_F(Tls, ClientIsKnownByItsCertificate)
{
    require_client_certificates();
    show_client_certificate();
    serve();
    dial();
    EXPECT_EQ(say("secret").response, "secret");
    EXPECT_TRUE(has_identity);
    EXPECT_EQ(seen_name, "orchestrator");
    EXPECT_NE(seen_names.find("orchestrator.test "), std::string::npos) << seen_names;
    EXPECT_NE(seen_names.find("spiffe://dealer/orchestrator "), std::string::npos) << seen_names;
}

TEST_F(Tls, ClientCertificateMayBeRequired)
{
    require_client_certificates();
    serve();
    dial();
    is_refused();
}

TEST_F(Tls, ClientCertificateMayBeOptional)
{
    require_client_certificates();
    server_tls.requires_client_certificate = false;
    serve();
    dial();
    EXPECT_EQ(say("x").response, "x");
    EXPECT_FALSE(has_identity);
    show_client_certificate();
    dial();
    EXPECT_EQ(say("y").response, "y");
    EXPECT_EQ(seen_name, "orchestrator");
}

TEST_F(Tls, ClientOfAnotherAuthorityIsRefusedEvenWhereCertificatesAreOptional)
{
    require_client_certificates();
    server_tls.requires_client_certificate = false;
    client_certificate.make("orchestrator", "", &stranger);
    client_certificate.write_certificate(client_file);
    client_certificate.write_key(client_key);
    show_client_certificate();
    serve();
    dial();
    is_refused();
}

TEST_F(Tls, ServerOfAnotherAuthorityIsRefused)
{
    server_certificate.make("server", "DNS:localhost", &stranger);
    server_certificate.write_certificate(certificate);
    server_certificate.write_key(key);
    serve();
    dial();
    is_refused();
}

TEST_F(Tls, ServerMustBearTheNameOfTheTargetOrTheOneThatIsWanted)
{
    serve();
    dial("ipv4:127.0.0.1");
    EXPECT_EQ(say("by address, whose name is localhost").error.code, SL_OK);
    client_tls.server_name = "parts.test";
    dial("ipv4:127.0.0.1");
    EXPECT_EQ(say("by name").error.code, SL_OK);
    client_tls.server_name = "payment.test";
    dial("ipv4:127.0.0.1");
    is_refused();
}

TEST_F(Tls, NeverFallsBackToPlainText)
{
    dial();
    is_refused();
    serve();
    replace_channel(address());
    is_refused();
}

/* Forgetting TLS must not mean plain text. */
TEST_F(Tls, PlainTextIsOnlyWhereItIsAskedFor)
{
    struct sl_channel_options to = {};
    struct sl_server_options at = {};
    struct sl_channel *no_channel = nullptr;
    struct sl_server *no_server = nullptr;
    struct sl_error error = {};
    to.target = "localhost:1";
    at.listen = "127.0.0.1:0";
    EXPECT_EQ(sl_channel_new(loop, &to, &no_channel, &error), SL_INVALID_ARGUMENT);
    EXPECT_STREQ(error.message, "a channel with neither tls nor is_insecure; wanted: tls, or "
                                "is_insecure where plain text is meant");
    EXPECT_EQ(sl_server_new(loop, &at, &no_server, &error), SL_INVALID_ARGUMENT);
    EXPECT_STREQ(error.message, "a server with neither tls nor is_insecure; wanted: tls, or "
                                "is_insecure where plain text is meant");
    to.tls = &client_tls;
    at.tls = &server_tls;
    to.is_insecure = at.is_insecure = true;
    EXPECT_EQ(sl_channel_new(loop, &to, &no_channel, &error), SL_INVALID_ARGUMENT);
    EXPECT_STREQ(error.message, "a channel with both tls and is_insecure; wanted: one of them");
    EXPECT_EQ(sl_server_new(loop, &at, &no_server, &error), SL_INVALID_ARGUMENT);
    EXPECT_STREQ(error.message, "a server with both tls and is_insecure; wanted: one of them");
    EXPECT_EQ(no_channel, nullptr);
    EXPECT_EQ(no_server, nullptr);
}

/* A certificate of a new authority on both sides, while server and channel go on. */
TEST_F(Tls, FilesAreRenewedWithoutARestart)
{
    serve();
    dial();
    EXPECT_EQ(say("old").response, "old");

    server_certificate.make("server", "DNS:localhost", &stranger);
    server_certificate.write_certificate(certificate);
    server_certificate.write_key(key);
    EXPECT_EQ(say("same connection").response, "same connection");
    run_until([&] {
        dial();
        return say("the old authority").error.code == SL_UNAVAILABLE;
    });
    /* The channel is the same from here on. */
    stranger.write_certificate(ca);
    run_until([&] { return say("the new authority").error.code == SL_OK; });
}

/* The same for the certificates of clients, whose authority changes at the server. */
TEST_F(Tls, ClientCertificatesAreRenewedWithoutARestart)
{
    require_client_certificates();
    show_client_certificate();
    std::string clients_ca = folder / "clients.pem";
    authority.write_certificate(clients_ca);
    server_tls.ca_file = clients_ca.c_str();
    serve();
    dial();
    EXPECT_EQ(say("old").response, "old");
    EXPECT_EQ(seen_name, "orchestrator");

    stranger.write_certificate(clients_ca);
    EXPECT_EQ(say("same connection").response, "same connection");
    run_until([&] {
        dial();
        return say("a client of the old authority").error.code == SL_UNAVAILABLE;
    });
    /* The channel is the same from here on. */
    client_certificate.make("orchestrator-2", "", &stranger);
    client_certificate.write_certificate(client_file);
    client_certificate.write_key(client_key);
    run_until([&] { return say("a client of the new one").error.code == SL_OK; });
    EXPECT_EQ(seen_name, "orchestrator-2");
}

TEST_F(Tls, SaysWhichFileIsMissing)
{
    std::string missing = folder / "missing.pem";
    client_tls.ca_file = missing.c_str();
    refuses_channel("cannot read the CA file " + missing + ": No such file or directory");
    client_tls.ca_file = ca.c_str();
    client_tls.certificate_file = client_file.c_str();
    refuses_channel("wanted: both");
    client_tls.key_file = missing.c_str();
    refuses_channel("cannot read the key file " + missing);
    server_tls.certificate_file = missing.c_str();
    refuses_server("cannot read the certificate file " + missing);
    server_tls.certificate_file = server_tls.key_file = nullptr;
    refuses_server("without a certificate file");
}

TEST_F(Tls, SaysWhatIsWrongWithAFile)
{
    std::string garbage = folder / "garbage.pem", locked = folder / "locked.key";
    std::ofstream(garbage) << "-----BEGIN CERTIFICATE-----\nnothing\n";
    server_certificate.write_key(locked, "passphrase");
    server_tls.certificate_file = garbage.c_str();
    refuses_server("the certificate file " + garbage + " has no certificate in it");
    server_tls.certificate_file = certificate.c_str();
    for (const std::string &file : {garbage, locked, certificate}) {
        server_tls.key_file = file.c_str();
        refuses_server("the key file " + file + " has no private key in it");
    }
    server_tls.key_file = client_key.c_str();
    refuses_server("the key in " + client_key + " is not that of the certificate in " +
                   certificate);
    server_tls.key_file = key.c_str();
    server_tls.requires_client_certificate = true;
    refuses_server("no CA file");
    server_tls.ca_file = garbage.c_str();
    refuses_server("the CA file " + garbage);
    server_tls.ca_file = folder.path.c_str();
    refuses_server("the CA file " + folder.path);
}

TEST_F(Tls, WorksFromOneFileForCertificateAndKey)
{
    std::string both = folder / "both.pem";
    std::ofstream out(both);
    out << std::ifstream(key).rdbuf() << std::ifstream(certificate).rdbuf();
    out.close();
    server_tls.certificate_file = server_tls.key_file = both.c_str();
    serve();
    dial();
    EXPECT_EQ(say("x").response, "x");
}

} // namespace
