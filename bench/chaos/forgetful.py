"""Stands before an MCP server and hides that its tools honour idempotency keys.

An agent behind it may then never ask again what may have been done: a call that is cut off has to
end as needs_reconciliation.
"""
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host",
              "accept-encoding"}
HIDDEN = ((b'"io.servicelane/honours-idempotency-key":true',
           b'"io.servicelane/honours-idempotency-key":false'),
          (b'"idempotentHint":true', b'"idempotentHint":false'))


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

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
        connection = http.client.HTTPConnection(self.server.target, timeout=30)
        try:
            connection.request(self.command, self.path, body,
                               {name: value for name, value in self.headers.items()
                                if name.lower() not in HOP_BY_HOP})
            answer = connection.getresponse()
            text = answer.read()
            for old, new in HIDDEN:
                text = text.replace(old, new)
            self.answer(answer.status, answer.getheaders(), text)
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # as if the server itself had gone: no answer
        finally:
            connection.close()

    do_GET = do_POST = do_DELETE = forward


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass


def start(port, target):
    server = Server(("127.0.0.1", port), Proxy)
    server.target = target
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
