#include "payload.h"

Grpc__Testing__Payload interop_payload(size_t size)
{
    static const uint8_t ZEROS[INTEROP_MAX_PAYLOAD];
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    payload.body = (ProtobufCBinaryData){.len = size, .data = (uint8_t *)ZEROS};
    return payload;
}
