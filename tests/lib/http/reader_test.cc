#include "http/reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace
{

struct Answer {
    enum sl_http_part end = SL_HTTP_PART_NONE;
    int status = 0;
    std::vector<std::string> fields;
    std::string body;
    bool is_kept = false;
    std::string fault;
};

/** Reads in pieces of that size; where nothing ends the answer, the connection's end does. */
Answer Read(const std::string &bytes, size_t piece_size, bool has_no_body = false)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_http_reader reader = {};
    reader.arena = arena;
    reader.has_no_body = has_no_body;
    Answer answer;
    for (size_t from = 0; answer.end == SL_HTTP_PART_NONE && from < bytes.size();) {
        /* A copy: what a part borrows is borrowed from these bytes only. */
        std::string piece = bytes.substr(from, piece_size);
        const char *at = piece.data(), *end = at + piece.size();
        for (bool is_on = true; is_on;) {
            struct sl_http_piece data = {};
            enum sl_http_part part = sl_http_reader_next(&reader, &at, end, &data);
            is_on = part == SL_HTTP_PART_HEAD || part == SL_HTTP_PART_DATA;
            if (part == SL_HTTP_PART_DATA)
                answer.body.append(data.bytes, data.length);
            else if (!is_on)
                answer.end = part;
        }
        from += static_cast<size_t>(at - piece.data());
    }
    if (answer.end == SL_HTTP_PART_NONE)
        answer.end = sl_http_reader_close(&reader);
    answer.status = reader.status;
    for (size_t i = 0; i < reader.headers.count; i++)
        answer.fields.push_back(std::string(reader.headers.entries[i].name) + "=" +
                                reader.headers.entries[i].value);
    answer.is_kept = reader.is_kept;
    answer.fault = reader.fault == nullptr ? "" : reader.fault;
    sl_http_reader_done(&reader);
    sl_arena_free(arena);
    return answer;
}

/** However the bytes are cut. */
class HttpReader : public testing::TestWithParam<size_t>
{
  protected:
    Answer Read(const std::string &bytes, bool has_no_body = false)
    {
        return ::Read(bytes, GetParam(), has_no_body);
    }
};

INSTANTIATE_TEST_SUITE_P(Cut, HttpReader, testing::Values(1, 2, 7, 100000));

} // namespace

TEST_P(HttpReader, ReadsABodyOfKnownLength)
{
    Answer answer =
        Read("HTTP/1.1 200 OK\r\nContent-Type: text/plain \r\ncontent-length:5\r\n\r\nhello");
    EXPECT_EQ(SL_HTTP_PART_END, answer.end) << answer.fault;
    EXPECT_EQ(200, answer.status);
    EXPECT_EQ((std::vector<std::string>{"Content-Type=text/plain", "content-length=5"}),
              answer.fields);
    EXPECT_EQ("hello", answer.body);
    EXPECT_TRUE(answer.is_kept);
}

TEST_P(HttpReader, ReadsChunksAndPassesTrailersOver)
{
    Answer answer =
        Read("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
             "5\r\nhello\r\n1;name=value\r\n,\r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\n");
    EXPECT_EQ(SL_HTTP_PART_END, answer.end) << answer.fault;
    EXPECT_EQ("hello,0123456789", answer.body);
    EXPECT_EQ(1u, answer.fields.size());
    EXPECT_TRUE(answer.is_kept);
}

TEST_P(HttpReader, ReadsABodyThatTheConnectionEnds)
{
    Answer answer = Read("HTTP/1.0 200 OK\n\nall of it");
    EXPECT_EQ(SL_HTTP_PART_END, answer.end) << answer.fault;
    EXPECT_EQ("all of it", answer.body);
    EXPECT_FALSE(answer.is_kept);
}

TEST_P(HttpReader, KnowsWhichAnswersHaveNoBody)
{
    for (const char *head : {"HTTP/1.1 204 No Content\r\n\r\n",
                             "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"}) {
        Answer answer = Read(head);
        EXPECT_EQ(SL_HTTP_PART_END, answer.end) << head << answer.fault;
        EXPECT_TRUE(answer.is_kept);
    }
    Answer answer = Read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true);
    EXPECT_EQ(SL_HTTP_PART_END, answer.end) << answer.fault;
}

TEST_P(HttpReader, ForgetsInterimAnswers)
{
    Answer answer = Read("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: a, CLOSE\r\n\r\n");
    EXPECT_EQ(SL_HTTP_PART_END, answer.end) << answer.fault;
    EXPECT_EQ(200, answer.status);
    EXPECT_EQ(2u, answer.fields.size());
    EXPECT_FALSE(answer.is_kept);
}

TEST_P(HttpReader, KeepsNoConnectionOfAnAnswerWithTwoLengths)
{
    Answer answer =
        Read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
             "0\r\n\r\n");
    EXPECT_EQ(SL_HTTP_PART_END, answer.end) << answer.fault;
    EXPECT_FALSE(answer.is_kept);
}

TEST_P(HttpReader, RefusesWhatIsNoAnswer)
{
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    for (const std::string &bytes : {
             std::string("SSH-2.0-OpenSSH_9.2\r\n"),
             std::string("HTTP/2 200\r\n\r\n"),
             std::string("HTTP/1.1 20\r\n\r\n"),
             std::string("HTTP/1.1 099 x\r\n\r\n"),
             std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
             ok + "no colon\r\n\r\n",
             ok + "A: b\r\n folded\r\n\r\n",
             ok + "Content-Length: 5x\r\n\r\nhello",
             ok + "Content-Length: -5\r\n\r\nhello",
             ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
             ok + "Content-Length: 9999999999999999999\r\n\r\n",
             ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
             ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
             ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
             ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
             ok + "Content-Length: 5\r\n\r\nhell",
         }) {
        Answer answer = Read(bytes);
        EXPECT_EQ(SL_HTTP_PART_BROKEN, answer.end) << bytes;
        EXPECT_NE("", answer.fault) << bytes;
    }
}

TEST(HttpReaderLimits, BoundsHeads)
{
    std::string many = "HTTP/1.1 200 OK\r\n", large = many + "A: " + std::string(300000, 'a');
    for (int i = 0; i < 300; i++)
        many += "A: b\r\n";
    EXPECT_EQ("the answer has too many headers", Read(many, 1000).fault);
    EXPECT_EQ("the head of the answer is too large", Read(large, 1000).fault);
    EXPECT_EQ("the head of the answer is too large", Read(large, 1000000).fault);
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100000; i++)
        chunks += "1\r\nx\r\n";
    EXPECT_EQ(100000u, Read(chunks + "0\r\n\r\n", 4096).body.size());
}
