"""The system that ServiceLane replaces, as small as it can be: FastAPI and pydantic with SPEC's models and
routes, agents that pass operations to their MCP server's tools, an orchestrator that answers in form.

It says what existing clients were promised, not how: no retries, no keys, no journal.
"""

import asyncio
import json
import re
import socket
import threading
import time
import urllib.request
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, Optional

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class AgentServiceRequest(BaseModel):
    request_id: str
    operation: str
    parameters: Dict[str, Any]
    context: Optional[Dict[str, Any]] = None
    timeout: Optional[int] = 30
    callback_url: Optional[str] = None


class AgentServiceResponse(BaseModel):
    request_id: str
    success: bool
    result: Any
    error: Optional[str] = None
    execution_time: float
    metadata: Dict[str, Any]
    timestamp: datetime


class OrchestratorRequest(BaseModel):
    request_id: Optional[str] = None
    user_request: str
    priority: Optional[int] = 1
    callback_url: Optional[str] = None
    context: Optional[Dict[str, Any]] = None


class OrchestratorResponse(BaseModel):
    request_id: str
    success: bool
    workflow_plan: Dict[str, Any]
    execution_results: Dict[str, Any]
    final_result: str
    execution_time: float
    timestamp: datetime


def now() -> datetime:
    return datetime.now(timezone.utc)


class Refused(Exception):
    """What an operation reports: success false."""


