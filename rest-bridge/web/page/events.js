// Server-sent events by fetch: EventSource can send no key. After a loss it goes on behind the last event
// seen (Last-Event-ID), first after a second, then after longer.

import { credentials, failure } from "/page/api.js";

const LONGEST_PAUSE_MS = 10000;

// Yields {id, event, data} of each block (WHATWG HTML, 9.2.6).
async function* blocks(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split(/\r?\n\r?\n/);
    text = parts.pop();
    for (const part of parts) {
      const block = { id: null, event: "message", data: [] };
      for (const line of part.split(/\r?\n/)) {
        const [, name, content] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
        if (name === "data") block.data.push(content ?? "");
        else if (name === "id" || name === "event") block[name] = content ?? "";
      }
      if (block.data.length > 0) yield { ...block, data: block.data.join("\n") };
    }
  }
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

// Yields each message as its JSON says, from the first; ends when isLast(message) holds, or the signal aborts.
// onLoss(isLost) tells of the connection. Throws where the server refuses.
export async function* watch(path, { signal, isLast, onLoss = () => {} }) {
  let seen = 0;
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      const response = await fetch(path, {
        headers: { ...credentials(), accept: "text/event-stream", "last-event-id": String(seen) },
        signal,
      });
      if (!response.ok && response.status < 500) throw await failure(response);
      if (!response.ok) throw new TypeError("not now");
      onLoss(false);
      for await (const block of blocks(response.body)) {
        if (block.event === "error") break;
        tries = 0;
        seen = block.id ?? seen;
        const message = JSON.parse(block.data);
        yield message;
        if (isLast(message)) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof TypeError)) throw error;
    }
    onLoss(true);
    await pause(Math.min(1000 * 2 ** tries, LONGEST_PAUSE_MS), signal);
  }
}
