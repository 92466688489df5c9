"""`/composite/batch`: up to 25 subrequests that know nothing of each other.

Facts: salesforce_api.md section 5.3. Each of them counts as an API call.
"""

from __future__ import annotations

from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply
from pardotflow.emulator.salesforce.rest.row_api import read_object
from pardotflow.emulator.salesforce.rest.subrequest import Dispatch, answer_part, make_call, read_body, read_requests

_MOST = 25
_BASE = "/services/data/"
_HALTED = {
    "statusCode": 412,
    "result": [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}],
}


def run_batch(context: Context, call: Call, dispatch: Dispatch) -> Reply:
    """`POST /composite/batch`; with `haltOnError` what stands behind a subrequest that fails is left out."""
    body = read_object(call)
    requests = read_requests(body, "batchRequests", _MOST)
    results: list[dict[str, Any]] = []
    for request in requests:
        if body.get("haltOnError") is True and results and results[-1]["statusCode"] >= 400:
            results.append(_HALTED)
            continue
        url = str(request.get("url", "")).lstrip("/")
        url = url if url.lower().startswith(_BASE[1:]) else _BASE[1:] + url
        reply = answer_part(context, make_call(call, request, "/" + url, request.get("richInput")), dispatch)
        results.append({"statusCode": reply.status, "result": read_body(reply)})
    return json_reply({"hasErrors": any(result["statusCode"] >= 400 for result in results), "results": results})


def count_answered(reply: Reply) -> int:
    """How many API calls the answer to a batch has taken."""
    if reply.status != 200:
        return 1
    return sum(result != _HALTED for result in read_body(reply)["results"])
