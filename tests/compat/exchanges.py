"""The table of exchanges: (name, service, method, path, headers, body). A body is sent as it stands here;
of an operation's answer what is fixed is compared, of everything else every byte."""

import json

JSON = {"Content-Type": "application/json"}
HEAD = '{"request_id":"r","operation":"o","parameters":{}'


def body(value):
    return json.dumps(value, ensure_ascii=False)


# ---- requests that do not fit: every byte is pydantic's or Starlette's ----

MALFORMED = [
    "", "null", "[]", "5", '"x"', "true", "{}", "{", '{"a"', '{"a":', '{"a":1,', "[1,]", "nope", "nul", "-", "1.",
    '{"a":1}}', '{"a" 1}', "'x'", "{'a':1}", '{"a":"\t"}', '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"x', " ",
    "\n", HEAD, HEAD + ",}", HEAD + "} x", HEAD + "}{}", "\ufeff{}", '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1e}',
    '{"a":[1 2]}', '{"a":[,1]}', "/* x */{}", '{"ä":}', '{"😀":}', '{"request_id":"r","operation":"ö","parameters":{"x":}',
]
FIELDS = [
    '"timeout":"soon"', '"timeout":[]', '"timeout":{}', '"timeout":1.5', '"timeout":""', '"timeout":"1.5"',
    '"timeout":" "', '"timeout":"0x1"', '"timeout":"1e2"', '"timeout":"__1"', '"timeout":"1__0"', '"timeout":"-"',
    '"timeout":"+-1"', '"timeout":"1."', '"timeout":".0"', '"timeout":"\\u0661"', '"timeout":"1 2"',
    '"timeout":"NaN"', '"timeout":"Infinity"', '"timeout":"true"', '"timeout":"null"',
    '"context":5', '"context":[1]', '"context":"x"', '"context":true', '"callback_url":1', '"callback_url":true',
    '"callback_url":{}', '"callback_url":[]', '"request_id":1', '"request_id":1.5', '"request_id":null',
    '"request_id":true', '"request_id":[]', '"request_id":{}', '"operation":null', '"operation":0', '"operation":["o"]',
    '"parameters":null', '"parameters":[]', '"parameters":"{}"', '"parameters":7', '"parameters":false',
    '"request_id":1,"operation":null,"parameters":"x"', '"context":1,"timeout":"x","callback_url":2',
]
ABSENT = ['{"Request_Id":"r"}', '{"request_id":"r"}', '{"operation":"o"}', '{"parameters":{}}', '{"requestId":"r"}',
          '{"request_id":"r","operation":"o"}', '{"request_id":null,"operation":null,"parameters":null}']
CONTENT_TYPES = ["text/plain", "application/x-www-form-urlencoded", "application/vnd.x+json", "text/json", "json",
                 "APPLICATION/JSON;charset=utf-8", "application/json; charset=latin1", "application/jsonx",
                 "multipart/form-data; boundary=x", "", "application/xml", "application/+json"]
ORCHESTRATE = ["", "{}", "null", "[]", "{", '{"user_request":5}', '{"user_request":null}', '{"user_request":["x"]}',
               '{"user_request":"x","priority":"high"}', '{"user_request":"x","priority":2.5}',
               '{"user_request":"x","priority":[]}', '{"user_request":"x","context":"c"}',
               '{"user_request":"x","request_id":5}', '{"user_request":"x","callback_url":[]}',
               '{"user_request":"x","context":[],"priority":{},"request_id":false}', '{"User_Request":"x"}']


def refused():
    for path in ("/execute", "/execute-async"):
        for text in MALFORMED + ABSENT:
            yield ("payment", "POST", path, JSON, text)
        for field in FIELDS:
            yield ("payment", "POST", path, JSON, HEAD + "," + field + "}")
    for kind in CONTENT_TYPES:
        yield ("parts", "POST", "/execute", {"Content-Type": kind}, '{"request_id":5}')
    yield ("parts", "POST", "/execute", {}, '{"request_id":5}')
    yield ("parts", "POST", "/execute", {}, "")
    yield ("parts", "POST", "/execute", JSON, b'{"a":"\xff"}')
    yield ("parts", "POST", "/execute", JSON, b'\xff\xfe{\x00}\x00')
    for path in ("/orchestrate", "/orchestrate-async"):
        for text in ORCHESTRATE:
            yield ("orchestrator", "POST", path, JSON, text)


# ---- routes and methods ----

