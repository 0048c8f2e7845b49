"""Calls ServiceLane over gRPC: an operation of an agent, then a workflow whose steps are watched.

    python -m grpc_tools.protoc -I protos --python_out=OUT --grpc_python_out=OUT \
        servicelane/agent/v1/agent.proto servicelane/orchestrator/v1/orchestrator.proto
    PYTHONPATH=OUT python examples/python/servicelane_example.py
"""

import os
import sys
import uuid

import grpc
from servicelane.agent.v1 import agent_pb2, agent_pb2_grpc
from servicelane.orchestrator.v1 import orchestrator_pb2, orchestrator_pb2_grpc

PARTS = os.environ.get("PARTS_TARGET", "localhost:50085")
ORCHESTRATOR = os.environ.get("ORCHESTRATOR_TARGET", "localhost:50086")
REQUEST = "Add part number 1234 to RO number 1234, and send payment link of 100$ to ambujmehra16@gmail.com"


def execute() -> None:
    """One operation of one agent."""
    with grpc.insecure_channel(PARTS) as channel:
        agent = agent_pb2_grpc.AgentServiceStub(channel)
        request = agent_pb2.AgentServiceRequest(
            request_id="example-1", operation="get_part_details", timeout=10
        )
        request.parameters["part_number"] = "1234"
        response = agent.Execute(request, timeout=12)
        if not response.success:
            sys.exit(f"get_part_details: {response.error}")
        part = response.result.struct_value
        print(f"part {part['part_number']}: {part['name']}")


def watch() -> None:
    """A workflow: accepted at once, then every change of every step."""
    with grpc.insecure_channel(ORCHESTRATOR) as channel:
        orchestrator = orchestrator_pb2_grpc.OrchestratorStub(channel)
        request_id = str(uuid.uuid4())
        orchestrator.OrchestrateAsync(
            orchestrator_pb2.OrchestratorRequest(request_id=request_id, user_request=REQUEST),
            timeout=10,
        )
        events = orchestrator.WatchWorkflow(
            orchestrator_pb2.WatchWorkflowRequest(request_id=request_id), timeout=60
        )
        for event in events:
            if event.HasField("step_id"):
                status = orchestrator_pb2.StepStatus.Name(event.step_status)
                print(f"{event.sequence} {event.step_id} {status}")
        workflow = orchestrator.GetWorkflow(
            orchestrator_pb2.GetWorkflowRequest(request_id=request_id), timeout=10
        )
        print(workflow.result.final_result)
        if not workflow.result.success:
            sys.exit(1)


if __name__ == "__main__":
    execute()
    watch()