class McpServer:
    """tools/list and tools/call, with a session, over HTTP."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, self.session = endpoint, None
        self.send("initialize", {"protocolVersion": "2025-11-25", "capabilities": {},
                                 "clientInfo": {"name": "python", "version": "1"}})
        self.send("notifications/initialized", None)
        self.tools = self.send("tools/list", {})["tools"]

    def send(self, method: str, params: Optional[Dict[str, Any]]) -> Any:
        message: Dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message.update(id=1, params=params)
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
                   "X-User-Id": "servicelane"}
        if self.session:
            headers.update({"Mcp-Session-Id": self.session, "MCP-Protocol-Version": "2025-11-25"})
        request = urllib.request.Request(self.endpoint, json.dumps(message).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            self.session = answer.headers.get("Mcp-Session-Id", self.session)
            text = answer.read().decode()
        if not text:
            return None
        if text.startswith(("event:", "data:", "id:", ":")):
            text = [line[5:] for line in text.splitlines() if line.startswith("data:")][-1]
        reply = json.loads(text)
        if "error" in reply:
            raise Refused(reply["error"]["message"])
        return reply["result"]

    def call(self, tool: str, arguments: Dict[str, Any]) -> Any:
        result = self.send("tools/call", {"name": tool, "arguments": arguments})
        text = "".join(part.get("text", "") for part in result.get("content", []))
        if result.get("isError"):
            raise Refused(text)
        if "structuredContent" in result:
            return result["structuredContent"]
        try:
            return json.loads(text)
        except ValueError:
            return {"text": text}


class BaseAgentService:
    service_name = ""
    required: Dict[str, list] = {}

    def __init__(self, endpoint: str) -> None:
        self.mcp = McpServer(endpoint)
        self.tasks: Dict[str, Dict[str, Any]] = {}
        self.app = FastAPI()
        self.app.get("/health")(self.health)
        self.app.get("/capabilities")(self.capabilities)
        self.app.post("/execute", response_model=AgentServiceResponse)(self.execute)
        self.app.post("/execute-async")(self.execute_async)
        self.app.get("/status/{task_id}")(self.status)

    def operations(self) -> list:
        return [tool["name"] for tool in self.mcp.tools] + list(self.own_operations())

    def own_operations(self) -> Dict[str, Any]:
        return {}

    async def health(self) -> Dict[str, Any]:
        return {"status": "healthy", "service": self.service_name, "timestamp": now()}

    async def capabilities(self) -> Dict[str, Any]:
        return {"service": self.service_name, "operations": self.operations(), "mcp_tools": self.mcp.tools}

    def check(self, operation: str, parameters: Dict[str, Any]) -> None:
        if operation not in self.operations():
            raise Refused(f"Unknown operation: {operation}")
        for name in self.required.get(operation, []):
            if parameters.get(name) is None:
                raise Refused(f"Missing required parameter: {name}")

    def run(self, request: AgentServiceRequest) -> Any:
        if request.timeout is not None and request.timeout <= 0:
            raise Refused("timeout has to be above 0")
        self.check(request.operation, request.parameters)
        own = self.own_operations().get(request.operation)
        if own:
            return own(request.parameters)
        return self.mcp.call(request.operation, request.parameters)

    async def execute(self, request: AgentServiceRequest) -> AgentServiceResponse:
        started, result, error = time.time(), None, None
        try:
            result = await asyncio.to_thread(self.run, request)
        except Refused as refused:
            error = str(refused)
        return AgentServiceResponse(
            request_id=request.request_id, success=error is None, result=result, error=error,
            execution_time=time.time() - started, timestamp=now(),
            metadata={"service": self.service_name, "operation": request.operation})

    async def execute_async(self, request: AgentServiceRequest) -> Dict[str, Any]:
        task_id = str(uuid.uuid4())
        task = {"task_id": task_id, "request_id": request.request_id, "status": "processing", "result": None}
        self.tasks[task_id] = task

        async def finish() -> None:
            response = await self.execute(request)
            task.update(status="completed" if response.success else "failed", result=response)

        asyncio.create_task(finish())
        return {"task_id": task_id, "request_id": request.request_id, "status": "accepted"}

    async def status(self, task_id: str) -> Dict[str, Any]:
        if task_id not in self.tasks:
            raise HTTPException(status_code=404, detail="Task not found")
        return self.tasks[task_id]


class PaymentAgentService(BaseAgentService):
    service_name = "payment-agent"
    required = {"create_payment_link": ["repair_order_id", "amount", "customer_email"]}

    def own_operations(self) -> Dict[str, Any]:
        return {"validate_payment_data": self.validate_payment_data}

    def checks(self, parameters: Dict[str, Any]) -> Dict[str, bool]:
        order, amount = parameters.get("repair_order_id"), parameters.get("amount")
        email, currency = parameters.get("customer_email"), parameters.get("currency")
        is_number = isinstance(amount, (int, float)) and not isinstance(amount, bool)
        return {"repair_order_id": isinstance(order, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", order)),
                "amount": is_number and amount > 0,
                "currency": currency is None or currency in ("USD", "EUR", "GBP", "JPY"),
                "customer_email": isinstance(email, str) and bool(
                    re.fullmatch(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", email))}

    def check(self, operation: str, parameters: Dict[str, Any]) -> None:
        super().check(operation, parameters)
        if operation == "create_payment_link" and not all(self.checks(parameters).values()):
            raise Refused("Invalid payment data")

    def validate_payment_data(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        results = self.checks(parameters)
        return {"valid": all(results.values()), "validation_results": results,
                "errors": [f"{name} is invalid" for name, good in results.items() if not good]}


class PartsAgentService(BaseAgentService):
    service_name = "parts-agent"
    required = {"search_parts": ["part_name"], "check_part_availability": ["part_number"],
                "reserve_parts": ["part_numbers", "repair_order_id", "quantity_map"],
                "check_vehicle_compatibility": ["part_number", "vehicle_model", "vehicle_year"],
                "get_alternative_parts": ["part_number"], "validate_part_number": ["part_number"]}

    def own_operations(self) -> Dict[str, Any]:
        return {"get_alternative_parts": self.alternatives, "validate_part_number": self.validate}

    def alternatives(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        number = parameters["part_number"]
        details = self.mcp.call("get_part_details", {"part_number": number})
        found = self.mcp.call("search_parts", {"part_name": "", "category": details["category"]})
        return {"original_part": details,
                "alternatives": [part for part in found["parts"] if part["part_number"] != number]}

    def validate(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        number = parameters["part_number"]
        valid = isinstance(number, str) and bool(re.fullmatch(r"[A-Za-z0-9-]{3,20}", number))
        return {"valid": valid, "part_number": number, "errors": [] if valid else ["part_number is invalid"]}


class RepairOrdersAgentService(BaseAgentService):
    service_name = "repair-orders-agent"
    required = {"create_repair_order": ["customer_id", "vehicle_id", "service_description"],
                "update_repair_order_status": ["repair_order_id", "new_status"],
                "assign_technician": ["repair_order_id", "technician_id"],
                "get_repair_history": ["repair_order_id"],
                "validate_repair_order_transition": ["current_status", "new_status"]}
    transitions = {
        "pending": ["scheduled", "cancelled"], "scheduled": ["in_progress", "cancelled"],
        "in_progress": ["parts_ordered", "quality_check", "cancelled"],
        "parts_ordered": ["in_progress", "cancelled"], "quality_check": ["customer_approval", "in_progress"],
        "customer_approval": ["ready_for_pickup", "in_progress"],
        "ready_for_pickup": ["completed", "in_progress"], "completed": ["invoiced"], "invoiced": ["closed"],
        "cancelled": [], "closed": []}

    def own_operations(self) -> Dict[str, Any]:
        return {"update_repair_order_status": self.update, "get_repair_history": self.history,
                "validate_repair_order_transition": self.validate}

    def details(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        return self.mcp.call("get_repair_order_details", {"repair_order_id": parameters["repair_order_id"]})

    def update(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        current = self.details(parameters)["status"]
        if parameters["new_status"] not in self.transitions[current]:
            raise Refused(f"Invalid transition from {current} to {parameters['new_status']}")
        return self.mcp.call("update_repair_order_status", parameters)

    def history(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        details = self.details(parameters)
        timeline = [{"time": entry.get("timestamp") or entry.get("changed_at") or entry.get("created_at")
                     or entry.get("assigned_at") or entry.get("reserved_at") or entry.get("at"), "kind": kind, **entry}
                    for kind, name in (("status", "status_history"), ("note", "notes"), ("resource", "resources"))
                    for entry in details[name]]
        return {"repair_order_id": parameters["repair_order_id"], "current_status": details["status"],
                "status_history": details["status_history"], "notes": details["notes"],
                "resources": details["resources"], "timeline": sorted(timeline, key=lambda entry: entry["time"] or "")}

    def validate(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        current, wanted = parameters["current_status"], parameters["new_status"]
        allowed = self.transitions.get(current, [])
        return {"valid": wanted in allowed, "current_status": current, "new_status": wanted,
                "allowed_transitions": allowed}


class AgentOrchestratorService:
    """Answers in form: what a plan is made of is not what is compared."""

    def __init__(self, agents: Dict[str, BaseAgentService]) -> None:
        self.agents, self.workflows = agents, {}
        self.app = FastAPI()
        self.app.get("/health")(self.health)
        self.app.get("/services")(self.services)
        self.app.post("/orchestrate", response_model=OrchestratorResponse)(self.orchestrate)
        self.app.post("/orchestrate-async")(self.orchestrate_async)
        self.app.get("/workflow/{request_id}")(self.workflow)

    async def health(self) -> Dict[str, Any]:
        return {"status": "healthy", "service": "agent-orchestrator", "timestamp": now(),
                "services": {name: "healthy" for name in self.agents}}

    async def services(self) -> Dict[str, Any]:
        return {"services": {name: {"url": "http://localhost", "status": "healthy",
                                    "operations": agent.operations(), "mcp_tools": agent.mcp.tools,
                                    "last_check": now(), "instances": []} for name, agent in self.agents.items()},
                "healthy_services": list(self.agents)}

    async def orchestrate(self, request: OrchestratorRequest) -> OrchestratorResponse:
        request_id = request.request_id or str(uuid.uuid4())
        response = OrchestratorResponse(
            request_id=request_id, success=True, final_result="🚗 AUTOMOTIVE SERVICE EXECUTION SUMMARY",
            workflow_plan={"plan_id": "p", "risk_level": "low", "estimated_duration_seconds": 1,
                           "execution_steps": [], "validation_summary": [], "service_dependencies": {}},
            execution_results={"total_steps": 1, "completed_steps": 1, "failed_steps": [], "aborted": False,
                               "step_results": {}},
            execution_time=0.1, timestamp=now())
        self.workflows[request_id] = {"request_id": request_id, "status": "completed", "result": response}
        return response

    async def orchestrate_async(self, request: OrchestratorRequest) -> Dict[str, Any]:
        response = await self.orchestrate(request)
        return {"request_id": response.request_id, "status": "accepted"}

    async def workflow(self, request_id: str) -> Dict[str, Any]:
        if request_id not in self.workflows:
            raise HTTPException(status_code=404, detail="Workflow not found")
        return self.workflows[request_id]


def serve(app: FastAPI) -> int:
    """Serves on a port of the system's choice, on a thread of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return listener.getsockname()[1]


def serve_all(endpoints: Dict[str, str]) -> Dict[str, int]:
    """Ports by service; endpoints are those of the MCP servers."""
    classes = {"payment": PaymentAgentService, "parts": PartsAgentService,
               "repair_orders": RepairOrdersAgentService}
    agents = {name: classes[name](endpoint) for name, endpoint in endpoints.items()}
    ports = {name: serve(agent.app) for name, agent in agents.items()}
    ports["orchestrator"] = serve(AgentOrchestratorService(agents).app)
    return ports
