"""Where ServiceLane answers otherwise than the old system, and why. Whatever is not here is a mistake, and so
is what is here and not seen."""

import re

HEAD = "HEAD is served wherever GET is (RFC 9110, 9.3.2); the old system answered 405"
ALLOW = "Allow names HEAD beside GET, because it is served"
SLASH = "a slash that is sent encoded belongs to the id (RFC 3986, 2.2); the old system decoded the path first and " \
        "took it for another path"
NO_TYPE = "a body without Content-Type is JSON, as FastAPI had it until it became strict: old clients send none"
UTF16 = "JSON is UTF-8 (RFC 8259, 8.1); Python also reads UTF-16 and UTF-32"
INT32 = "timeout is an int32 in the contract: what does not fit is 422 as for any bound"
INTEGER = "an integer beyond 2^53 would lose digits on the way (Struct holds doubles): 422 instead of another number"
NUMBER = "NaN, Infinity and 1e400 are no JSON numbers (RFC 8259, 6): 422, where the old system took them, or failed " \
         "with 500"
TEXT = "a lone surrogate or a NUL cannot go on as protobuf's string: 422"
DEPTH = "JSON nests at most 32 levels, as protobuf's readers bound it"

REASONS = [HEAD, ALLOW, SLASH, NO_TYPE, UTF16, INT32, INTEGER, NUMBER, TEXT, DEPTH]


def body_reason(headers, body, new):
    """For a request with a body that is refused here."""
    if isinstance(body, bytes):
        return UTF16 if body.startswith(b"\xff\xfe") and new["status"] == 400 else None
    if not headers:
        return NO_TYPE
    if new["status"] != 422:
        return None
    patterns = [(r'"timeout":\d{10}', INT32), (r":\d{16}", INTEGER), (r":(NaN|1e400)", NUMBER),
                (r"\\ud800|\\u0000", TEXT), (r"\[{40}", DEPTH)]
    return next((reason for pattern, reason in patterns if re.search(pattern, body)), None)


def reason_of(exchange, old, new, difference):
    """The reason of a difference, None where it has none."""
    _, method, path, headers, body = exchange
    if "%2F" in path:
        return SLASH
    if method == "HEAD" and old["status"] == 405 and difference.startswith(("status", "allow")):
        return HEAD
    if difference == "allow: 'GET' has become 'GET, HEAD'":
        return ALLOW
    return body_reason(headers, body, new) if body is not None else None
