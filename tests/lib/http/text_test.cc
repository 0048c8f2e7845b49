#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/headers.h"
#include "http/sse.h"
#include "http/url.h"

namespace
{

struct Arena {
    struct sl_arena *p = sl_arena_new();
    ~Arena()
    {
        sl_arena_free(p);
    }
};

struct Event {
    std::string type, id, data;
};

std::vector<Event> Parse(const std::string &stream, size_t piece)
{
    struct sl_sse_parser parser = {};
    std::vector<Event> events;
    for (size_t at = 0; at < stream.size(); at += piece) {
        struct sl_error err = {};
        EXPECT_EQ(SL_OK, sl_sse_parser_feed(
                             &parser, stream.data() + at, std::min(piece, stream.size() - at),
                             [](const struct sl_sse_event *event, void *arg) {
                                 static_cast<std::vector<Event> *>(arg)->push_back(
                                     {event->type, event->id,
                                      std::string(event->data, event->data_length)});
                             },
                             &events, &err));
    }
    sl_sse_parser_done(&parser);
    return events;
}

} // namespace

TEST(Headers, FindsNamesInAnyCaseAndKeepsOrder)
{
    Arena arena;
    struct sl_headers headers = {};
    for (int i = 0; i < 40; i++)
        ASSERT_EQ(SL_OK,
                  sl_headers_add(&headers, arena.p, ("X-" + std::to_string(i)).c_str(), "v"));
    ASSERT_EQ(SL_OK, sl_headers_add(&headers, arena.p, "x-7", "second"));
    EXPECT_EQ(41u, headers.count);
    EXPECT_STREQ("v", sl_headers_get(&headers, "x-7"));
    EXPECT_EQ(nullptr, sl_headers_get(&headers, "x-99"));
    EXPECT_EQ(nullptr, sl_headers_get(nullptr, "x"));
}

TEST(Headers, RefusesWhatWouldSplitAMessage)
{
    Arena arena;
    struct sl_headers headers = {};
    EXPECT_EQ(SL_INVALID_ARGUMENT, sl_headers_add(&headers, arena.p, "X", "a\r\nEvil: 1"));
    EXPECT_EQ(SL_INVALID_ARGUMENT, sl_headers_add(&headers, arena.p, "X Y", "a"));
    EXPECT_EQ(SL_INVALID_ARGUMENT, sl_headers_add(&headers, arena.p, "", "a"));
    EXPECT_EQ(0u, headers.count);
}

TEST(Url, SplitsItsParts)
{
    Arena arena;
    struct sl_url url = {};
    struct sl_error err = {};
    ASSERT_EQ(SL_OK, sl_url_parse("HTTP://Parts.Example:8085/a%20b?x=1&y#z", arena.p, &url, &err));
    EXPECT_STREQ("http", url.scheme);
    EXPECT_STREQ("parts.example", url.host);
    EXPECT_EQ(8085, url.port);
    EXPECT_STREQ("/a%20b", url.path);
    EXPECT_STREQ("x=1&y", url.query);
    ASSERT_EQ(SL_OK, sl_url_parse("https://[::1]?q", arena.p, &url, &err));
    EXPECT_STREQ("::1", url.host);
    EXPECT_EQ(443, url.port);
    EXPECT_STREQ("/", url.path);
    EXPECT_STREQ("q", url.query);
}

TEST(Url, RefusesWhatIsNone)
{
    Arena arena;
    struct sl_url url = {};
    for (const char *text : {"", "ftp://x", "http://", "http://:80", "http://a b/", "http://u:p@h/",
                             "http://h:99999", "http://h:8x", "http://[::1", "http:/h", "//h"}) {
        struct sl_error err = {};
        EXPECT_EQ(SL_INVALID_ARGUMENT, sl_url_parse(text, arena.p, &url, &err)) << text;
        EXPECT_NE(nullptr, strstr(err.message, text)) << err.message;
    }
}

TEST(Url, DecodesAndEncodes)
{
    struct sl_text out = {};
    EXPECT_TRUE(sl_url_decode("a%2Fb+c", 7, false, &out));
    EXPECT_STREQ("a/b+c", out.data);
    sl_text_clear(&out);
    EXPECT_TRUE(sl_url_decode("a+%C3%A9", 8, true, &out));
    EXPECT_STREQ("a \xc3\xa9", out.data);
    EXPECT_FALSE(sl_url_decode("%", 1, true, &out));
    EXPECT_FALSE(sl_url_decode("%4", 2, true, &out));
    EXPECT_FALSE(sl_url_decode("%zz", 3, true, &out));
    EXPECT_FALSE(sl_url_decode("%00", 3, true, &out));
    EXPECT_FALSE(sl_url_decode("%ff", 3, true, &out));
    sl_text_clear(&out);
    sl_url_encode("a b/\xc3\xa9~", &out);
    EXPECT_STREQ("a%20b%2F%C3%A9~", out.data);
    sl_text_done(&out);
}

TEST(Sse, ReadsTheSameWhateverThePieces)
{
    const std::string stream =
        "\xef\xbb\xbf: hello\r\nid: 1\r\nevent: step\r\ndata: {\"a\":\r\ndata:1}\r\n\r\n"
        "data\n\nretry: 250\nid\n\ndata:  two spaces\rid: x\r\rdata: cut";
    for (size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
        auto events = Parse(stream, piece);
        ASSERT_EQ(3u, events.size()) << piece;
        EXPECT_EQ("step", events[0].type);
        EXPECT_EQ("1", events[0].id);
        EXPECT_EQ("{\"a\":\n1}", events[0].data);
        EXPECT_EQ("message", events[1].type);
        EXPECT_EQ("1", events[1].id);
        EXPECT_EQ("", events[1].data);
        EXPECT_EQ(" two spaces", events[2].data);
        EXPECT_EQ("x", events[2].id);
    }
}

TEST(Sse, LimitsAnEvent)
{
    struct sl_sse_parser parser = {};
    parser.max_event_bytes = 100;
    struct sl_error err = {};
    std::string line = "data: " + std::string(60, 'x') + "\n";
    auto ignore = [](const struct sl_sse_event *, void *) {};
    EXPECT_EQ(SL_OK, sl_sse_parser_feed(&parser, line.data(), line.size(), ignore, nullptr, &err));
    EXPECT_EQ(SL_RESOURCE_EXHAUSTED,
              sl_sse_parser_feed(&parser, line.data(), line.size(), ignore, nullptr, &err));
    sl_sse_parser_done(&parser);
}

TEST(Sse, WritesWhatItReads)
{
    struct sl_text out = {};
    sl_sse_write(&out, "done\nevil: x", "7", "a\r\nb\n\nc");
    EXPECT_STREQ("event: doneevil: x\nid: 7\ndata: a\ndata: b\ndata: \ndata: c\n\n", out.data);
    auto events = Parse(out.data, 5);
    ASSERT_EQ(1u, events.size());
    EXPECT_EQ("a\nb\n\nc", events[0].data);
    sl_text_done(&out);
}
