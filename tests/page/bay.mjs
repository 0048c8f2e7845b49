// A service bay: an agent that speaks REST, as anybody may write one. The tests hold its work, let it go, and
// have it lost.

import { createServer } from "node:http";

const OPERATIONS = ["wash_car", "polish_car", "lose_contact"];

export class Bay {
  #server;
  #held = [];
  isHolding = false;
  seen = [];

  static async open(port) {
    const bay = new Bay();
    bay.#server = createServer((request, response) => bay.#answer(request, response));
    await new Promise((resolve) => bay.#server.listen(port, "127.0.0.1", resolve));
    return bay;
  }

  async close() {
    this.release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  // What was held is done now; what comes is held again.
  next() {
    for (const done of this.#held.splice(0)) done();
  }

  // What was held is done now, and what comes at once.
  release() {
    this.isHolding = false;
    this.next();
  }

  async #answer(request, response) {
    let body = "";
    for await (const part of request) body += part;
    const send = (status, answer) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    if (request.url === "/health") return send(200, { status: "healthy", service: "bay-agent", timestamp: new Date() });
    if (request.url === "/capabilities") return send(200, { service: "bay-agent", operations: OPERATIONS, mcp_tools: [] });
    if (request.url !== "/execute") return send(404, { detail: "Not Found" });
    const { request_id: id, operation, parameters } = JSON.parse(body);
    this.seen.push(operation);
    if (operation === "lose_contact") return request.socket.destroy();
    if (this.isHolding) await new Promise((resolve) => this.#held.push(resolve));
    return send(200, {
      request_id: id,
      success: parameters.bay !== "closed",
      result: parameters.bay === "closed" ? null : { is_clean: true },
      error: parameters.bay === "closed" ? "The bay is closed" : null,
      execution_time: 0.1,
      metadata: { service: "bay-agent", operation },
      timestamp: new Date(),
    });
  }
}
