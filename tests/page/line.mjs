// A line to the server that can be cut, and mended.

import { connect, createServer } from "node:net";

export class Line {
  #server;
  #sockets = new Set();
  #isCut = false;

  static async open(target) {
    const line = new Line();
    const { hostname, port } = new URL(target);
    line.#server = createServer((near) => {
      if (line.#isCut) return near.destroy();
      const far = connect(Number(port), hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        line.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => (line.#sockets.delete(one), other.destroy()));
        one.pipe(other);
      }
    });
    await new Promise((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    line.url = `http://127.0.0.1:${line.#server.address().port}`;
    return line;
  }

  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.#isCut = false;
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
