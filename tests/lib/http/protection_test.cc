#include <openssl/ssl.h>

#include <atomic>
#include <chrono>

#include "http_fixture.h"
#include "tests/lib/rpc/certificates.h"

namespace
{

class HttpProtection : public HttpTest
{
  protected:
    void StartHello(struct sl_http_server_options options = {})
    {
        StartServer([](struct sl_http_incoming *incoming,
                       const struct sl_http_incoming_request *) { ReplyText(incoming, 200, "hi"); },
                    options);
    }

    /** "GET / over TLS", and the name in the certificate that was shown; "" where there is none. */
    std::string AskOverTls(const std::string &ca, std::string *ret_name, int version = 0)
    {
        std::string text;
        Beside([&] {
            SSL_CTX *context = SSL_CTX_new(TLS_client_method());
            SSL_CTX_load_verify_locations(context, ca.c_str(), nullptr);
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
            if (version != 0) {
                SSL_CTX_set_security_level(context, 0);
                SSL_CTX_set_min_proto_version(context, version);
                SSL_CTX_set_max_proto_version(context, version);
            }
            SSL *ssl = SSL_new(context);
            int fd = Connect();
            SSL_set_fd(ssl, fd);
            if (SSL_connect(ssl) == 1)
                text = Exchange(ssl, ret_name);
            SSL_free(ssl);
            SSL_CTX_free(context);
            close(fd);
        });
        return text;
    }

    static std::string Exchange(SSL *ssl, std::string *ret_name)
    {
        static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        char buffer[4096], name[256] = "";
        X509 *shown = SSL_get1_peer_certificate(ssl);
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof(name));
        X509_free(shown);
        *ret_name = name;
        std::string text;
        SSL_write(ssl, get, sizeof(get) - 1);
        for (int got = 0; (got = SSL_read(ssl, buffer, sizeof(buffer))) > 0;)
            text.append(buffer, static_cast<size_t>(got));
        return text;
    }
};

struct Keyed {
    Folder folder;
    Certificate authority, server;
    std::string ca, certificate, key;

    Keyed()
    {
        ca = folder.path + "/ca.pem";
        certificate = folder.path + "/server.pem";
        key = folder.path + "/server.key";
        authority.make("test authority", "");
        authority.write_certificate(ca);
        Renew("first");
    }
    void Renew(const std::string &name)
    {
        server.make(name, "DNS:localhost", &authority);
        server.write_certificate(certificate);
        server.write_key(key);
    }
    struct sl_http_server_options Options() const
    {
        struct sl_http_server_options options = {};
        options.certificate_file = certificate.c_str();
        options.key_file = key.c_str();
        options.tls_refresh_s = 1;
        return options;
    }
};

} // namespace

TEST_F(HttpProtection, SpeaksTlsAndNothingElse)
{
    Keyed keyed;
    std::string name;
    StartHello(keyed.Options());
    std::string answer = AskOverTls(keyed.ca, &name);
    EXPECT_EQ(0u, answer.find("HTTP/1.1 200 ")) << answer;
    EXPECT_EQ("first", name);
    EXPECT_EQ("", AskOverTls(keyed.ca, &name, TLS1_1_VERSION));
    EXPECT_NE("", AskOverTls(keyed.ca, &name, TLS1_2_VERSION));
    EXPECT_EQ(std::string::npos,
              Raw("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").find("200"));
}

TEST_F(HttpProtection, TakesARenewedCertificateWithoutARestart)
{
    Keyed keyed;
    std::string name;
    StartHello(keyed.Options());
    EXPECT_NE("", AskOverTls(keyed.ca, &name));
    keyed.Renew("second");
    EXPECT_TRUE(RunUntilTrue([&] {
        AskOverTls(keyed.ca, &name);
        return name == "second";
    })) << name;
    /* Half of a renewal is not taken. */
    keyed.server.make("third", "DNS:localhost", &keyed.authority);
    keyed.server.write_certificate(keyed.certificate);
    bool never = false;
    sl_loop_run_until(loop_, &never, 1100);
    EXPECT_NE("", AskOverTls(keyed.ca, &name));
    EXPECT_EQ("second", name);
    keyed.server.write_key(keyed.key);
    EXPECT_TRUE(RunUntilTrue([&] {
        AskOverTls(keyed.ca, &name);
        return name == "third";
    })) << name;
}

TEST_F(HttpProtection, NamesTheTlsFileThatIsWrong)
{
    Keyed keyed;
    struct sl_http_server_options options = keyed.Options();
    options.listen = "127.0.0.1:0";
    std::string other = keyed.folder.path + "/other.key";
    Certificate another;
    another.make("another", "");
    another.write_key(other);
    const std::pair<const char *, const char *> pairs[] = {
        {"/nowhere.pem", keyed.key.c_str()},
        {keyed.certificate.c_str(), "/nowhere.key"},
        {keyed.certificate.c_str(), other.c_str()},
        {keyed.key.c_str(), keyed.key.c_str()},
    };
    for (auto [certificate, key] : pairs) {
        struct sl_http_server *server = nullptr;
        options.certificate_file = certificate;
        options.key_file = key;
        EXPECT_EQ(SL_INVALID_ARGUMENT, sl_http_server_new(loop_, &options, &server, &err_));
        EXPECT_NE(nullptr, strstr(err_.message, "/")) << err_.message;
    }
}

TEST_F(HttpProtection, BoundsTheHead)
{
    StartHello();
    std::string head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    std::string answer = Raw(head + "X: " + std::string(32000, 'h') + "\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 200 ")) << answer.substr(0, 200);
    answer = Raw(head + "X: " + std::string(33000, 'h') + "\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 431 ")) << answer;
    EXPECT_NE(std::string::npos, answer.find("{\"detail\":\"Request header fields too large\"}"));
    answer = Raw("GET /" + std::string(33000, 'u') + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 431 ")) << answer;
    std::string many;
    for (int i = 0; i < 2000; i++)
        many += "A" + std::to_string(i) + ": bbbbbbbbbb\r\n";
    answer = Raw(head + many + "\r\n");
    EXPECT_EQ(0u, answer.find("HTTP/1.1 431 ")) << answer.substr(0, 200);
}

TEST_F(HttpProtection, HangsUpOnWhoeverTricklesARequest)
{
    struct sl_http_server_options options = {};
    options.request_timeout_s = 1;
    StartHello(options);
    for (const char *begun : {"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
                              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"}) {
        auto start = std::chrono::steady_clock::now();
        Beside([&] {
            int fd = Connect();
            SendAll(fd, begun);
            /* A byte at a time is no silence: microhttpd alone would wait for ever. */
            struct pollfd closed = {fd, POLLIN, 0};
            while (poll(&closed, 1, 100) == 0)
                SendAll(fd, "x");
            close(fd);
        });
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    }
    /* Who waits for an answer is not late. */
    EXPECT_EQ("hi", Get("/").body);
}

TEST_F(HttpProtection, ServesOthersWhileFiveHundredAreSlow)
{
    StartHello();
    std::vector<int> slow;
    for (int i = 0; i < 500; i++) {
        slow.push_back(Connect());
        SendAll(slow.back(), i % 2 == 0
                                 ? "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "
                                 : "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nx");
    }
    for (int i = 0; i < 50; i++) {
        for (int fd : slow)
            SendAll(fd, "y");
        Answer answer = Get("/");
        ASSERT_EQ("hi", answer.body) << answer.error.message;
    }
    for (int fd : slow)
        close(fd);
}