def routes():
    agent = ["/health", "/capabilities", "/execute", "/execute-async", "/status/x", "/status/x/", "/status", "/status/",
             "/", "", "/nowhere", "//health", "/health/", "/health?x=1", "/health/?x=1", "/HEALTH", "/execute/",
             "/status/a%2Fb", "/status/%C3%A4", "/status/a b".replace(" ", "%20"), "/health%2F", "/%68ealth"]
    for path in agent:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
            if method == "POST" and path in ("/execute", "/execute-async"):
                continue
            yield ("payment", method, path or "/", {}, None)
    for path in ("/health", "/services", "/workflow/nobody", "/workflow", "/orchestrate", "/orchestrate-async"):
        for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
            yield ("orchestrator", method, path, {}, None)


# ---- operations: good and bad ----

LINK = {"repair_order_id": "1234", "amount": 100.5, "customer_email": "a@b.example"}
OPERATIONS = [
    ("payment", "validate_payment_data", [
        {**LINK, "currency": "USD"}, {**LINK, "currency": "usd"}, {**LINK, "amount": 0}, {**LINK, "amount": -1},
        {**LINK, "amount": "5"}, {**LINK, "amount": True}, {**LINK, "amount": None}, {**LINK, "customer_email": "a@b"},
        {**LINK, "customer_email": "@b.example"}, {**LINK, "customer_email": 5}, {**LINK, "repair_order_id": ""},
        {**LINK, "repair_order_id": "a b"}, {**LINK, "repair_order_id": 1234}, {}, {"amount": 1e300}, {"x": "ä😀"}]),
    ("payment", "create_payment_link", [
        LINK, {**LINK, "currency": "EUR"}, {**LINK, "amount": 100}, {**LINK, "amount": 0}, {**LINK, "amount": "1"},
        {**LINK, "customer_email": "nobody"}, {"amount": 1}, {}, {**LINK, "currency": "XXX1"}]),
    ("payment", "check_payment_status", [{"payment_id": "PAY-1001"}, {"payment_id": "nothing"}, {}, {"payment_id": 5}]),
    ("payment", "process_refund", [{"payment_id": "nothing", "amount": 5, "reason_code": "duplicate"}, {},
                                   {"payment_id": "PAY-1001", "amount": -5, "reason_code": "x"}]),
    ("payment", "send_payment_notification", [{"payment_id": "nothing", "channel": "email"}, {}]),
    ("payment", "get_payment_methods", [{"customer_id": "CUST-1"}, {"customer_id": "nobody"}, {}]),
    ("parts", "search_parts", [{"part_name": "brake"}, {"part_name": "nothing like it"}, {}, {"part_name": 5},
                               {"part_name": "brake", "vehicle_year": 2020}]),
    ("parts", "check_part_availability", [{"part_number": "1234"}, {"part_number": "nothing"}, {}]),
    ("parts", "get_part_details", [{"part_number": "1234"}, {"part_number": "nothing"}, {}, {"part_number": None}]),
    ("parts", "reserve_parts", [
        {"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 1}},
        {"part_numbers": ["1234"], "repair_order_id": "1234", "quantity_map": {"1234": 100000}},
        {"part_numbers": ["nothing"], "repair_order_id": "1234", "quantity_map": {"nothing": 1}}, {"part_numbers": []}, {}]),
    ("parts", "check_vehicle_compatibility", [
        {"part_number": "1234", "vehicle_model": "Camry", "vehicle_year": 2020},
        {"part_number": "nothing", "vehicle_model": "Camry", "vehicle_year": 2020}, {"part_number": "1234"}, {}]),
    ("parts", "get_alternative_parts", [{"part_number": "1234"}, {"part_number": "nothing"}, {}]),
    ("parts", "validate_part_number", [{"part_number": "AB-12"}, {"part_number": "1"}, {"part_number": "a" * 21},
                                       {"part_number": "a b c"}, {"part_number": ""}, {}]),
    ("repair_orders", "create_repair_order", [
        {"customer_id": "CUST-1", "vehicle_id": "VEH-1", "service_description": "Öl wechseln"},
        {"customer_id": "nobody", "vehicle_id": "VEH-1", "service_description": "x"}, {"customer_id": "CUST-1"}, {}]),
    ("repair_orders", "get_repair_order_details", [{"repair_order_id": "1234"}, {"repair_order_id": "nothing"}, {}]),
    ("repair_orders", "update_repair_order_status", [
        {"repair_order_id": "1234", "new_status": "closed"}, {"repair_order_id": "nothing", "new_status": "closed"},
        {"repair_order_id": "1234", "new_status": "asleep"}, {"repair_order_id": "1234"}, {}]),
    ("repair_orders", "assign_technician", [{"repair_order_id": "1234", "technician_id": "nobody"},
                                            {"repair_order_id": "1234"}, {}]),
    ("repair_orders", "add_repair_notes", [{"repair_order_id": "1234", "notes": "geprüft ✓"},
                                           {"repair_order_id": "nothing", "notes": "x"}, {}]),
    ("repair_orders", "get_repair_history", [{"repair_order_id": "1234"}, {"repair_order_id": "nothing"}, {}]),
    ("repair_orders", "validate_repair_order_transition", [
        {"current_status": "pending", "new_status": "scheduled"}, {"current_status": "pending", "new_status": "closed"},
        {"current_status": "closed", "new_status": "pending"}, {"current_status": "asleep", "new_status": "pending"}, {}]),
    ("payment", "no_such_operation", [{}, {"x": 1}]),
    ("payment", "", [{}]),
]
VALIDATE = '{"request_id":"r","operation":"validate_payment_data","parameters":{"amount":1}'
ODD = [
    '{"parameters":{},"operation":"validate_payment_data","request_id":"last first"}',
    '{"request_id":"r","operation":"x","operation":"validate_payment_data","parameters":{"amount":1},"parameters":{}}',
    VALIDATE + ',"timeout":"30"}', VALIDATE + ',"timeout":30.0}', VALIDATE + ',"timeout":true}',
    VALIDATE + ',"timeout":" 30 "}', VALIDATE + ',"timeout":"+30"}', VALIDATE + ',"timeout":"3_0"}',
    VALIDATE + ',"timeout":"030"}', VALIDATE + ',"timeout":"30.0"}', VALIDATE + ',"timeout":null}',
    VALIDATE + ',"timeout":0}', VALIDATE + ',"timeout":-1}', VALIDATE + ',"timeout":false}',
    VALIDATE + ',"context":null,"callback_url":null}', VALIDATE + ',"context":{"a":[1,{"b":null}]}}',
    VALIDATE + ',"unknown":{"deep":[1]},"x":null}', VALIDATE.replace('"r"', '""') + "}",
    VALIDATE.replace('"r"', '"\\u00e4\\ud83d\\ude00\\n\\"\\\\"') + "}", VALIDATE.replace('"r"', '"äöü 漢字 😀"') + "}",
    VALIDATE.replace('"r"', '"\\u007f\\u2028\\u2029</script>"') + "}", "\ufeff" + VALIDATE + "}", " \n\t" + VALIDATE + "}\n",
    VALIDATE + ',"timeout":2147483648}', VALIDATE + ',"timeout":1e400}',
    VALIDATE[:-1] + ',"big":9007199254740993}}', VALIDATE[:-1] + ',"big":1e400}}', VALIDATE[:-1] + ',"nan":NaN}}',
    VALIDATE[:-1] + ',"lone":"\\ud800"}}', VALIDATE[:-1] + ',"nul":"a\\u0000b"}}',
    VALIDATE[:-1] + ',"deep":' + "[" * 28 + "]" * 28 + "}}", VALIDATE[:-1] + ',"deep":' + "[" * 40 + "]" * 40 + "}}",
]


def operations():
    for service, operation, cases in OPERATIONS:
        for parameters in cases:
            yield (service, "POST", "/execute", JSON,
                   body({"request_id": "r1", "operation": operation, "parameters": parameters}))
    for text in ODD:
        yield ("payment", "POST", "/execute", JSON, text)


# ---- what takes more than one exchange; "{id}" is the one that the answer before gave ----

def sequences():
    good = body({"request_id": "r2", "operation": "validate_payment_data", "parameters": LINK})
    bad = body({"request_id": "r3", "operation": "no_such_operation", "parameters": {}})
    for text in (good, bad):
        yield [("payment", "POST", "/execute-async", JSON, text), ("payment", "GET", "/status/{task_id}", {}, None)]
    yield [("orchestrator", "POST", "/orchestrate-async", JSON,
            body({"user_request": "Show repair order 1234", "request_id": "w-async"})),
           ("orchestrator", "GET", "/workflow/{request_id}", {}, None)]
    yield [("orchestrator", "POST", "/orchestrate", JSON,
            body({"user_request": "Show repair order 1234", "request_id": "w-sync", "priority": "2", "x": 1})),
           ("orchestrator", "GET", "/workflow/{request_id}", {}, None)]
    yield [("orchestrator", "POST", "/orchestrate", JSON, body({"user_request": "Show repair order 1234"}))]


def singles():
    for part in (refused, routes, operations):
        for number, exchange in enumerate(part()):
            yield (f"{part.__name__} {number}", *exchange)
