"""An OTLP/HTTP collector for tests: takes JSON at /v1/traces, refuses what does not fit the schema, and
gives back at GET /spans what it took, each span with its service.

Usage: otlp_receiver.py PORT
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SPANS, FAULTS = [], []
HEX32, HEX16 = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")
DIGITS = re.compile(r"[0-9]+")


def check_keys(where, value, required, optional=()):
    unknown = set(value) - set(required) - set(optional)
    missing = set(required) - set(value)
    if unknown or missing:
        raise ValueError(f"{where}: unknown {unknown or 'none'}, missing {missing or 'none'}")


def read_attributes(where, attributes):
    read = {}
    for attribute in attributes:
        check_keys(where, attribute, ["key", "value"])
        ((kind, value),) = attribute["value"].items()
        if kind == "stringValue" and isinstance(value, str):
            read[attribute["key"]] = value
        elif kind == "intValue" and isinstance(value, str) and DIGITS.fullmatch(value.lstrip("-")):
            read[attribute["key"]] = int(value)
        else:
            raise ValueError(f"{where}: {attribute}")
    if len(read) != len(attributes):
        raise ValueError(f"{where}: a key twice")
    return read


def read_span(span):
    optional = ["parentSpanId", "flags", "traceState", "events", "links", "droppedAttributesCount"]
    check_keys("span", span, ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano",
                              "attributes", "status"], optional)
    parent = span.get("parentSpanId", "")
    fits = (
        HEX32.fullmatch(span["traceId"])
        and HEX16.fullmatch(span["spanId"])
        and (parent == "" or HEX16.fullmatch(parent))
        and span["kind"] in (1, 2, 3, 4, 5)
        and span["name"]
        and DIGITS.fullmatch(span["startTimeUnixNano"])
        and DIGITS.fullmatch(span["endTimeUnixNano"])
        and int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        and span["status"].get("code", 0) in (0, 1, 2)
    )
    if not fits:
        raise ValueError(f"span: {span}")
    return {**span, "attributes": read_attributes("span", span["attributes"])}


def read_request(request):
    check_keys("request", request, ["resourceSpans"])
    taken = []
    for resource_spans in request["resourceSpans"]:
        check_keys("resourceSpans", resource_spans, ["resource", "scopeSpans"], ["schemaUrl"])
        resource = read_attributes("resource", resource_spans["resource"]["attributes"])
        for scope_spans in resource_spans["scopeSpans"]:
            check_keys("scopeSpans", scope_spans, ["scope", "spans"], ["schemaUrl"])
            for span in scope_spans["spans"]:
                taken.append({**read_span(span), "service": resource["service.name"]})
    return taken


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/json":
                raise ValueError(f"{self.path} {self.headers['Content-Type']}")
            SPANS.extend(read_request(json.loads(body)))
            self.answer(200, {})
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            FAULTS.append(repr(fault))
            self.answer(400, {"message": repr(fault)})

    def do_GET(self):
        self.answer(200, {"spans": SPANS, "faults": FAULTS})

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
