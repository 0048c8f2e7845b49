// The official TypeScript clients, of both eras, against the three reference servers.
//   typescript.mjs PACKAGE_JSON PAYMENT_URL PARTS_URL REPAIR_ORDERS_URL
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [packageJson, payment, parts, repairOrders] = process.argv.slice(2);
const require = createRequire(packageJson);
const info = { name: "conformance", version: "1" };

async function connectWithSession(url) {
  const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
  const { StreamableHTTPClientTransport } = require("@modelcontextprotocol/sdk/client/streamableHttp.js");
  const client = new Client(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

async function connectStateless(url) {
  const { Client, StreamableHTTPClientTransport } = require("@modelcontextprotocol/client");
  const client = new Client(info, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

const expectations = [
  { url: payment, tool: "create_payment_link", call: "get_payment_methods", with: { customer_id: "ambujmehra" } },
  { url: parts, tool: "reserve_parts", call: "search_parts", with: { part_name: "brake" } },
  { url: repairOrders, tool: "update_repair_order_status", call: "get_repair_order_details", with: { repair_order_id: "1234" } },
];

for (const [era, connect] of Object.entries({ "2025-11-25": connectWithSession, "2026-07-28": connectStateless })) {
  for (const { url, tool, call, with: args } of expectations) {
    const client = await connect(url);
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    assert.ok(names.includes(tool) && names.includes(call), `${url} offers ${names}`);
    // Checked against the tool's outputSchema by the client itself.
    const result = await client.callTool({ name: call, arguments: args });
    assert.ok(!result.isError && result.content.length > 0, JSON.stringify(result));
    // What does not fit the tool's schema is refused in words.
    const refused = await client.callTool({ name: tool, arguments: {} });
    assert.equal(refused.isError, true, JSON.stringify(refused));
    await client.close();
    console.log(`passed: ${era} ${url}: ${names.length} tools, ${call} answered`);
  }
}
