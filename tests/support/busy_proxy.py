#!/usr/bin/env python3
"""Stands before an MCP server and refuses some of its tools at first: busy_proxy.py PORT TARGET TOOL...

The first call of each of these tools under each idempotency key is answered 429, which provably does
nothing; everything else goes through. Prints one line when it listens.
"""
import http.client
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = set()
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def is_first(self, body):
        try:
            call = json.loads(body)
        except ValueError:
            return False
        if not isinstance(call, dict) or call.get("method") != "tools/call":
            return False
        meta = call["params"].get("_meta") or {}
        what = (call["params"]["name"], meta.get("io.servicelane/idempotency-key"))
        with self.lock:
            is_new = what[0] in self.server.busy_tools and what not in self.seen
            self.seen.add(what)
        return is_new

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command == "GET":  # notifications: nothing that is needed here
            return self.answer(405, [], b"")
        if self.is_first(body):
            return self.answer(429, [], b"")
        connection = http.client.HTTPConnection(self.server.target, timeout=30)
        headers = {n: v for n, v in self.headers.items() if n.lower() not in HOP_BY_HOP}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        self.answer(answer.status, answer.getheaders(), answer.read())
        connection.close()

    do_GET = do_POST = do_DELETE = forward


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy)
    server.daemon_threads = True
    server.target = sys.argv[2]
    server.busy_tools = set(sys.argv[3:])
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
