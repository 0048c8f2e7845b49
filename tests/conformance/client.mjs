// The conformance suite's client: asks "servicelane mcp-probe" to do what a scenario wants.
//   client.mjs SERVICELANE URL; the scenario and its tool calls are in the environment.
import { spawnSync } from "node:child_process";

const [servicelane, url] = process.argv.slice(2);
const scenario = process.env.MCP_CONFORMANCE_SCENARIO;
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");

// Calls that a scenario waits for; one that is not named here is listed only.
const calls = {
  tools_call: [{ name: "add_numbers", arguments: { a: 5, b: 3 } }],
  "sse-retry": [{ name: "test_reconnection" }],
  "http-standard-headers": [{ name: "test_headers" }],
  "http-invalid-tool-headers": [{ name: "valid_tool", arguments: { region: "us-west1" } }],
};

const wanted = context.toolCalls ?? calls[scenario] ?? [];
const runs = wanted.length > 0
  ? wanted.map((call) => ["--call", call.name, "--with", JSON.stringify(call.arguments ?? {})])
  : [[]];

for (const options of runs) {
  const { status } = spawnSync(servicelane, ["mcp-probe", ...options, url], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
