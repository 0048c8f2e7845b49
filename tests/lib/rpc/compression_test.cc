#include <grpc/byte_buffer.h>
#include <grpc/slice.h>
#include <zlib.h>

#include "base/memory.h"
#include "echo.h"
#include "relay.h"
#include "rpc/inflate.h"

namespace
{

constexpr int GZIP = 15 + 16, ZLIB = 15;

std::string deflated(const std::string &text, int format)
{
    z_stream stream = {};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

struct Inflate : testing::Test {
    std::string text;
    struct sl_error error = {};

    /* The bytes come in pieces of `piece` bytes. */
    enum sl_code inflate(const std::string &bytes, size_t max_bytes, size_t piece = 1 << 20,
                         grpc_compression_algorithm algorithm = GRPC_COMPRESS_GZIP)
    {
        std::vector<grpc_slice> slices;
        for (size_t at = 0; at < bytes.size(); at += piece) {
            std::string part = bytes.substr(at, piece);
            slices.push_back(grpc_slice_from_copied_buffer(part.data(), part.size()));
        }
        grpc_byte_buffer *buffer =
            grpc_raw_compressed_byte_buffer_create(slices.data(), slices.size(), algorithm);
        uint8_t *got = nullptr;
        size_t length = 0;
        enum sl_code code = sl_buffer_inflate(buffer, max_bytes, &got, &length, &error);
        EXPECT_TRUE(sl_buffer_is_compressed(buffer));
        EXPECT_EQ(got != nullptr, code == SL_OK);
        text.assign(reinterpret_cast<char *>(got), length);
        sl_free(got);
        grpc_byte_buffer_destroy(buffer);
        for (grpc_slice slice : slices)
            grpc_slice_unref(slice);
        return code;
    }
};

TEST_F(Inflate, GivesBackWhatWasCompressedInPiecesToo)
{
    std::string whole;
    for (int i = 0; i < 20000; i++)
        whole += std::to_string(i);
    for (size_t piece : {1u, 7u, 1000u, 1u << 20}) {
        EXPECT_EQ(inflate(deflated(whole, GZIP), 1 << 20, piece), SL_OK) << error.message;
        EXPECT_TRUE(text == whole);
    }
    EXPECT_EQ(inflate(deflated(whole, ZLIB), 1 << 20, 100, GRPC_COMPRESS_DEFLATE), SL_OK);
    EXPECT_TRUE(text == whole);
    EXPECT_EQ(inflate(deflated("", GZIP), 10), SL_OK);
    EXPECT_EQ(text, "");
}

TEST_F(Inflate, StopsAtTheLimit)
{
    const std::string large(100000, 'x');
    EXPECT_EQ(inflate(deflated(large, GZIP), 100000), SL_OK) << error.message;
    for (size_t limit : {99999u, 1000u, 1u}) {
        EXPECT_EQ(inflate(deflated(large, GZIP), limit), SL_RESOURCE_EXHAUSTED);
        EXPECT_NE(std::string(error.message).find("larger than " + std::to_string(limit)),
                  std::string::npos)
            << error.message;
    }
}

TEST_F(Inflate, RefusesWhatIsCutOffOrChangedOrGoesOn)
{
    const std::string whole = deflated("good morning, good morning", GZIP);
    for (size_t length = 1; length < whole.size(); length++)
        EXPECT_EQ(inflate(whole.substr(0, length), 1000), SL_INVALID_ARGUMENT) << length;
    EXPECT_EQ(inflate(whole + "x", 1000), SL_INVALID_ARGUMENT);
    EXPECT_EQ(inflate(whole + "x", 1000, 1), SL_INVALID_ARGUMENT);
    EXPECT_EQ(inflate("no gzip at all", 1000), SL_INVALID_ARGUMENT);
    std::string changed = whole;
    changed[whole.size() - 6] ^= 1;
    EXPECT_EQ(inflate(changed, 1000), SL_INVALID_ARGUMENT) << "a checksum";
    EXPECT_EQ(inflate(whole, 1000, 100, GRPC_COMPRESS_DEFLATE), SL_INVALID_ARGUMENT);
}

TEST_F(Inflate, SaysWhenMemoryIsOut)
{
    std::string bytes = deflated("text", GZIP);
    sl_alloc_fail_after(0);
    enum sl_code code = inflate(bytes, 1000);
    sl_alloc_fail_after(-1);
    EXPECT_EQ(code, SL_RESOURCE_EXHAUSTED);
}

/* ---- On the wire ---- */

struct Compression : Echo {
    std::unique_ptr<Relay> relay;
    struct sl_call_options compressed = {};
    const std::string large = std::string(200000, 'x');
    bool came_compressed = false, answers_compressed = false;

    void SetUp() override
    {
        Echo::SetUp();
        relay = std::make_unique<Relay>(sl_server_port(server));
        replace_channel(relay->address());
        compressed.is_compressed = true;
        on_say = [this](struct sl_server_call *call, const std::string &text, struct sl_error *) {
            came_compressed = sl_server_call_was_compressed(call);
            EXPECT_EQ(sl_server_call_set_compressed(call, answers_compressed), SL_OK);
            sl_server_call_reply(call, Text(text).get());
            return SL_OK;
        };
    }
};

TEST_F(Compression, OfTheRequestIsUsedWhereAskedFor)
{
    EXPECT_EQ(say(large).response, large);
    EXPECT_FALSE(came_compressed);
    EXPECT_GT(relay->up, large.size());
    relay->up = 0;
    EXPECT_EQ(say(large, &compressed).response, large);
    EXPECT_TRUE(came_compressed);
    EXPECT_LT(relay->up, large.size() / 10);
}

TEST_F(Compression, OfTheResponseIsUsedWhereAskedFor)
{
    EXPECT_EQ(say(large).response, large);
    EXPECT_GT(relay->down, large.size());
    relay->down = 0;
    answers_compressed = true;
    Outcome outcome;
    struct sl_call *call = start(&outcome, &ECHO_SAY, Text(large).get());
    run_until([&] { return outcome.is_done; });
    EXPECT_EQ(outcome.response, large);
    EXPECT_TRUE(sl_call_was_compressed(call));
    EXPECT_LT(relay->down, large.size() / 10);
    sl_call_unref(call);
}

TEST_F(Compression, IsNoWayRoundTheLimit)
{
    std::string bomb(16 * 1024 * 1024, 'x');
    Outcome outcome = say(bomb, &compressed);
    EXPECT_EQ(outcome.error.code, SL_RESOURCE_EXHAUSTED);
    EXPECT_STREQ(outcome.error.message,
                 "a compressed message that becomes larger than 4194304 bytes");
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_NOT_EXECUTED);
    EXPECT_EQ(say_count, 0);
    on_say = [&](struct sl_server_call *call, const std::string &, struct sl_error *) {
        EXPECT_EQ(sl_server_call_set_compressed(call, true), SL_OK);
        sl_server_call_reply(call, Text(bomb).get());
        return SL_OK;
    };
    outcome = say("x");
    EXPECT_EQ(outcome.error.code, SL_RESOURCE_EXHAUSTED) << outcome.error.message;
    EXPECT_EQ(outcome.error.outcome, SL_OUTCOME_UNKNOWN);
}

TEST_F(Compression, OfAStreamIsSwitchedMessageByMessage)
{
    Outcome outcome;
    const struct sl_stream_callbacks callbacks = {
        [](const ProtobufCMessage *message, void *arg) {
            static_cast<Outcome *>(arg)->messages.push_back(text_of(message));
            return SL_FLOW_NEXT;
        },
        [](const struct sl_call_info *info, void *arg) {
            static_cast<Outcome *>(arg)->take(info);
        }};
    struct sl_call *call = nullptr;
    ASSERT_EQ(sl_call_open_start(channel, &ECHO_JOIN, &compressed, &callbacks, &outcome, &call),
              SL_OK);
    for (bool is_compressed : {true, false, true}) {
        size_t before = relay->up;
        bool is_sent = false;
        sl_call_set_compressed(call, is_compressed);
        ASSERT_EQ(sl_call_send(
                      call, Text(large).get(),
                      [](bool, void *arg) { *static_cast<bool *>(arg) = true; }, &is_sent),
                  SL_OK);
        run_until([&] { return is_sent && relay->up > before + 100; });
        if (is_compressed)
            EXPECT_LT(relay->up - before, large.size() / 10);
        else
            run_until([&] { return relay->up - before >= large.size(); });
    }
    sl_call_close_send(call);
    run_until([&] { return outcome.is_done; });
    ASSERT_EQ(outcome.messages.size(), 1u);
    EXPECT_TRUE(outcome.messages[0] == large + large + large);
    sl_call_unref(call);
}

} // namespace
