#include <unistd.h>

#include <fstream>

#include "bridge_fixture.h"

namespace
{

const std::string kPost = "POST /execute HTTP/1.1\r\nHost: localhost\r\n";
const std::string kJson = "Content-Type: application/json\r\n";

class BadInput : public BridgeTest
{
  protected:
    static int StatusOf(const std::string &answer)
    {
        return answer.compare(0, 9, "HTTP/1.1 ") == 0 ? atoi(answer.c_str() + 9) : 0;
    }

    /** A 4xx whose body is JSON with a detail. */
    static void ExpectRefusal(const std::string &answer, const std::string &what)
    {
        EXPECT_GE(StatusOf(answer), 400) << what << "\n" << answer;
        EXPECT_LT(StatusOf(answer), 500) << what << "\n" << answer;
        EXPECT_NE(std::string::npos, answer.find("application/json")) << what << "\n" << answer;
        EXPECT_NE(std::string::npos, answer.find("\r\n\r\n{\"detail\":")) << what << "\n" << answer;
    }

    static std::string WithLength(const std::string &body)
    {
        return kPost + kJson +
               "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
               body;
    }

    static long ResidentKb()
    {
        std::ifstream statm("/proc/self/statm");
        long total = 0, resident = 0;
        statm >> total >> resident;
        return resident * (sysconf(_SC_PAGESIZE) / 1024);
    }

    /** AddressSanitizer keeps what was freed for a while: there nothing can be said. */
    static void ExpectFlat(long before_kb, long limit_kb)
    {
#ifdef __SANITIZE_ADDRESS__
        (void)before_kb, (void)limit_kb;
#else
        EXPECT_LT(ResidentKb() - before_kb, limit_kb);
#endif
    }
};

} // namespace

/* RFC 9112, 11.2: what two readers could take for different requests is refused, and the connection
 * is closed, so that nothing after it is taken for a request. */
TEST_F(BadInput, SmugglingShapesEndTheConnection)
{
    const std::string inner = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const std::string shapes[] = {
        kPost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        kPost + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        kPost + "Content-Length: 3, 3\r\n\r\nabc",
        kPost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        kPost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        kPost + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        kPost + "Transfer-Encoding: identity\r\n\r\n",
        kPost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        kPost + "Content-Length: +3\r\n\r\nabc",
        kPost + "Content-Length: 0x3\r\n\r\nabc",
        kPost + "Content-Length: 3 4\r\n\r\nabc",
        kPost + "Content-Length: \r\n\r\nabc",
        kPost + "Content-Length : 3\r\n\r\nabc",
        kPost + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /execute HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        "POST /execute HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "GET http://localhost@evil/health HTTP/1.1\r\n\r\n",
    };
    for (const std::string &shape : shapes) {
        std::string answer = Raw(shape + inner);
        EXPECT_GE(StatusOf(answer), 400) << shape << "\n" << answer;
        EXPECT_LT(StatusOf(answer), 500) << shape << "\n" << answer;
        EXPECT_EQ(std::string::npos, answer.find("payment-agent")) << shape << "\n" << answer;
    }
    EXPECT_EQ(0, calls_);
    EXPECT_EQ(200, Get("/health").status);
}

