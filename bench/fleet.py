"""All of ServiceLane in processes of its own, on free ports, with a data folder of its own."""
import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

MCP = ("payment-mcp", "parts-mcp", "repair-orders-mcp")
AGENTS = ("payment-agent", "parts-agent", "repair-orders-agent")
PROGRAMS = MCP + AGENTS + ("orchestrator", "rest-bridge")
SERVICES = ("PAYMENT", "PARTS", "REPAIR_ORDERS", "ORCHESTRATOR")


def free_port():
    """One that nothing listens on, outside the range that the kernel gives away by itself."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Fleet:
    def __init__(self, binaries, data, more=None, without=()):
        self.binaries, self.data, self.processes = Path(binaries), Path(data), {}
        self.ports = {name: free_port() for name in SERVICES}
        self.environment = dict(os.environ, SERVICELANE_DATA_DIR=str(data), OPENAI_API_KEY="",
                                OPENAI_BASE_URL="", SERVICELANE_LOG="warn")
        for name in SERVICES:
            address = f"127.0.0.1:{free_port()}"
            self.environment |= {f"{name}_LISTEN": address, f"{name}_TARGET": address,
                                 f"{name}_REST_LISTEN": f"127.0.0.1:{self.ports[name]}"}
            if name != "ORCHESTRATOR":
                mcp = f"127.0.0.1:{free_port()}"
                self.environment |= {f"{name}_MCP_LISTEN": mcp,
                                     f"{name}_MCP_ENDPOINT": f"http://{mcp}/mcp"}
        self.environment |= more or {}
        self.names = [name for name in PROGRAMS if name not in without]

    def __enter__(self):
        for name in self.names:
            self.start(name)
        return self

    def __exit__(self, *_):
        for name in reversed(self.names):
            self.stop(name)

    def start(self, name, program=None, more=None):
        """Does not wait until it listens."""
        with open(self.data / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [self.binaries / (program or name)], env=self.environment | (more or {}),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self, name):
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self, name):
        process = self.processes.get(name)
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def pid(self, name):
        return self.processes[name].pid

    def log(self, name):
        return (self.data / f"{name}.log").read_text(errors="replace")

    def url(self, service, path):
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    def get(self, path, service="ORCHESTRATOR", timeout=30):
        """Status and JSON; status 0 where nobody answers."""
        return self.ask(urllib.request.Request(self.url(service, path)), timeout)

    def post(self, path, body, headers=None, service="ORCHESTRATOR", timeout=30):
        return self.ask(urllib.request.Request(
            self.url(service, path), json.dumps(body).encode(),
            {"Content-Type": "application/json"} | (headers or {})), timeout)

    @staticmethod
    def ask(request, timeout):
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            try:
                return error.code, json.loads(error.read() or b"null")
            except (OSError, ValueError):
                return error.code, None
        except (OSError, ValueError):
            return 0, None

    def wait_healthy(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status, health = self.get("/health", timeout=2)
            if status == 200 and health.get("status") == "healthy":
                return
            time.sleep(0.05)
        raise RuntimeError("not healthy: " + json.dumps(health) + "\n" + "\n".join(
            self.log(name)[-500:] for name in self.names))
