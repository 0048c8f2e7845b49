#include "rpc/inflate.h"

#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>
#include <zlib.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 4096, WINDOW_BITS = 15, GZIP_FORMAT = 16 };

struct inflating {
    z_stream stream;
    bool has_ended;
    uint8_t *bytes;
    size_t length, capacity;
    size_t max_bytes;
    struct sl_error *err;
};

bool sl_buffer_is_compressed(const grpc_byte_buffer *buffer)
{
    return buffer != NULL && buffer->type == GRPC_BB_RAW &&
           buffer->data.raw.compression != GRPC_COMPRESS_NONE;
}

static enum sl_code refuse_size(struct inflating *inflating)
{
    return sl_error_set(inflating->err, SL_RESOURCE_EXHAUSTED,
                        "a compressed message that becomes larger than %zu bytes",
                        inflating->max_bytes);
}

/* One byte more than allowed, so that a message that has just the size is told from a larger. */
static enum sl_code make_room(struct inflating *inflating)
{
    if (inflating->length < inflating->capacity)
        return SL_OK;
    if (inflating->length > inflating->max_bytes)
        return refuse_size(inflating);
    size_t capacity = inflating->capacity == 0 ? FIRST_CAPACITY : inflating->capacity * 2;
    if (capacity > inflating->max_bytes + 1)
        capacity = inflating->max_bytes + 1;
    uint8_t *grown = sl_realloc(inflating->bytes, capacity);
    if (grown == NULL)
        return sl_error_no_memory(inflating->err);
    inflating->bytes = grown;
    inflating->capacity = capacity;
    return SL_OK;
}

static enum sl_code refuse(struct inflating *inflating)
{
    return sl_error_set(inflating->err, SL_INVALID_ARGUMENT,
                        "a compressed message that cannot be decompressed");
}

static enum sl_code inflate_some(struct inflating *inflating)
{
    z_stream *stream = &inflating->stream;
    SL_TRY(make_room(inflating));
    stream->next_out = inflating->bytes + inflating->length;
    stream->avail_out = (uInt)(inflating->capacity - inflating->length);
    int outcome = inflate(stream, Z_NO_FLUSH);
    inflating->length = inflating->capacity - stream->avail_out;
    inflating->has_ended = outcome == Z_STREAM_END;
    if (outcome == Z_MEM_ERROR)
        return sl_error_no_memory(inflating->err);
    bool is_fine = outcome == Z_OK || outcome == Z_STREAM_END || outcome == Z_BUF_ERROR;
    return is_fine ? SL_OK : refuse(inflating);
}

static enum sl_code inflate_slice(struct inflating *inflating, const grpc_slice *slice)
{
    z_stream *stream = &inflating->stream;
    stream->next_in = (Bytef *)(uintptr_t)GRPC_SLICE_START_PTR(*slice);
    stream->avail_in = (uInt)GRPC_SLICE_LENGTH(*slice);
    /* A full output may hide more of it, also when all input is read. */
    do {
        if (inflating->has_ended)
            return stream->avail_in == 0 ? SL_OK : refuse(inflating);
        SL_TRY(inflate_some(inflating));
    } while (stream->avail_in > 0 || (stream->avail_out == 0 && !inflating->has_ended));
    return SL_OK;
}

static enum sl_code inflate_all(struct inflating *inflating, grpc_byte_buffer *buffer)
{
    grpc_byte_buffer_reader reader;
    if (!grpc_byte_buffer_reader_init(&reader, buffer))
        return refuse(inflating);
    enum sl_code code = SL_OK;
    grpc_slice *slice = NULL;
    while (code == SL_OK && grpc_byte_buffer_reader_peek(&reader, &slice)) {
        if (GRPC_SLICE_LENGTH(*slice) > 0)
            code = inflate_slice(inflating, slice);
    }
    grpc_byte_buffer_reader_destroy(&reader);
    SL_TRY(code);
    if (!inflating->has_ended)
        return refuse(inflating);
    return inflating->length > inflating->max_bytes ? refuse_size(inflating) : SL_OK;
}

enum sl_code sl_buffer_inflate(grpc_byte_buffer *buffer, size_t max_bytes, uint8_t **ret_bytes,
                               size_t *ret_length, struct sl_error *err)
{
    struct inflating inflating = {.max_bytes = max_bytes, .err = err};
    int format = buffer->data.raw.compression == GRPC_COMPRESS_GZIP ? GZIP_FORMAT : 0;
    if (inflateInit2(&inflating.stream, WINDOW_BITS + format) != Z_OK)
        return sl_error_no_memory(err);
    enum sl_code code = inflate_all(&inflating, buffer);
    inflateEnd(&inflating.stream);
    if (code != SL_OK) {
        sl_free(inflating.bytes);
        return code;
    }
    *ret_bytes = inflating.bytes;
    *ret_length = inflating.length;
    return SL_OK;
}