TEST_F(BadInput, AmbiguousRequestsAreRefusedInJson)
{
    for (const char *fields : {"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                               "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                               "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                               "Host: b\r\nContent-Length: 0\r\n\r\n"})
        ExpectRefusal(Raw(kPost + fields), fields);
    ExpectRefusal(Raw("GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
                  "an unknown host");
    ExpectRefusal(Raw("GET /health HTTP/1.1\r\n\r\n"), "no host");
}

TEST_F(BadInput, JsonThatIsNone)
{
    auto with = [](const std::string &value) {
        return R"({"request_id":"r","operation":"o","parameters":{"x":)" + value + "}}";
    };
    const std::string levels(100000, '[');
    const std::string bodies[] = {
        with("1e400"),
        with("-1e400"),
        with("NaN"),
        with("Infinity"),
        with("1" + std::string(400, '0')),
        with("\"\\ud800\""),
        with("\"\\udc00\\ud800\""),
        with("\"\\u0000\""),
        with("\"\x01\""),
        with(levels + std::string(100000, ']')),
        levels,
        std::string(100000, '{'),
        with("\"\xed\xa0\x80\""),
        with("\"\xc0\x80\""),
        with("\"\xff\""),
        std::string(1, '\0'),
        "{\"a\":" + std::string(60000, ' ') + "}",
        std::string(100000, '"'),
    };
    for (const std::string &body : bodies)
        ExpectRefusal(Raw(WithLength(body)), body.substr(0, 60));
    /* Wide, and full of the same: read, and refused for what is missing. */
    std::string wide = "{";
    for (int i = 0; i < 100000; i++)
        wide += "\"k\":1,";
    ExpectRefusal(Raw(WithLength(wide + "\"k\":1}")), "100,000 equal keys");
    EXPECT_EQ(0, calls_);
}

TEST_F(BadInput, BodiesOfFiftyMegabytesLeaveMemoryFlat)
{
    const std::string block(1 << 20, 'x');
    ExpectRefusal(Raw(WithLength(std::string(5 << 20, 'x'))), "5 MB");
    long before_kb = ResidentKb();
    for (bool is_chunked : {false, true}) {
        std::string answer;
        Beside([&] {
            int fd = Connect();
            SendAll(fd, kPost + kJson +
                            (is_chunked ? "Transfer-Encoding: chunked\r\n\r\n"
                                        : "Content-Length: 52428800\r\n\r\n"));
            for (int i = 0; i < 50; i++)
                SendAll(fd, is_chunked ? "100000\r\n" + block + "\r\n" : block);
            SendAll(fd, is_chunked ? "0\r\n\r\n" : "");
            answer = ReadUntil(fd, "}");
            close(fd);
        });
        EXPECT_EQ(413, StatusOf(answer)) << answer;
        ExpectRefusal(answer, "50 MB");
    }
    ExpectFlat(before_kb, 8 * 1024);
    EXPECT_EQ(0, calls_);
}

TEST_F(BadInput, PathsAndQueriesThatAreNone)
{
    for (const char *target :
         {"/status/%", "/status/%zz", "/status/%ff", "/status/%00", "/status/%ed%a0%80",
          "/status/x/../../health", "/%2e%2e/etc/passwd", "/health%00", "/status/a?x=%",
          "/\\health", "/status/x/events?after_sequence=99999999999999999999",
          "/status/x/events?after_sequence=x"}) {
        std::string answer = Raw(std::string("GET ") + target +
                                 " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        EXPECT_LT(StatusOf(answer), 500) << target << answer;
        EXPECT_GE(StatusOf(answer), 200) << target << answer;
        EXPECT_EQ(std::string::npos, answer.find("root:")) << answer;
    }
}

TEST_F(BadInput, BytesThatAreNoHttp)
{
    for (const std::string &bytes :
         {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
          std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), std::string("GET\r\n\r\n"),
          std::string("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
          std::string(100, '\0') + "\r\n\r\n", std::string("\r\n\r\n\r\n"),
          std::string("GET  /health  HTTP/1.1\r\nHost: localhost\r\n\r\n"),
          kPost + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
          kPost + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
          kPost + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
          kPost + " folded: x\r\n\r\n", kPost + ": x\r\n\r\n",
          kPost + std::string("a\0b: x\r\n\r\n", 10)}) {
        std::string answer;
        Beside([&, &what = bytes] {
            int fd = Connect();
            SendAll(fd, what);
            /* Some could still become a request: no more comes. */
            shutdown(fd, SHUT_WR);
            answer = ReadUntil(fd, "");
            close(fd);
        });
        EXPECT_TRUE(StatusOf(answer) == 0 || (StatusOf(answer) >= 400 && StatusOf(answer) < 600))
            << bytes << "\n"
            << answer;
        EXPECT_NE(500, StatusOf(answer)) << answer;
    }
    EXPECT_EQ(0, calls_);
    EXPECT_EQ(200, Get("/health").status);
}

TEST_F(BadInput, FiveHundredSlowSendersLeaveOthersUnharmed)
{
    std::vector<int> slow;
    for (int i = 0; i < 500; i++) {
        slow.push_back(Connect());
        SendAll(slow.back(), i % 2 == 0 ? kPost : kPost + kJson + "Content-Length: 100\r\n\r\n{");
    }
    long before_kb = ResidentKb();
    for (int i = 0; i < 40; i++) {
        for (size_t k = 0; k < slow.size(); k++)
            SendAll(slow[k], k % 2 == 0 ? "X-A: b\r\n" : " ");
        ASSERT_EQ(200,
                  Post("/execute", R"({"request_id":"r","operation":"o","parameters":{}})").status);
    }
    ExpectFlat(before_kb, 16 * 1024);
    for (int fd : slow)
        close(fd);
}
