// Calls ServiceLane over gRPC: an operation of an agent, then a workflow whose steps are watched.
// The stubs are made while it runs, from protos/.
//
//   (cd examples/node && npm ci) && node examples/node/servicelane-example.js
"use strict";

const { randomUUID } = require("node:crypto");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const protoLoader = require("@grpc/proto-loader");

const PROTOS = process.env.SERVICELANE_PROTOS || path.join(__dirname, "../../protos");
const REQUEST =
  "Add part number 1234 to RO number 1234, and send payment link of 100$ to ambujmehra16@gmail.com";

const definition = protoLoader.loadSync(
  ["servicelane/agent/v1/agent.proto", "servicelane/orchestrator/v1/orchestrator.proto"],
  { includeDirs: [PROTOS], keepCase: true, longs: String, enums: String },
);
const { agent, orchestrator } = grpc.loadPackageDefinition(definition).servicelane;

function connect(Service, target) {
  return new Service(target, grpc.credentials.createInsecure());
}

/** A unary call as a promise. */
function call(client, method, request, seconds) {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + seconds * 1000 };
    client[method](request, options, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

/** One operation of one agent. */
async function execute(target) {
  const client = connect(agent.v1.AgentService, target);
  const response = await call(
    client,
    "Execute",
    {
      request_id: "example-1",
      operation: "get_part_details",
      parameters: { fields: { part_number: { stringValue: "1234" } } },
      timeout: 10,
    },
    12,
  );
  client.close();
  if (!response.success) {
    throw new Error(`get_part_details: ${response.error}`);
  }
  const part = response.result.structValue.fields;
  console.log(`part ${part.part_number.stringValue}: ${part.name.stringValue}`);
}

/** A workflow: accepted at once, then every change of every step. */
async function watch(target) {
  const client = connect(orchestrator.v1.Orchestrator, target);
  const request_id = randomUUID();
  await call(client, "OrchestrateAsync", { request_id, user_request: REQUEST }, 10);
  const events = client.WatchWorkflow({ request_id }, { deadline: Date.now() + 60_000 });
  for await (const event of events) {
    if (event.step_id) {
      console.log(`${event.sequence} ${event.step_id} ${event.step_status}`);
    }
  }
  const workflow = await call(client, "GetWorkflow", { request_id }, 10);
  client.close();
  console.log(workflow.result.final_result);
  return workflow.result.success;
}

async function main() {
  await execute(process.env.PARTS_TARGET || "localhost:50085");
  const isSuccess = await watch(process.env.ORCHESTRATOR_TARGET || "localhost:50086");
  process.exitCode = isSuccess ? 0 : 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
