"""A parts agent as the Python system had them: FastAPI, no idempotency keys, no /validate.

Usage: old_agent.py PORT. Beside the routes of such an agent GET /seen tells what it was asked, for tests.
"""

import asyncio
import sys
import time
from datetime import datetime
from typing import Any, Dict, Optional

import uvicorn
from fastapi import FastAPI, Request
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


class PartsAgentService:
    service_name = "parts-agent"

    def __init__(self) -> None:
        self.seen: list[Dict[str, Any]] = []
        self.app = FastAPI()
        self.app.get("/health")(self.health)
        self.app.get("/capabilities")(self.capabilities)
        self.app.post("/execute", response_model=AgentServiceResponse)(self.execute)
        self.app.get("/seen")(lambda: self.seen)

    async def health(self) -> Dict[str, Any]:
        return {"status": "healthy", "service": self.service_name, "timestamp": datetime.now()}

    async def capabilities(self) -> Dict[str, Any]:
        tool = {
            "name": "reserve_parts",
            "description": "Hold parts for a repair order",
            "inputSchema": {
                "type": "object",
                "properties": {"part_numbers": {"type": "array"}},
                "required": ["part_numbers"],
            },
        }
        operations = ["get_part_details", "reserve_parts", "reserve_and_crash", "reserve_slowly"]
        return {"service": self.service_name, "operations": operations, "mcp_tools": [tool]}

    async def get_part_details(self, parameters: Dict[str, Any]) -> Any:
        return {"part_number": parameters["part_number"], "price": 49.5, "stock": 40}

    async def reserve_parts(self, parameters: Dict[str, Any]) -> Any:
        if "none" in parameters["part_numbers"]:
            raise ValueError("Insufficient stock for part none: 0")
        return {"reservation_id": "RES-1", "reserved_parts": parameters["part_numbers"]}

    async def reserve_and_crash(self, parameters: Dict[str, Any]) -> Any:
        raise SystemError("crashed after the reservation was made")

    async def reserve_slowly(self, parameters: Dict[str, Any]) -> Any:
        await asyncio.sleep(60)

    async def execute(self, request: AgentServiceRequest, http: Request) -> AgentServiceResponse:
        started = time.time()
        self.seen.append(
            {
                "operation": request.operation,
                "request": request.model_dump(),
                "key": http.headers.get("idempotency-key"),
                "tenant": http.headers.get("x-tenant-id"),
                "traceparent": http.headers.get("traceparent"),
            }
        )
        result, error = None, None
        try:
            result = await getattr(self, request.operation)(request.parameters)
        except (KeyError, ValueError) as failure:
            error = str(failure)
        return AgentServiceResponse(
            request_id=request.request_id,
            success=error is None,
            result=result,
            error=error,
            execution_time=time.time() - started,
            metadata={"service": self.service_name, "operation": request.operation},
            timestamp=datetime.now(),
        )


if __name__ == "__main__":
    uvicorn.run(PartsAgentService().app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
